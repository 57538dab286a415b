import type { ErrorToken } from '@keywright/contract';
import type { onRequestHookHandler } from 'fastify';
import { Refusal } from '../domain/errors.ts';

/** What becomes of a request instead of an answer: an error of the API's, or a connection that breaks. */
export type Interception =
  | 'disconnect'
  | {
      readonly error: ErrorToken;
      /** For those errors that carry a `Retry-After`; 1 where absent. */
      readonly retryAfterSeconds?: number | undefined;
    };

/** Decides what becomes of a request; undefined lets it through. */
export type Interceptor = (request: { readonly method: string; readonly path: string }) => Interception | undefined;

/** Makes the hook that lets requests fail on purpose: for tests of programs that call the API. */
export function createInterception(intercept: Interceptor): onRequestHookHandler {
  return (request, reply, done) => {
    const [path = ''] = request.url.split('?', 1);
    const interception = intercept({ method: request.method, path });
    if (interception === 'disconnect') {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    if (interception === undefined) {
      done();
      return;
    }
    const { error, retryAfterSeconds = 1 } = interception;
    done(new Refusal(error, { reason: 'asked for by a test', retryAfterSeconds }));
  };
}
