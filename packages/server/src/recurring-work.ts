import type { Clock, Log } from './domain/ports.ts';

/** How often the log tells of a work that goes on failing, in milliseconds. */
const tellAgainMs = 60_000;

/**
 * Makes a run of a work that is done again and again. A run never fails: what went wrong is in the log, and the next one tries
 * again. Where all fail, as they do without the database, the log tells of the first, then once a minute, and of the end.
 *
 * A run that comes while the one before still works is left out.
 *
 * @param what what the work is called, at the beginning of a line
 */
export function createRecurringWork(
  { clock, log }: { readonly clock: Pick<Clock, 'monotonic'>; readonly log: Log },
  what: string,
  work: () => Promise<unknown>,
): () => Promise<void> {
  let isWorking = false;
  let failures = 0;
  let toldAt = 0;

  function noteFailure(error: unknown): void {
    failures += 1;
    if (failures > 1 && clock.monotonic() - toldAt < tellAgainMs) return;
    toldAt = clock.monotonic();
    if (failures === 1) log.warn({ err: error }, `${what} failed and is tried again`);
    else log.warn({ err: error, failures }, `${what} still fails and is tried again`);
  }

  return async () => {
    if (isWorking) return;
    isWorking = true;
    try {
      await work();
      if (failures > 0) log.info({ failures }, `${what} works again`);
      failures = 0;
    } catch (error) {
      noteFailure(error);
    } finally {
      isWorking = false;
    }
  };
}
