import { sql } from 'kysely';
import type { EventStore } from '../domain/ports.ts';
import type { ChainedEvent, Page, PageQuery } from '../domain/records.ts';
import { appendEvents } from './event-append.ts';
import { eventChainStore, type LinkRow, toLink } from './event-chain-store.ts';
import { prepareEvents } from './event-partition.ts';
import { numberField, referenceField, textField, timeField } from './page-field.ts';
import { anyOf, readPage } from './page-query.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const eventStore: StoreOperations<EventStore> = { appendEvents, listEvents, prepareEvents, ...eventChainStore };

type EventRow = LinkRow & {
  readonly organisation_name: string | null;
  readonly username: string | null;
  readonly user_name: string | null;
};

/** Events go on telling of users who are gone. */
const username = sql`coalesce(user_account.username, former_user.username)`;

const columns = sql`
  event.id, event.organisation_id, organisation.name AS organisation_name, event.sequence, event.occurred_at, event.type,
  event.source, event.severity, event.alert, event.description, event.user_id, ${username} AS username,
  coalesce(user_account.name, former_user.name) AS user_name, event.request_id, event.detail, event.previous_hash, event.hash`;

const from = sql`event
  LEFT JOIN organisation ON organisation.id = event.organisation_id
  LEFT JOIN user_account ON user_account.id = event.user_id
  LEFT JOIN former_user ON former_user.id = event.user_id`;

/** What can be filtered and sorted on, by its name on the wire. */
const fields = {
  id: numberField(sql`event.id`),
  timestamp: timeField(sql`event.occurred_at`),
  type: numberField(sql`event.type`),
  source: numberField(sql`event.source`),
  severity: numberField(sql`event.severity`),
  alert: numberField(sql`event.alert`),
  description: textField(sql`event.description`),
  user: referenceField(sql`event.user_id`, username),
  request_id: textField(sql`event.request_id`),
};

async function listEvents(
  session: StorageSession,
  {
    organisationIds,
    userId,
    afterId,
  }: { organisationIds: readonly number[] | 'all'; userId?: number; afterId?: number },
  query: PageQuery,
): Promise<Page<ChainedEvent>> {
  const scope = [
    organisationIds === 'all' ? sql<boolean>`1 = 1` : anyOf(session.kind, sql`event.organisation_id`, organisationIds),
    ...(userId === undefined ? [] : [anyOf(session.kind, sql`event.user_id`, [userId])]),
    ...(afterId === undefined ? [] : [sql<boolean>`event.id > CAST(${afterId} AS BIGINT)`]),
  ];
  const page = await readPage<EventRow>(session, { columns, from, scope, fields, id: sql`event.id` }, query);
  return { ...page, rows: page.rows.map(toEvent) };
}

function toEvent(row: EventRow): ChainedEvent {
  return {
    ...toLink(row),
    organisationName: row.organisation_name,
    username: row.username,
    userName: row.user_name,
  };
}
