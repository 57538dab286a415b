import { ClientError, type ClientErrorCode } from './client-error.ts';
import { type Environment, fraction, sleep } from './environment.ts';

const firstDelayMs = 500;
const longestDelayMs = 20_000;
/** How much later than asked for, at most, so that many clients don't come back in one instant. */
const longestSpreadMs = 1_000;

/** What may be over when it is tried again. */
const passing: ReadonlySet<ClientErrorCode> = new Set(['Unreachable', 'Timeout', 'TooManyRequests', 'Unavailable']);

/** The form of a date that HTTP asks for (RFC 9110 §5.6.7). */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export interface BackOffOptions {
  readonly environment: Environment;
  /** How long to go on trying, in all. What asks for more patience fails at once. */
  readonly maxWaitSeconds: number;
  /** Ends the waiting; a request that is on its way is not cut. */
  readonly signal?: AbortSignal | undefined;
  /** Ends it too: the client is closed. */
  readonly closing?: AbortSignal | undefined;
  /** Whether work that failed so may be done again; where absent, whatever may be over by then. */
  readonly mayRepeat?: (error: ClientError) => boolean;
}

/** Whether it may be over when it is tried again. */
function isPassing(error: unknown): error is ClientError {
  return error instanceof ClientError && passing.has(error.code);
}

/**
 * Does the work, and again, later and later, as long as it fails for what may be over by then. Where an answer says how long
 * not to come back, that is obeyed.
 *
 * @throws what the work threw last, or the reason of a signal that ended the waiting
 */
export async function withBackOff<T>(work: () => Promise<T>, options: BackOffOptions): Promise<T> {
  const { environment, maxWaitSeconds, signal, closing, mayRepeat = () => true } = options;
  const endsAt = environment.now() + maxWaitSeconds * 1000;
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || !mayRepeat(error)) throw error;
      const delayMs = delayAfter(error, failures, environment);
      if (environment.now() + delayMs > endsAt) throw error;
      await sleep(environment, delayMs, AbortSignal.any([signal, closing].filter((one) => one !== undefined)));
    }
  }
}

function delayAfter(error: ClientError, failures: number, environment: Environment): number {
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) {
    const asked = Math.max(retryAfterSeconds * 1000, firstDelayMs);
    return asked + Math.min(asked / 10, longestSpreadMs) * fraction(environment);
  }
  const delay = Math.min(firstDelayMs * 2 ** failures, longestDelayMs);
  return delay * (0.5 + fraction(environment) / 2);
}

/**
 * How long not to come back, by an answer's `Retry-After` (RFC 9110 §10.2.3): seconds, or a date, which is held against the
 * answer's own `Date`, since clocks differ.
 *
 * @returns seconds; undefined where the answer doesn't say, or not so that it could be understood
 */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const until = readDate(text);
  if (until === undefined) return undefined;
  const since = readDate(headers.get('date')?.trim() ?? '') ?? now;
  return Math.max(0, Math.ceil((until - since) / 1000));
}

function readDate(text: string): number | undefined {
  const time = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
