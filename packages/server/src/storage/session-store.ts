import { type Selectable, sql } from 'kysely';
import type { SessionStore } from '../domain/ports.ts';
import type { Page, PageQuery, Session } from '../domain/records.ts';
import { numberField, timeField } from './page-field.ts';
import { readPage } from './page-query.ts';
import type { SessionTable } from './schema.ts';
import { findSessionCaller } from './session-lookup.ts';
import { noteSessionUses } from './session-use.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const sessionStore: StoreOperations<SessionStore> = {
  insertSession,
  findSession,
  listLiveSessions,
  endSession,
  endSessions,
  endSupportSessions,
  rotateRefreshToken,
  findSessionCaller,
  noteSessionUses,
};

async function insertSession({ write }: StorageSession, session: Omit<Session, 'id'>): Promise<Session> {
  const row = await write
    .insertInto('session')
    .values({
      user_id: session.userId,
      organisation_id: session.organisationId,
      created_at: session.createdAt,
      created_ip: session.createdIp,
      last_used_at: session.lastUsedAt,
      last_used_ip: session.lastUsedIp,
      user_agent: session.userAgent,
      amr: JSON.stringify(session.amr),
      expires_at: session.expiresAt,
      ended_at: session.endedAt,
      ended_reason: session.endedReason,
      refresh_generation: session.refreshGeneration,
      rotated_at: session.rotatedAt,
      operator_id: session.operatorId,
      support_roles: session.supportRoles,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toSession(row);
}

async function findSession({ read }: StorageSession, id: number): Promise<Session | undefined> {
  const row = await read.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSession(row);
}

/** What can be filtered and sorted on, by its name on the wire. */
const fields = {
  id: numberField(sql`session.id`),
  created: timeField(sql`session.created_at`),
  last_used: timeField(sql`session.last_used_at`),
};

async function listLiveSessions(
  session: StorageSession,
  userId: number,
  now: number,
  query: PageQuery,
): Promise<Page<Session>> {
  const scope = [
    sql<boolean>`session.user_id = ${userId}`,
    sql<boolean>`session.ended_at IS NULL`,
    sql<boolean>`session.expires_at > ${now}`,
  ];
  const source = { columns: sql`session.*`, from: sql`session`, scope, fields, id: sql`session.id` };
  const page = await readPage<Selectable<SessionTable>>(session, source, query);
  return { ...page, rows: page.rows.map(toSession) };
}

async function endSession(
  { write }: StorageSession,
  id: number,
  { userId, endedAt, reason }: { userId: number; endedAt: number; reason: string },
): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('session')
    .set({ ended_at: endedAt, ended_reason: reason })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', endedAt)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function endSupportSessions(
  { write }: StorageSession,
  operatorId: number,
  { endedAt, reason }: { endedAt: number; reason: string },
): Promise<{ id: number; userId: number }[]> {
  const rows = await write
    .updateTable('session')
    .set({ ended_at: endedAt, ended_reason: reason })
    .where('operator_id', '=', operatorId)
    .where('ended_at', 'is', null)
    .returning(['id', 'user_id'])
    .execute();
  return rows.map(({ id, user_id }) => ({ id, userId: user_id })).sort((one, other) => one.id - other.id);
}

async function rotateRefreshToken(
  { write }: StorageSession,
  id: number,
  generation: number,
  rotatedAt: number,
): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('session')
    .set({ refresh_generation: generation + 1, rotated_at: rotatedAt })
    .where('id', '=', id)
    .where('refresh_generation', '=', generation)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function endSessions(
  { kind, write }: StorageSession,
  userId: number,
  { endedAt, reason, exceptId }: { endedAt: number; reason: string; exceptId?: number },
): Promise<number[]> {
  // Rows are locked in the order of their ids everywhere, so that no two transactions wait for each other.
  const inOrder = sql.raw(kind === 'postgres' ? 'ORDER BY id FOR UPDATE' : '');
  const { rows } = await sql<{ id: number }>`
    UPDATE session SET ended_at = ${endedAt}, ended_reason = ${reason}
    WHERE id IN (
      SELECT id FROM session
      WHERE user_id = ${userId} AND ended_at IS NULL AND expires_at > ${endedAt} AND id <> ${exceptId ?? 0}
      ${inOrder}
    )
    RETURNING id`.execute(write);
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

function toSession(row: Selectable<SessionTable>): Session {
  return {
    id: row.id,
    userId: row.user_id,
    organisationId: row.organisation_id,
    createdAt: row.created_at,
    createdIp: row.created_ip,
    lastUsedAt: row.last_used_at,
    lastUsedIp: row.last_used_ip,
    userAgent: row.user_agent,
    amr: JSON.parse(row.amr),
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    endedReason: row.ended_reason,
    refreshGeneration: row.refresh_generation,
    rotatedAt: row.rotated_at,
    operatorId: row.operator_id,
    supportRoles: row.support_roles,
  };
}
