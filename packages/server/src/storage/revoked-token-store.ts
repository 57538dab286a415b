import { sql } from 'kysely';
import type { RaisedApplicationToken, TokenPlace } from '../domain/revocation-port.ts';
import { anyOf } from './page-query.ts';
import type { StorageSession } from './storage-session.ts';

/** The name of the value that says since when tokens count everywhere. */
export const tokensFromValue = 'tokens from';
const longestMinutes = 'longest auth token minutes';
/** How many sessions end at a time. */
const sessionLimit = 1000;

export async function raiseApplicationTokenVersions(
  { kind, write }: StorageSession,
  ids: readonly number[],
  by: number,
): Promise<RaisedApplicationToken[]> {
  if (ids.length === 0) return [];
  // Rows are locked in the order of their ids everywhere, so that no two transactions wait for each other.
  const inOrder = sql.raw(kind === 'postgres' ? 'ORDER BY id FOR NO KEY UPDATE' : '');
  const { rows } = await sql<{
    id: number;
    organisation_id: number;
    version: number;
    auth_token_minutes: number | null;
  }>`
    UPDATE application_token SET version = version + CAST(${by} AS INTEGER)
    WHERE id IN (SELECT id FROM application_token WHERE ${anyOf(kind, sql`id`, ids)} ${inOrder})
    RETURNING id, organisation_id, version, auth_token_minutes`.execute(write);
  return rows
    .map((row) => ({
      id: row.id,
      organisationId: row.organisation_id,
      version: row.version,
      authTokenMinutes: row.auth_token_minutes,
    }))
    .sort((one, other) => one.id - other.id);
}

export async function listTokenPlaces({ read }: StorageSession, userId: number): Promise<TokenPlace[]> {
  const rows = await read
    .selectFrom('assignment')
    .innerJoin('organisation', 'organisation.id', 'assignment.organisation_id')
    .select(['organisation.id', 'organisation.parent_id', 'assignment.roles'])
    .where('assignment.user_id', '=', userId)
    .where('assignment.status', '=', 1)
    .orderBy('organisation.id')
    .execute();
  return rows.map((row) => ({ organisationId: row.id, parentId: row.parent_id, roles: row.roles }));
}

export async function noteAuthTokenMinutes(session: StorageSession, minutes: number): Promise<void> {
  // Nearly always it is known, and nothing has to be written.
  if (((await findLongestAuthTokenMinutes(session)) ?? 0) >= minutes) return;
  await raiseServiceValue(session, longestMinutes, minutes);
}

async function raiseServiceValue({ write }: StorageSession, name: string, value: number): Promise<void> {
  await sql`
    INSERT INTO service_value (name, value) VALUES (${name}, ${String(value)})
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
      WHERE CAST(service_value.value AS BIGINT) < CAST(excluded.value AS BIGINT)`.execute(write);
}

export async function findLongestAuthTokenMinutes({ read }: StorageSession): Promise<number | undefined> {
  const row = await read
    .selectFrom('service_value')
    .select('value')
    .where('name', '=', longestMinutes)
    .executeTakeFirst();
  return row && Number(row.value);
}

export async function setTokensFrom(
  session: StorageSession,
  organisationId: number | 'all',
  tokensFrom: number,
): Promise<void> {
  if (organisationId === 'all') await raiseServiceValue(session, tokensFromValue, tokensFrom);
  await session.write
    .updateTable('organisation')
    .set({ tokens_from: tokensFrom })
    .where('tokens_from', '<', tokensFrom)
    .$if(organisationId !== 'all', (update) => update.where('id', '=', Number(organisationId)))
    .execute();
}

export async function endSessionsBegunBefore(
  { write }: StorageSession,
  organisationId: number | 'all',
  { begunBefore, endedAt, reason }: { begunBefore: number; endedAt: number; reason: string },
): Promise<number> {
  const ofOne = organisationId === 'all' ? sql`` : sql`AND organisation_id = ${organisationId}`;
  const { numAffectedRows = 0n } = await sql`
    UPDATE session SET ended_at = ${endedAt}, ended_reason = ${reason}
    WHERE id IN (
      SELECT id FROM session
      WHERE ended_at IS NULL AND expires_at > ${endedAt} AND created_at < ${begunBefore} ${ofOne}
      ORDER BY id LIMIT ${sessionLimit}
    ) AND ended_at IS NULL`.execute(write);
  return Number(numAffectedRows);
}
