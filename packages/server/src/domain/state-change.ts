import { logEvent } from './event.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent } from './records.ts';
import type { Service } from './service.ts';

/** What a state change does, and the events that tell of it. */
export type Change<T> = (
  stores: Stores & TransactionLocks,
) => Promise<{ readonly result: T; readonly events: readonly NewEvent[] }>;

/**
 * Runs a state change and appends its events in one transaction, then logs a line for each event.
 *
 * The events come last, since appending them locks the heads of their chains.
 */
export async function changeState<T>(service: Pick<Service, 'database' | 'log'>, change: Change<T>): Promise<T> {
  const { result, events } = await service.database.transaction(async (stores) => {
    const outcome = await change(stores);
    if (outcome.events.length > 0) await stores.appendEvents(outcome.events);
    return outcome;
  });
  for (const event of events) logEvent(service, event);
  return result;
}
