import { Refusal } from './errors.ts';
import type { Clock } from './ports.ts';

/** The fence around password hashing: a few at a time, some more waiting, the rest refused. */
export interface HashQueue {
  /**
   * Runs the work once a place is free, in order of arrival.
   *
   * @throws Refusal Unavailable with `retryAfterSeconds`, where too many wait already; the work is then never begun.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** How many run at a time. */
  readonly concurrency: number;
  /** How many wait for a place. */
  readonly waiting: number;
  /** How many are running. */
  readonly active: number;
}

// One slow run moves the mean by an eighth: it follows the machine's load without jumping at every outlier.
const meanWeight = 1 / 8;

/**
 * Makes a queue that runs at most `concurrency` works at once and lets at most `maxWaiting` more wait, so a flood of
 * sign-ins costs bounded memory and leaves the thread pool to others.
 */
export function createHashQueue(options: {
  readonly concurrency: number;
  readonly maxWaiting: number;
  readonly clock: Clock;
}): HashQueue {
  const { concurrency, maxWaiting, clock } = options;
  const waiters: (() => void)[] = [];
  let active = 0;
  let meanMs: number | undefined;

  function estimateSeconds(): number {
    const rounds = (waiters.length + active) / concurrency;
    return Math.max(Math.ceil((rounds * (meanMs ?? 0)) / 1000), 1);
  }

  async function start<T>(work: () => Promise<T>): Promise<T> {
    active += 1;
    const startedAt = clock.monotonic();
    try {
      return await work();
    } finally {
      const tookMs = clock.monotonic() - startedAt;
      meanMs = meanMs === undefined ? tookMs : meanMs + (tookMs - meanMs) * meanWeight;
      active -= 1;
      // At once, before anything that follows from this work: so no newcomer slips in between, and no thread rests meanwhile.
      waiters.shift()?.();
    }
  }

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (active < concurrency) return start(work);
    if (waiters.length >= maxWaiting) {
      throw new Refusal('Unavailable', { retryAfterSeconds: estimateSeconds(), reason: 'the hash queue is full' });
    }
    return new Promise<T>((resolve) => waiters.push(() => resolve(start(work))));
  }

  return {
    run,
    concurrency,
    get waiting() {
      return waiters.length;
    },
    get active() {
      return active;
    },
  };
}
