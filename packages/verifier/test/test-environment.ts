import { type Environment, platform } from '../src/environment.ts';
import { issuedAt } from './sign-token.ts';

/** An environment whose clock and timers stand still until they are turned. */
export interface TestEnvironment extends Environment {
  /** Turns both clocks on, and calls the timers back that are then due, in order. */
  advance(seconds: number): void;
  /** Turns the wall clock alone, as somebody does who sets it. */
  setWallClock(milliseconds: number): void;
  /** How many timers are set. */
  readonly timers: number;
}

/** Makes one that starts at the moment when the tests' tokens are issued, and fetches over the network. */
export function createTestEnvironment(parts: Partial<Environment> = {}): TestEnvironment {
  let elapsedMs = 5_000;
  let wallOffsetMs = issuedAt * 1000 - elapsedMs;
  const timers = new Map<object, { readonly at: number; readonly callBack: () => void }>();
  return {
    ...platform,
    random: () => 0,
    now: () => wallOffsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    setTimeout(callBack, ms) {
      const timer = {};
      timers.set(timer, { at: elapsedMs + ms, callBack });
      return timer;
    },
    clearTimeout: (timer) => timers.delete(timer as object),
    ...parts,
    advance(seconds) {
      elapsedMs += seconds * 1000;
      const due = [...timers].filter(([, { at }]) => at <= elapsedMs).sort(([, a], [, b]) => a.at - b.at);
      for (const [timer, { callBack }] of due) {
        if (timers.delete(timer)) callBack();
      }
    },
    setWallClock(milliseconds) {
      wallOffsetMs = milliseconds - elapsedMs;
    },
    get timers() {
      return timers.size;
    },
  };
}
