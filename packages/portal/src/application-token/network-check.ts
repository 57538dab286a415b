/** What has been typed where a network is asked for. */
export type NetworkCheck =
  | { readonly kind: 'empty' }
  /** As the server will keep it. */
  | { readonly kind: 'valid'; readonly network: string; readonly isSingle: boolean }
  /** An address with a prefix length that leaves some of its bits out; `network` is what was probably meant. */
  | { readonly kind: 'host-bits'; readonly network: string }
  | { readonly kind: 'invalid' };

interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

/** Reads an IPv4 or IPv6 network in CIDR notation, or one address, while it is being typed (RFC 4632 §3.1, RFC 4291 §2.3). */
export function checkNetwork(text: string): NetworkCheck {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const [addressText = '', prefixText, ...rest] = trimmed.split('/');
  const address = readAddress(addressText);
  if (address === undefined || rest.length > 0) return { kind: 'invalid' };
  const prefix = prefixText === undefined ? address.bits : readPrefix(prefixText, address.bits);
  if (prefix === undefined) return { kind: 'invalid' };
  const hostBits = BigInt(address.bits - prefix);
  const base = (address.value >> hostBits) << hostBits;
  const network = `${formatAddress({ ...address, value: base })}/${prefix}`;
  return base === address.value
    ? { kind: 'valid', network, isSingle: prefix === address.bits }
    : { kind: 'host-bits', network };
}

function readPrefix(text: string, bits: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const prefix = Number(text);
  return prefix <= bits ? prefix : undefined;
}

function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

function readIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return { value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n), bits: 32 };
}

/** The browser reads IPv6 addresses wherever they stand in an address of the web. */
function readIpv6(text: string): Address | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const host = URL.parse(`http://[${text}]`)?.hostname;
  if (host === undefined) return undefined;
  const [head = '', tail] = host.slice(1, -1).split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const groups = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
  return { value: groups.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n), bits: 128 };
}

function formatAddress({ value, bits }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 65_535n).toString(16));
  return URL.parse(`http://[${groups.join(':')}]`)?.hostname.slice(1, -1) ?? groups.join(':');
}
