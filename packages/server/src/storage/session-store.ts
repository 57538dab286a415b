import { type Selectable, sql } from 'kysely';
import type { SessionStore } from '../domain/ports.ts';
import type { Session, SessionCaller, UserStatus } from '../domain/records.ts';
import { inChunks } from './chunk.ts';
import { jsonRows } from './json-rows.ts';
import { defineLookup } from './lookup.ts';
import type { SessionTable } from './schema.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const sessionStore: StoreOperations<SessionStore> = {
  insertSession,
  findSession,
  endSessions,
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
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toSession(row);
}

async function findSession({ read }: StorageSession, id: number): Promise<Session | undefined> {
  const row = await read.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSession(row);
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

const sessionCaller = defineLookup('session-caller', {
  key: 'session.id',
  keyType: 'bigint',
  from: `session
    JOIN user_account ON user_account.id = session.user_id
    JOIN organisation ON organisation.id = session.organisation_id
    LEFT JOIN assignment ON assignment.user_id = session.user_id AND assignment.organisation_id = session.organisation_id`,
  columns: [
    'session.id',
    'session.user_id',
    'session.organisation_id',
    'session.created_at',
    'session.created_ip',
    'session.last_used_at',
    'session.last_used_ip',
    'session.user_agent',
    'session.amr',
    'session.expires_at',
    'session.ended_at',
    'session.ended_reason',
    'user_account.username',
    'user_account.name',
    'user_account.status',
    'user_account.version',
    'organisation.name',
    'assignment.roles',
  ],
});

type SessionRow = readonly [
  id: number,
  userId: number,
  organisationId: number,
  createdAt: number,
  createdIp: string,
  lastUsedAt: number,
  lastUsedIp: string,
  userAgent: string | null,
  amr: string,
  expiresAt: number,
  endedAt: number | null,
  endedReason: string | null,
];
type CallerRow = readonly [
  ...SessionRow,
  username: string,
  name: string,
  userStatus: UserStatus,
  userVersion: number,
  organisationName: string,
  roles: number | null,
];

async function findSessionCaller(session: StorageSession, sessionId: number): Promise<SessionCaller | undefined> {
  const row = await session.lookUp(sessionCaller, sessionId);
  return row && toSessionCaller(row as CallerRow);
}

function toSessionCaller(row: CallerRow): SessionCaller {
  return {
    session: {
      id: row[0],
      userId: row[1],
      organisationId: row[2],
      createdAt: row[3],
      createdIp: row[4],
      lastUsedAt: row[5],
      lastUsedIp: row[6],
      userAgent: row[7],
      amr: JSON.parse(row[8]),
      expiresAt: row[9],
      endedAt: row[10],
      endedReason: row[11],
    },
    username: row[12],
    name: row[13],
    userStatus: row[14],
    userVersion: row[15],
    organisation: { id: row[2], name: row[16] },
    roles: row[17] ?? 0,
  };
}

async function noteSessionUses(
  session: StorageSession,
  uses: readonly { sessionId: number; at: number; ip: string }[],
): Promise<void> {
  const latest = new Map<number, { id: number; at: number; ip: string }>();
  for (const { sessionId, at, ip } of uses) {
    if (at > (latest.get(sessionId)?.at ?? -1)) {
      latest.set(sessionId, { id: sessionId, at, ip });
    }
  }
  await inChunks([...latest.values()], (chunk) =>
    session.atomically(async (transaction) => {
      const used = jsonRows(transaction.kind, { id: 'bigint', at: 'bigint', ip: 'text' }, chunk);
      if (transaction.kind === 'postgres') {
        await sql`SELECT id FROM session WHERE id IN (SELECT id FROM ${used}) ORDER BY id FOR NO KEY UPDATE`.execute(
          transaction.write,
        );
      }
      await sql`
        UPDATE session SET last_used_at = used.at, last_used_ip = used.ip FROM ${used}
        WHERE session.id = used.id AND session.last_used_at < used.at`.execute(transaction.write);
    }),
  );
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
  };
}
