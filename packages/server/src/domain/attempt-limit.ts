import { Refusal } from './errors.ts';
import { limitKey } from './network.ts';
import type { Client, Service } from './service.ts';

/**
 * Refuses an address that failed too often or, where the call is one of those that are counted, tries too often (contract
 * §3): every call that judges a password, a code or a key of a mail, whoever is signed in.
 *
 * @throws Refusal TooManyRequests
 */
export function requireWithinLimits(service: Service, client: Client, { guesses }: { guesses: boolean }): void {
  const address = limitKey(client.address);
  const retryAfterSeconds =
    service.limits.failures.check(address) || (guesses ? service.limits.attempts.hit(address) : 0);
  if (retryAfterSeconds > 0) {
    throw new Refusal('TooManyRequests', { reason: 'too many attempts from this address', retryAfterSeconds });
  }
}
