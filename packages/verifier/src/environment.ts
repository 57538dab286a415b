import { performance } from 'node:perf_hooks';

/** What the verifier needs of the world; each part can be replaced, for tests above all. */
export interface Environment {
  /** As the platform's: the URL is a text, and the options are those of `RequestInit`. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds from an arbitrary start; never goes back, whatever happens to the wall clock. */
  readonly monotonic: () => number;
  /** A number from 0 up to, but not including, 1; it spreads attempts, and guards nothing. */
  readonly random: () => number;
  /** Calls back once, after `ms` milliseconds. */
  readonly setTimeout: (callBack: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

/** The platform's. Each is looked up when it is used, so that it may be replaced later. */
export const platform: Environment = {
  fetch: (url, init) => globalThis.fetch(url, init),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  setTimeout: (callBack, ms) => globalThis.setTimeout(callBack, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as ReturnType<typeof globalThis.setTimeout>),
};
