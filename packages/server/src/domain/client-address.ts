import { type Address, type Network, networkContains, parseAddress } from '@keywright/verifier';

// More proxies than any chain has, so a header of kilobytes costs no more than this many look-ups.
const maxHops = 32;
const ipv4WithPort = /^([\d.]+):\d{1,5}$/;
const bracketedIpv6 = /^\[([\d.:a-f]+)\](?::\d{1,5})?$/i;

/** An entry of X-Forwarded-For: an address, some proxies add the port. */
function parseHop(entry: string): Address | undefined {
  const text = entry.trim();
  const withPort = ipv4WithPort.exec(text) ?? bracketedIpv6.exec(text);
  return parseAddress(withPort?.[1] ?? text);
}

function isTrusted(address: Address, trusted: readonly Network[]): boolean {
  return trusted.some((network) => networkContains(network, address));
}

/**
 * Finds out whose call it is: the socket's address, unless that is a trusted proxy's; then the right-most address of
 * X-Forwarded-For that is not a trusted proxy's, or the left-most where all are.
 *
 * Everything to the left of the first untrusted address is the caller's to invent, and is not read. An entry that is
 * no address ends the search at the hop before it.
 *
 * @param peer The socket's remote address; its zone (`fe80::1%eth0`) does not count.
 * @param forwardedFor The X-Forwarded-For header, its lines joined by commas.
 * @param trusted The networks of the proxies whose word is taken.
 * @returns Undefined where the peer has no address: the socket has closed, or is no IP socket.
 */
export function resolveClientAddress(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
): Address | undefined {
  let client = parseAddress(peer.split('%', 1)[0] ?? '');
  if (client === undefined || forwardedFor === undefined) return client;
  let end = forwardedFor.length;
  for (let hops = 0; hops < maxHops && end >= 0 && isTrusted(client, trusted); hops++) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const hop = parseHop(forwardedFor.slice(comma + 1, end));
    if (hop === undefined) break;
    client = hop;
    end = comma;
  }
  return client;
}
