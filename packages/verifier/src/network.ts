/**
 * An IP address. An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is the IPv4 one, so a client is the same whether its
 * socket speaks IPv4 or both.
 */
export interface Address {
  readonly family: 4 | 6;
  /** 4 or 16, most significant first. */
  readonly octets: readonly number[];
}

/** A network in CIDR terms (RFC 4632, RFC 4291 §2.3); the bits behind the prefix are zero. */
export interface Network {
  readonly address: Address;
  readonly prefixLength: number;
}

/** A text that is no network. Its message says what is wrong, without repeating anything but networks. */
export class NetworkSyntaxError extends Error {
  override readonly name = 'NetworkSyntaxError';
}

// The longest spelling: six groups of four digits, and a dotted IPv4 address.
const maxAddressLength = 45;
const decimalOctet = /^(?:0|[1-9]\d{0,2})$/;
const hexGroup = /^[0-9a-f]{1,4}$/i;
const decimalPrefix = /^(?:0|[1-9]\d{0,2})$/;
const mappedPrefixLength = 96;

function parseIpv4Octets(text: string): number[] | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4 || !parts.every((part) => decimalOctet.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

/** The octets of colon-separated groups; a dotted IPv4 address may stand at the end of the whole address only. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const octets: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (hexGroup.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
      continue;
    }
    const ipv4 = mayEndInIpv4 && index === groups.length - 1 ? parseIpv4Octets(group) : undefined;
    if (ipv4 === undefined) return undefined;
    octets.push(...ipv4);
  }
  return octets;
}

function parseIpv6Octets(text: string): number[] | undefined {
  const [head = '', tail, ...rest] = text.split('::');
  if (rest.length > 0) return undefined;
  if (tail === undefined) {
    const octets = parseGroups(head, true);
    return octets?.length === 16 ? octets : undefined;
  }
  const before = parseGroups(head, false);
  const after = parseGroups(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 16 - before.length - after.length;
  // `::` stands for one group of zeros at least.
  return missing >= 2 ? [...before, ...new Array<number>(missing).fill(0), ...after] : undefined;
}

function isIpv4Mapped(octets: readonly number[]): boolean {
  return octets.every((octet, index) => index > 11 || octet === (index < 10 ? 0 : 0xff));
}

/**
 * Reads an address: IPv4 in dotted decimal without leading zeros (which some read as octal), or IPv6 in any form of
 * RFC 4291 §2.2 without a zone. Undefined for anything else.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > maxAddressLength) return undefined;
  if (!text.includes(':')) {
    const octets = parseIpv4Octets(text);
    return octets && { family: 4, octets };
  }
  const octets = parseIpv6Octets(text);
  if (octets === undefined) return undefined;
  return isIpv4Mapped(octets) ? { family: 4, octets: octets.slice(12) } : { family: 6, octets };
}

/** Writes an address in its one canonical form: dotted decimal, or RFC 5952 §4. */
export function formatAddress(address: Address): string {
  if (address.family === 4) return address.octets.join('.');
  const groups: string[] = [];
  for (let index = 0; index < 16; index += 2) {
    groups.push((((address.octets[index] ?? 0) << 8) | (address.octets[index + 1] ?? 0)).toString(16));
  }
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === '0') end++;
    if (end - start > longest.length) longest = { start, length: end - start };
  }
  if (longest.length < 2) return groups.join(':');
  return `${groups.slice(0, longest.start).join(':')}::${groups.slice(longest.start + longest.length).join(':')}`;
}

/** The network of a prefix length that an address is in. */
export function networkOf(address: Address, prefixLength: number): Network {
  const octets = address.octets.map((octet, index) => {
    const hostBits = Math.min(Math.max(8 * (index + 1) - prefixLength, 0), 8);
    return octet & (0xff << hostBits);
  });
  return { address: { family: address.family, octets }, prefixLength };
}

function readPrefixLength(text: string, address: Address, isMapped: boolean): number {
  const most = isMapped || address.family === 6 ? 128 : 32;
  const prefixLength = decimalPrefix.test(text) ? Number(text) : Number.NaN;
  if (!(prefixLength <= most)) {
    throw new NetworkSyntaxError(
      `needs a whole number from 0 to ${most} after the slash, such as ${formatAddress(address)}/${most}`,
    );
  }
  if (!isMapped) return prefixLength;
  if (prefixLength < mappedPrefixLength) {
    throw new NetworkSyntaxError(
      `mixes IPv4 and IPv6: an IPv4-mapped network has a prefix of ${mappedPrefixLength} to 128; write IPv4 networks as IPv4, such as ${formatAddress(address)}/32`,
    );
  }
  return prefixLength - mappedPrefixLength;
}

/**
 * Reads a network in CIDR notation; a bare address is the network of that one address.
 *
 * An IPv4-mapped network (`::ffff:10.0.0.0/104`) is the IPv4 one (`10.0.0.0/8`). One with a prefix shorter than 96
 * would reach beyond IPv4 and is refused, for the families are never mixed.
 *
 * @throws NetworkSyntaxError: not a network, a prefix out of range, or host bits that are set.
 */
export function parseNetwork(text: string): Network {
  const slash = text.indexOf('/');
  const addressText = slash === -1 ? text : text.slice(0, slash);
  const address = parseAddress(addressText);
  if (address === undefined) {
    throw new NetworkSyntaxError(
      'must be an IPv4 or IPv6 address, or a network in CIDR notation, such as 192.0.2.0/24 or 2001:db8::/32',
    );
  }
  if (slash === -1) return { address, prefixLength: address.octets.length * 8 };
  const isMapped = address.family === 4 && addressText.includes(':');
  const prefixLength = readPrefixLength(text.slice(slash + 1), address, isMapped);
  const network = networkOf(address, prefixLength);
  if (formatAddress(network.address) !== formatAddress(address)) {
    const written = `${formatAddress(address)}/${prefixLength}`;
    throw new NetworkSyntaxError(
      `${written} has bits set behind its prefix: write ${formatNetwork(network)} for the network, or ${formatAddress(address)} for that address alone`,
    );
  }
  return network;
}

/** Writes a network in CIDR notation, its prefix length always included. */
export function formatNetwork(network: Network): string {
  return `${formatAddress(network.address)}/${network.prefixLength}`;
}

/** Whether an address is in a network; never, where one is IPv4 and the other IPv6 (`::/0` holds no IPv4 address). */
export function networkContains(network: Network, address: Address): boolean {
  if (network.address.family !== address.family) return false;
  for (let index = 0, bits = network.prefixLength; bits > 0; index++, bits -= 8) {
    const difference = (network.address.octets[index] ?? 0) ^ (address.octets[index] ?? 0);
    if (difference >> Math.max(8 - bits, 0) !== 0) return false;
  }
  return true;
}
