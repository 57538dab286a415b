import type { Environment } from '../../packages/client/src/index.ts';
import type { TestClock } from './test-clock.ts';

/** A request that a client sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly body: RequestInit['body'];
}

/** What a test lets its client have of the world: the test's clock, timers that run as soon as they are set, real HTTP. */
export interface ClientWorld {
  readonly environment: Environment;
  /** Every request, in order. */
  readonly requests: readonly SentRequest[];
  /** How long each pause was, in milliseconds; the clock was turned on by as much. */
  readonly pauses: readonly number[];
  /** The names of the forms that credentials were sent in, in order. */
  readonly forms: () => string[];
  /** Decides what becomes of each request from now on: an answer, an error, or what the network says. */
  intercept(answer: (request: SentRequest) => Response | Error | undefined): void;
  /** From 0 up to, and without, 1: what chance gives from now on. */
  setChance(fraction: number): void;
}

/** Requests have all the time they want: a timer of this length never ends. */
const requestTimeoutMs = 86_400_000;

/** Makes a client's world; the client's `timeoutSeconds` has to be {@link noTimeout}. */
export function createClientWorld(clock: TestClock): ClientWorld {
  const requests: SentRequest[] = [];
  const pauses: number[] = [];
  let interceptor: (request: SentRequest) => Response | Error | undefined = () => undefined;
  let chance = 0.5;
  const environment: Environment = {
    now: clock.now,
    async fetch(url, init) {
      const { method = 'GET', headers, body = null } = init;
      const request = { method, url, authorization: new Headers(headers).get('authorization'), body };
      requests.push(request);
      const given = interceptor(request);
      if (given instanceof Error) throw given;
      return given ?? fetch(url, init);
    },
    // Fractions are made of three bytes, secrets of more.
    randomBytes: (count) => {
      if (count > 3) return crypto.getRandomValues(new Uint8Array(count));
      const number = Math.floor(chance * 2 ** (8 * count));
      return Uint8Array.from({ length: count }, (_, index) => (number >> (8 * (count - 1 - index))) & 0xff);
    },
    setTimeout(callBack, ms) {
      if (ms === requestTimeoutMs) return undefined;
      pauses.push(ms);
      return setImmediate(() => {
        clock.advance({ ms });
        callBack();
      });
    },
    clearTimeout: (timer) => clearImmediate(timer as NodeJS.Immediate),
  };
  return {
    environment,
    requests,
    pauses,
    forms: () =>
      requests
        .filter(({ url }) => url.endsWith('/authenticate'))
        .map(({ body }) => Object.keys(JSON.parse(String(body))).join('+')),
    intercept(answer) {
      interceptor = answer;
    },
    setChance(fraction) {
      chance = fraction;
    },
  };
}

/** For clients in a {@link ClientWorld}. */
export const noTimeout = { timeoutSeconds: requestTimeoutMs / 1000 } as const;
