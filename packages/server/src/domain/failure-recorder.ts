import type { Database, Log } from './ports.ts';
import type { NewEvent } from './records.ts';

/** How many failures may wait for a database that is away; older ones give way. */
const maxWaiting = 10_000;
/** How many go into one transaction, so that a chain's head is never held for long. */
const batchSize = 500;
/** How many counts of failures that have not locked are kept, of names that exist and others together. */
export const maxOpenCounts = 10_000;

/**
 * Gathers the events of failures and writes them in batches, so that failing costs an attacker more than it costs us.
 * A crash loses what was not flushed; state changes never pass through here.
 */
export interface FailureRecorder {
  record(event: NewEvent): void;
  /** Notes that a name that doesn't exist was counted, so that the next flush keeps the number of counts bounded. */
  noteUnknownName(now: number): void;
  /** Writes what waits; what can't be written waits for the next call. */
  flush(): Promise<void>;
}

export function createFailureRecorder(deps: { database: Database; log: Log }): FailureRecorder {
  let waiting: NewEvent[] = [];
  let dropped = 0;
  let unknownNameAt: number | undefined;
  let flushing: Promise<void> | undefined;

  async function write(): Promise<void> {
    if (unknownNameAt !== undefined) {
      const now = unknownNameAt;
      unknownNameAt = undefined;
      await deps.database.trimOpenCounts(maxOpenCounts, now);
    }
    if (dropped > 0) {
      deps.log.warn({ dropped }, 'Events of failures were dropped while the database was away');
      dropped = 0;
    }
    while (waiting.length > 0) {
      // Taken out first: what is recorded meanwhile may make the oldest give way.
      const batch = waiting.slice(0, batchSize);
      waiting = waiting.slice(batch.length);
      try {
        await deps.database.appendEvents(batch);
      } catch (error) {
        waiting = [...batch, ...waiting].slice(-maxWaiting);
        throw error;
      }
    }
  }

  return {
    record(event) {
      if (waiting.length >= maxWaiting) {
        waiting = waiting.slice(batchSize);
        dropped += batchSize;
      }
      waiting.push(event);
    },
    noteUnknownName(now) {
      unknownNameAt = now;
    },
    flush() {
      flushing ??= write().finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
  };
}
