import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Page, PageQuery, UserStatus } from '../domain/records.ts';
import type { SeenUser, SightScope, SightStore } from '../domain/workspace-port.ts';
import { numberField, textField, timeField } from './page-field.ts';
import { anyOf, readPage } from './page-query.ts';
import type { UserAccountTable } from './schema.ts';
import type { DatabaseKind, StorageSession, StoreOperations } from './storage-session.ts';
import { toUser } from './user-store.ts';

export const sightStore: StoreOperations<SightStore> = { listSeenUsers, findSeenUser };

type SeenRow = Selectable<UserAccountTable> & {
  readonly organisation_name: string;
  /** Organisation, roles and status of the place through which the user is seen, between colons. */
  readonly seen_in: string | null;
};

/**
 * The one of a user's places in the scope through which they are seen: one column, read for the rows of the page alone.
 *
 * What it is ordered by is a column of its own, since the SQLite 3.51 of Node 24 knows nothing of the row around it in there.
 */
function seenPlace(kind: DatabaseKind, { organisationId, organisationIds }: SightScope): RawBuilder<unknown> {
  return sql`(
    SELECT seen.organisation_id || ':' || seen.roles || ':' || seen.status FROM (
      SELECT place.organisation_id, place.roles, place.status,
        CASE place.organisation_id WHEN CAST(${organisationId} AS BIGINT) THEN 0
          WHEN user_account.organisation_id THEN 1 ELSE 2 END AS distance
      FROM assignment AS place
      WHERE place.user_id = user_account.id AND ${anyOf(kind, sql`place.organisation_id`, organisationIds)}) AS seen
    ORDER BY seen.distance, seen.organisation_id
    LIMIT 1)`;
}

function columns(kind: DatabaseKind, scope: SightScope): RawBuilder<unknown> {
  return sql`user_account.*, home.name AS organisation_name, ${seenPlace(kind, scope)} AS seen_in`;
}

const from = sql`user_account JOIN organisation AS home ON home.id = user_account.organisation_id`;

/** Two look-ups by index, where an OR would read every user there is. */
function isSeen(kind: DatabaseKind, { organisationIds }: SightScope): RawBuilder<boolean> {
  return sql<boolean>`user_account.id IN (
    SELECT id FROM user_account WHERE ${anyOf(kind, sql`organisation_id`, organisationIds)}
    UNION SELECT user_id FROM assignment WHERE ${anyOf(kind, sql`organisation_id`, organisationIds)})`;
}

/** What can be filtered and sorted on, by its name on the wire. */
const fields = {
  id: numberField(sql`user_account.id`),
  status: numberField(sql`user_account.status`),
  name: textField(sql`user_account.name`),
  username: textField(sql`user_account.username`),
  organisation: numberField(sql`user_account.organisation_id`),
  created: timeField(sql`user_account.created_at`),
  second_factor: numberField(sql`CASE WHEN EXISTS (SELECT 1 FROM mfa_key
    WHERE mfa_key.user_id = user_account.id AND mfa_key.activated_at IS NOT NULL) THEN 1 ELSE 0 END`),
};

async function listSeenUsers(session: StorageSession, scope: SightScope, query: PageQuery): Promise<Page<SeenUser>> {
  const { kind } = session;
  const source = {
    columns: columns(kind, scope),
    from,
    scope: [isSeen(kind, scope)],
    fields,
    id: sql`user_account.id`,
  };
  const page = await readPage<SeenRow>(session, source, query);
  return { ...page, rows: page.rows.map(toSeenUser) };
}

async function findSeenUser(
  { kind, read }: StorageSession,
  scope: SightScope,
  by: Parameters<SightStore['findSeenUser']>[1],
): Promise<SeenUser | undefined> {
  const named =
    'id' in by
      ? sql`user_account.id = ${by.id}`
      : sql`(user_account.username_key = ${by.usernameKey} OR user_account.pending_username_key = ${by.usernameKey})`;
  const { organisationIds } = scope;
  const { rows } = await sql<SeenRow>`
    SELECT ${columns(kind, scope)} FROM ${from}
    WHERE ${named} AND (
      ${anyOf(kind, sql`user_account.organisation_id`, organisationIds)}
      OR EXISTS (SELECT 1 FROM assignment WHERE assignment.user_id = user_account.id
        AND ${anyOf(kind, sql`assignment.organisation_id`, organisationIds)}))
    ORDER BY CASE WHEN user_account.pending_username_key IS NULL THEN 0 ELSE 1 END, user_account.id
    LIMIT 1`.execute(read);
  const [row] = rows;
  return row && toSeenUser(row);
}

function toSeenUser(row: SeenRow): SeenUser {
  return { ...toUser(row), organisationName: row.organisation_name, seenIn: readSeenIn(row.seen_in) };
}

function readSeenIn(text: string | null): SeenUser['seenIn'] {
  if (text === null) return null;
  const [organisationId = 0, roles = 0, status = 0] = text.split(':').map(Number);
  return { organisationId, roles, status: status as UserStatus };
}
