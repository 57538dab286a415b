import type { Clock } from '@keywright/server';

/** A clock whose time of day stands still until it is turned; its monotonic one runs on, and is turned with it. */
export interface TurnableClock extends Clock {
  /** @throws RangeError where it is no span of time */
  turn(by: string): void;
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A span of time in milliseconds.
 *
 * @param text a number with a unit, `ms`, `s`, `m`, `h` or `d`; several of them add up: `241m`, `1h 30m`
 * @throws RangeError where it is no such text
 */
function readDurationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)\s*/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text.trimStart();
  if (!isWhole) throw new RangeError(`${JSON.stringify(text)} is no span of time: write it as 241m, or as 1h 30m`);
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (unitsMs[unit] ?? 0), 0);
}

/** @param startAt milliseconds since the Unix epoch */
export function createTurnableClock(startAt: number): TurnableClock {
  const began = performance.now();
  let elapsedMs = 0;
  return {
    now: () => startAt + elapsedMs,
    // Goes on by itself: by it the service measures for how long a stream has been silent.
    monotonic: () => performance.now() - began + elapsedMs,
    turn(by) {
      elapsedMs += readDurationMs(by);
    },
  };
}
