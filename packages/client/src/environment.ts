/** What the client needs of the world; each part can be replaced, for tests above all. */
export interface Environment {
  /** As the platform's: the URL is a text, and the options are those of `RequestInit`. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Cryptographically strong: it makes the secret of a trusted device, and spreads renewals and retries. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Calls back once, after `ms` milliseconds. */
  readonly setTimeout: (callBack: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

/** The platform's. Each is looked up when it is used, so that it may be replaced later. */
export const platform: Environment = {
  fetch: (url, init) => globalThis.fetch(url, init),
  now: () => Date.now(),
  randomBytes: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)),
  setTimeout: (callBack, ms) => globalThis.setTimeout(callBack, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as ReturnType<typeof globalThis.setTimeout>),
};

/** A number from 0 up to, and without, 1. */
export function fraction({ randomBytes }: Environment): number {
  const [high = 0, middle = 0, low = 0] = randomBytes(3);
  return (high * 65_536 + middle * 256 + low) / 16_777_216;
}

/**
 * Waits, unless the signal ends that.
 *
 * @throws the signal's reason
 */
export function sleep(environment: Environment, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const slept = Promise.withResolvers<void>();
  if (signal?.aborted) return Promise.reject(signal.reason);
  const timer = environment.setTimeout(() => {
    signal?.removeEventListener('abort', end);
    slept.resolve();
  }, ms);
  function end(): void {
    environment.clearTimeout(timer);
    slept.reject(signal?.reason);
  }
  signal?.addEventListener('abort', end, { once: true });
  return slept.promise;
}

/**
 * Waits for what others wait for too, unless the signal ends that; what is waited for goes on.
 *
 * @throws the signal's reason, or what the promise rejects with
 */
export function waitFor<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) return Promise.reject(signal.reason);
  const waited = Promise.withResolvers<T>();
  const end = (): void => waited.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  promise.then(waited.resolve, waited.reject).finally(() => signal.removeEventListener('abort', end));
  return waited.promise;
}
