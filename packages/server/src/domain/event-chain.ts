import { createHash } from 'node:crypto';
import type { NewEvent } from './records.ts';

/** What the first event of a chain has for a predecessor. */
export const chainStart = '0'.repeat(64);

/**
 * The hash that chains an event to its predecessor in its organisation: SHA-256 (hex) over the predecessor's hash, the
 * sequence number and the event's content in a fixed order.
 */
export function hashEvent(previousHash: string, sequence: number, event: NewEvent): string {
  const content = JSON.stringify([
    previousHash,
    sequence,
    event.organisationId,
    event.occurredAt,
    event.type,
    event.source,
    event.severity,
    event.alert,
    event.description,
    event.userId,
    event.requestId,
    event.detail === null ? null : JSON.stringify(event.detail),
  ]);
  return createHash('sha256').update(content).digest('hex');
}
