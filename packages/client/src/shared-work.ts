import { waitFor } from './environment.ts';

/** Work that is done once, however many wait for it. */
export interface SharedWork<T> {
  /**
   * Waits for the work that is under way, or begins it. It may pause as long as somebody waits.
   *
   * @param signal ends this caller's waiting
   * @throws what the work throws, or the reason of the signal
   */
  join(signal: AbortSignal | undefined): Promise<T>;
  /** Begins it for nobody, so it does not pause, and nobody hears how it ended but by its effects. */
  beginAlone(): void;
}

interface Run<T> {
  readonly done: Promise<T>;
  /** Ends its pauses. */
  readonly stop: AbortController;
  waiting: number;
}

/**
 * @param work is told by the signal when it may pause no more
 * @param closing ends all waiting, for good, with its reason
 */
export function createSharedWork<T>(work: (signal: AbortSignal) => Promise<T>, closing: AbortSignal): SharedWork<T> {
  let present: Run<T> | undefined;

  function begin(): Run<T> {
    const stop = new AbortController();
    const done = waitFor(work(stop.signal), closing).finally(() => {
      present = undefined;
    });
    // Whoever waits hears of it.
    done.catch(() => undefined);
    present = { done, stop, waiting: 0 };
    return present;
  }

  return {
    async join(signal) {
      for (;;) {
        closing.throwIfAborted();
        signal?.throwIfAborted();
        const joined = present ?? begin();
        joined.waiting += 1;
        try {
          return await waitFor(joined.done, signal);
        } catch (error) {
          signal?.throwIfAborted();
          // Otherwise it may have ended because those whom it was begun for had gone.
          if (!joined.stop.signal.aborted || closing.aborted) throw error;
        } finally {
          joined.waiting -= 1;
          if (joined.waiting === 0) joined.stop.abort();
        }
      }
    },
    beginAlone() {
      if (present === undefined && !closing.aborted) begin().stop.abort();
    },
  };
}
