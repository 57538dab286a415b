import type { Clock } from './ports.ts';

/** Counts calls per key; both functions answer 0, or the whole seconds after which the key has room again. */
export interface RateLimiter {
  /** Whether the key has room, without counting. Between this and a later `hit`, other calls may take that room. */
  check(key: string): number;
  /** Counts one call where the key has room; a refused call is not counted. */
  hit(key: string): number;
  /** How many keys are remembered. */
  readonly size: number;
}

interface Counter {
  /** Calls per bucket, in a ring of the buckets that one window can touch. */
  readonly counts: number[];
  total: number;
  /** The number, since the clock's start, of the newest bucket in the ring. */
  newest: number;
}

// A window that ends within a bucket touches one bucket more than it is long.
const bucketsPerWindow = 10;
const ringLength = bucketsPerWindow + 1;

/** Moves a counter's ring on to a bucket, forgetting what has left the window. */
function advance(counter: Counter, bucket: number): void {
  const steps = Math.min(bucket - counter.newest, ringLength);
  for (let step = 1; step <= steps; step++) {
    const index = (counter.newest + step) % ringLength;
    counter.total -= counter.counts[index] ?? 0;
    counter.counts[index] = 0;
  }
  counter.newest = bucket;
}

/** The first bucket in which a full counter has room. */
function findFreeBucket(counter: Counter, limit: number): number {
  let remaining = counter.total;
  let oldest = counter.newest - bucketsPerWindow;
  for (; remaining >= limit && oldest <= counter.newest; oldest++) {
    remaining -= counter.counts[(oldest + ringLength) % ringLength] ?? 0;
  }
  return oldest + bucketsPerWindow;
}

/**
 * Remembers counters in two generations. A key that is asked for moves to the young one; the old one is dropped whole
 * when the young one is full or a window old, so nothing is ever searched for what to forget.
 */
function createGenerations(keysPerGeneration: number) {
  let young = new Map<string, Counter>();
  let old = new Map<string, Counter>();
  let youngSince = 0;

  function startGeneration(bucket: number): void {
    old = young;
    young = new Map();
    youngSince = bucket;
  }

  function keep(key: string, counter: Counter): void {
    if (young.size >= keysPerGeneration) startGeneration(counter.newest);
    young.set(key, counter);
  }

  /** The key's counter, moved on to the bucket. */
  function find(key: string, bucket: number): Counter | undefined {
    if (bucket - youngSince >= ringLength) startGeneration(bucket);
    const counter = young.get(key) ?? old.get(key);
    if (counter === undefined) return undefined;
    advance(counter, bucket);
    if (old.delete(key)) keep(key, counter);
    return counter;
  }

  return { find, keep, size: () => young.size + old.size };
}

/**
 * Makes a limiter that allows a key at most `limit` calls in any `windowSeconds`.
 *
 * It counts in buckets of a tenth of the window, so its memory per key is constant and it may refuse for one bucket
 * longer than a limiter that remembers every call; it never allows more. At most `maxKeys` keys (2 at least) are
 * remembered: beyond that, those not asked for the longest are forgotten.
 */
export function createRateLimiter(options: {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly clock: Clock;
  readonly maxKeys: number;
}): RateLimiter {
  const { limit, clock } = options;
  const bucketMs = (options.windowSeconds * 1000) / bucketsPerWindow;
  const counters = createGenerations(Math.floor(options.maxKeys / 2));

  function secondsUntilFree(counter: Counter | undefined, nowMs: number): number {
    if (counter === undefined || counter.total < limit) return 0;
    return Math.max(Math.ceil((findFreeBucket(counter, limit) * bucketMs - nowMs) / 1000), 1);
  }

  function check(key: string): number {
    const nowMs = clock.monotonic();
    return secondsUntilFree(counters.find(key, Math.floor(nowMs / bucketMs)), nowMs);
  }

  function hit(key: string): number {
    const nowMs = clock.monotonic();
    const bucket = Math.floor(nowMs / bucketMs);
    let counter = counters.find(key, bucket);
    if (counter === undefined) {
      counter = { counts: new Array<number>(ringLength).fill(0), total: 0, newest: bucket };
      counters.keep(key, counter);
    }
    const retryAfterSeconds = secondsUntilFree(counter, nowMs);
    if (retryAfterSeconds > 0) return retryAfterSeconds;
    const index = bucket % ringLength;
    counter.counts[index] = (counter.counts[index] ?? 0) + 1;
    counter.total += 1;
    return 0;
  }

  return {
    check,
    hit,
    get size() {
      return counters.size();
    },
  };
}
