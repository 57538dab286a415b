import { type Address, parseAddress } from '@keywright/verifier';

/** This machine as a client of its own. */
export const loopback: Address = { family: 4, octets: [127, 0, 0, 1] };

/** Whether an address is of this machine alone: 127.0.0.0/8 (RFC 1122 §3.2.1.3) or ::1 (RFC 4291 §2.5.3). */
export function isLoopbackAddress({ family, octets }: Address): boolean {
  if (family === 4) return octets[0] === 127;
  return octets.every((octet, index) => octet === (index === 15 ? 1 : 0));
}

/**
 * Whether only programs on this machine can reach a host.
 *
 * @param host a name or an address; an IPv6 address in brackets too, as in URLs
 */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost') return true;
  const address = parseAddress(host.replace(/^\[(.*)\]$/, '$1'));
  return address !== undefined && isLoopbackAddress(address);
}
