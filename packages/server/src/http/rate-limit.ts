import type { onRequestHookHandler } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { limitKey } from '../domain/network.ts';
import type { Client, Limits } from '../domain/service.ts';
import type { ClientFinder } from './client.ts';

/** Makes the hook that counts a call against its client address (contract §3, Limits). */
export function createCallLimit(limits: Pick<Limits, 'calls'>, clientOf: ClientFinder): onRequestHookHandler {
  return (request, _reply, done) => {
    countCall(limits, clientOf(request));
    done();
  };
}

/**
 * Counts a call against its client address.
 *
 * @throws Refusal TooManyRequests
 */
export function countCall(limits: Pick<Limits, 'calls'>, { address }: Pick<Client, 'address'>): void {
  const retryAfterSeconds = limits.calls.hit(limitKey(address));
  if (retryAfterSeconds > 0) {
    throw new Refusal('TooManyRequests', { retryAfterSeconds, reason: 'too many calls from this address' });
  }
}
