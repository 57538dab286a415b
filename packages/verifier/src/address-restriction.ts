import type { AuthTokenClaims } from './auth-token-claims.ts';
import { type Network, networkContains, parseAddress, parseNetwork } from './network.ts';
import { VerifyError } from './verify-error.ts';

/**
 * Requires a request to come from one of the networks that its token is restricted to, where it is restricted at all.
 *
 * Families are never mixed: an IPv4-mapped address is the IPv4 one, and `::/0` holds no IPv4 address.
 *
 * @param address - the request's address, or undefined where it is not known, which no restriction allows.
 * @throws VerifyError `address_not_allowed`.
 */
export function requireAllowedAddress({ ip }: Pick<AuthTokenClaims, 'ip'>, address: string | undefined): void {
  if (ip === undefined) return;
  // The zone of a link-local address (`fe80::1%eth0`) is the machine's own name for a cable.
  const parsed = parseAddress(address?.split('%', 1)[0] ?? '');
  if (parsed !== undefined && ip.some((text) => contains(text, parsed))) return;
  throw new VerifyError('address_not_allowed', 'The token is not allowed to be used from this address');
}

function contains(text: string, address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  let network: Network;
  try {
    network = parseNetwork(text);
  } catch {
    return false;
  }
  return networkContains(network, address);
}
