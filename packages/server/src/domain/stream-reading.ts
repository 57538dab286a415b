import type { Clock } from './ports.ts';

/** How long whoever follows may leave something unread, in milliseconds. */
const stallMs = 10_000;

/** What goes on between a stream and whoever reads it. */
export interface StreamReading {
  readonly isEnded: boolean;
  /** Hands something over, unless it is nothing, and waits until it is read. */
  handOver<T>(something: readonly T[]): Generator<readonly T[]>;
  noteCheck(): void;
  /** Resolves when the feed was looked at since the last time, or the reading has ended. */
  waitForCheck(): Promise<void>;
  end(): void;
}

/** @param onStall called where something that was handed over has not been read for too long */
export function createStreamReading(clock: Clock, onStall: () => void): StreamReading {
  let beganAt: number | undefined;
  let checked = Promise.withResolvers<void>();
  let isEnded = false;
  return {
    get isEnded() {
      return isEnded;
    },
    *handOver(something) {
      if (something.length === 0) return;
      beganAt = clock.monotonic();
      yield something;
      beganAt = undefined;
    },
    noteCheck() {
      if (beganAt !== undefined && clock.monotonic() - beganAt > stallMs) onStall();
      checked.resolve();
    },
    async waitForCheck() {
      await checked.promise;
      if (!isEnded) checked = Promise.withResolvers();
    },
    end() {
      isEnded = true;
      checked.resolve();
    },
  };
}
