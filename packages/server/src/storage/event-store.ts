import { sql } from 'kysely';
import type { EventStore } from '../domain/ports.ts';
import type { ChainedEvent, Page, PageQuery } from '../domain/records.ts';
import { appendEvents } from './event-append.ts';
import { prepareEvents } from './event-partition.ts';
import { numberField, referenceField, textField, timeField } from './page-field.ts';
import { anyOf, readPage } from './page-query.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const eventStore: StoreOperations<EventStore> = { appendEvents, listEvents, prepareEvents };

interface EventRow {
  id: number;
  organisation_id: number | null;
  organisation_name: string | null;
  sequence: number;
  occurred_at: number;
  type: number;
  source: number;
  severity: number;
  alert: number;
  description: string;
  user_id: number | null;
  username: string | null;
  user_name: string | null;
  request_id: string | null;
  detail: string | null;
  previous_hash: string;
  hash: string;
}

const columns = sql`
  event.id, event.organisation_id, organisation.name AS organisation_name, event.sequence, event.occurred_at, event.type,
  event.source, event.severity, event.alert, event.description, event.user_id, user_account.username,
  user_account.name AS user_name, event.request_id, event.detail, event.previous_hash, event.hash`;

const from = sql`event
  LEFT JOIN organisation ON organisation.id = event.organisation_id
  LEFT JOIN user_account ON user_account.id = event.user_id`;

/** What can be filtered and sorted on, by its name on the wire. */
const fields = {
  id: numberField(sql`event.id`),
  timestamp: timeField(sql`event.occurred_at`),
  type: numberField(sql`event.type`),
  source: numberField(sql`event.source`),
  severity: numberField(sql`event.severity`),
  alert: numberField(sql`event.alert`),
  description: textField(sql`event.description`),
  user: referenceField(sql`event.user_id`, sql`user_account.username`),
  request_id: textField(sql`event.request_id`),
};

async function listEvents(
  session: StorageSession,
  { organisationIds, userId }: { organisationIds: readonly number[] | 'all'; userId?: number },
  query: PageQuery,
): Promise<Page<ChainedEvent>> {
  const scope = [
    organisationIds === 'all' ? sql<boolean>`1 = 1` : anyOf(session.kind, sql`event.organisation_id`, organisationIds),
    ...(userId === undefined ? [] : [anyOf(session.kind, sql`event.user_id`, [userId])]),
  ];
  const page = await readPage<EventRow>(session, { columns, from, scope, fields, id: sql`event.id` }, query);
  return { ...page, rows: page.rows.map(toEvent) };
}

function toEvent(row: EventRow): ChainedEvent {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    sequence: row.sequence,
    occurredAt: row.occurred_at,
    type: row.type,
    source: row.source,
    severity: row.severity,
    alert: row.alert === 1,
    description: row.description,
    userId: row.user_id,
    username: row.username,
    userName: row.user_name,
    requestId: row.request_id,
    detail: row.detail === null ? null : JSON.parse(row.detail),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
