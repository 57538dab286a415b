import { randomBytes } from 'node:crypto';
import type { Clock, Random } from './domain/ports.ts';

/** The machine's clocks. */
export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
};

const poolBytes = 16_384;

/** The operating system's randomness, drawn in larger pieces, since a call for each token would cost more than the token. */
export function createSystemRandom(): Random {
  let pool = randomBytes(poolBytes);
  let used = 0;
  return {
    bytes(count) {
      if (count > poolBytes) return randomBytes(count);
      if (used + count > poolBytes) {
        // A new pool each time: what was handed out of the last one stays as it is.
        pool = randomBytes(poolBytes);
        used = 0;
      }
      used += count;
      return pool.subarray(used - count, used);
    },
  };
}
