import { type RawBuilder, sql } from 'kysely';
import type { EventStore } from '../domain/ports.ts';
import type { ChainedEvent, EventScope, Page, PageQuery } from '../domain/records.ts';
import { appendEvents } from './event-append.ts';
import { eventChainStore, type LinkRow, toLink } from './event-chain-store.ts';
import { prepareEvents } from './event-partition.ts';
import { lowerCaseField, numberField, referenceField, textField, timeField } from './page-field.ts';
import { anyOf, filterConditions, readPage } from './page-query.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const eventStore: StoreOperations<EventStore> = {
  appendEvents,
  listEvents,
  readEventsAfter,
  prepareEvents,
  ...eventChainStore,
};

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
  // Readers know an event by its place in its organisation's chain; events of several organisations are in one order all the same.
  id: { ...numberField(sql`event.sequence`), sort: sql`event.id` },
  timestamp: timeField(sql`event.occurred_at`),
  type: numberField(sql`event.type`),
  source: numberField(sql`event.source`),
  severity: numberField(sql`event.severity`),
  alert: numberField(sql`event.alert`),
  description: textField(sql`event.description`),
  user: referenceField(sql`event.user_id`, username),
  organisation: numberField(sql`event.organisation_id`),
  request_id: lowerCaseField(sql`event.request_id`),
};

async function listEvents(
  session: StorageSession,
  { organisationIds, userId }: EventScope & { userId?: number },
  query: PageQuery,
): Promise<Page<ChainedEvent>> {
  const scope = [
    ...ofOrganisations(session, organisationIds, { byIndex: !isOfRequest(query.filters) }),
    ...(userId === undefined ? [] : [anyOf(session.kind, sql`event.user_id`, [userId])]),
  ];
  const page = await readPage<EventRow>(session, { columns, from, scope, fields, id: sql`event.id` }, query);
  return { ...page, rows: page.rows.map(toEvent) };
}

async function readEventsAfter(
  session: StorageSession,
  { organisationIds }: EventScope,
  filters: PageQuery['filters'],
  afterId: number,
  limit: number,
): Promise<ChainedEvent[]> {
  // By the index of several organisations SQLite would gather and sort all that is left for each piece.
  const byIndex = organisationIds.length === 1 && !isOfRequest(filters);
  const conditions = [
    sql<boolean>`event.id > CAST(${afterId} AS BIGINT)`,
    ...ofOrganisations(session, organisationIds, { byIndex }),
    ...filterConditions(fields, filters),
  ];
  const { rows } = await sql<EventRow>`
    SELECT ${columns} FROM ${from} WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY event.id LIMIT ${limit}`.execute(session.read);
  return rows.map(toEvent);
}

/** That the events are those of one request, which an index finds. */
function isOfRequest(filters: PageQuery['filters']): boolean {
  return filters.some(
    ({ field, ...filter }) => field === 'request_id' && filter.kind === 'text' && filter.parts.length === 1,
  );
}

/** @param byIndex whether SQLite, which knows nothing of how rare a value is, may go by the index of the organisations */
function ofOrganisations(
  { kind }: StorageSession,
  organisationIds: EventScope['organisationIds'],
  { byIndex }: { byIndex: boolean },
): RawBuilder<boolean>[] {
  if (organisationIds === 'all') return [];
  return [
    anyOf(
      kind,
      kind === 'postgres' || byIndex ? sql`event.organisation_id` : sql`+event.organisation_id`,
      organisationIds,
    ),
  ];
}

function toEvent(row: EventRow): ChainedEvent {
  return {
    ...toLink(row),
    organisationName: row.organisation_name,
    username: row.username,
    userName: row.user_name,
  };
}
