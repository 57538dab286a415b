import {
  type Address,
  formatAddress,
  formatNetwork,
  type Network,
  NetworkSyntaxError,
  networkOf,
  parseNetwork,
} from '@keywright/verifier';
import { invalidFormat } from './errors.ts';

/**
 * Reads the network that an `ip` names, as `parseNetwork` does.
 *
 * @throws Refusal InputValidationFailed: not a network, a prefix out of range, or host bits that are set.
 */
export function readIp(text: string): Network {
  try {
    return parseNetwork(text);
  } catch (error) {
    if (!(error instanceof NetworkSyntaxError)) throw error;
    throw invalidFormat(`ip ${error.message}`);
  }
}

/** What an address is limited by: IPv4 as it is, IPv6 its /64, which one customer commonly holds whole. */
export function limitKey(address: Address): string {
  return address.family === 4 ? formatAddress(address) : formatNetwork(networkOf(address, 64));
}

/** The network that an address is known by: its IPv4 /24 or IPv6 /64. Earlier sign-ins from there vouch for it. */
export function knownNetworkOf(address: Address): string {
  return formatNetwork(networkOf(address, address.family === 4 ? 24 : 64));
}

/** Whether {@link knownNetworkOf} is the same for both: asked with each exchange, so it makes no text of them. */
export function isSameNetwork(one: Address, other: Address): boolean {
  if (one === other) return true;
  if (one.family !== other.family) return false;
  const count = one.family === 4 ? 3 : 8;
  for (let index = 0; index < count; index++) if (one.octets[index] !== other.octets[index]) return false;
  return true;
}
