import type { onRequestHookHandler } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { limitKey } from '../domain/network.ts';
import type { Limits } from '../domain/service.ts';
import type { ClientFinder } from './client.ts';

/** Makes the hook that counts a call against its client address (contract §3, Limits). */
export function createCallLimit(limits: Pick<Limits, 'calls'>, clientOf: ClientFinder): onRequestHookHandler {
  return (request, _reply, done) => {
    const retryAfterSeconds = limits.calls.hit(limitKey(clientOf(request).address));
    if (retryAfterSeconds === 0) done();
    else done(new Refusal('TooManyRequests', { retryAfterSeconds, reason: 'too many calls from this address' }));
  };
}
