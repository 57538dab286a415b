import type { Clock } from '../../packages/server/src/domain/ports.ts';

/** A clock that stands still until it is turned. */
export interface TestClock extends Clock {
  /** Turns it on: `advance({ minutes: 241 })`. */
  advance(by: {
    readonly days?: number;
    readonly minutes?: number;
    readonly seconds?: number;
    readonly ms?: number;
  }): void;
}

/** A day in the middle of a month, so that a test that turns the clock by days meets no seam by accident. */
const start = Date.UTC(2027, 2, 10, 12, 0, 0);

export function createTestClock(): TestClock {
  let elapsedMs = 0;
  return {
    now: () => start + elapsedMs,
    monotonic: () => elapsedMs,
    advance({ days = 0, minutes = 0, seconds = 0, ms = 0 }) {
      elapsedMs += ((days * 24 * 60 + minutes) * 60 + seconds) * 1000 + ms;
    },
  };
}
