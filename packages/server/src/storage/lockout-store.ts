import { sql } from 'kysely';
import type { LockoutStore } from '../domain/ports.ts';
import type { KnownNetwork, Lockout, LockoutKey } from '../domain/records.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const lockoutStore: StoreOperations<LockoutStore> = {
  findLockout,
  countFailure,
  deleteLockouts,
  trimOpenCounts,
  findKnownNetwork,
  upsertKnownNetwork,
};

interface FailureChange {
  readonly userId: number | null;
  readonly now: number;
  readonly limit: number;
  readonly lockUntil: number;
}

async function findLockout({ read }: StorageSession, { subject, scope }: LockoutKey): Promise<Lockout | undefined> {
  const row = await read
    .selectFrom('lockout')
    .select(['failures', 'locked_until'])
    .where('subject', '=', subject)
    .where('scope', '=', scope)
    .executeTakeFirst();
  return row && { failures: row.failures, lockedUntil: row.locked_until };
}

async function countFailure(session: StorageSession, key: LockoutKey, change: FailureChange): Promise<Lockout> {
  // Between the two statements the lock may have been lifted; then the failure counts after all.
  for (;;) {
    const counted = await countUnlessLocked(session, key, change);
    if (counted !== undefined) {
      return { ...counted, wasLocked: false };
    }
    const standing = await findLockout(session, key);
    if (standing?.lockedUntil != null && standing.lockedUntil > change.now) {
      return { ...standing, wasLocked: true };
    }
  }
}

/** Counts in one statement, so that the row's lock puts parallel failures in a row; undefined where a lock holds. */
async function countUnlessLocked(
  { write }: StorageSession,
  { subject, scope }: LockoutKey,
  { userId, now, limit, lockUntil }: FailureChange,
): Promise<Lockout | undefined> {
  const failures = sql<number>`(CASE WHEN lockout.locked_until IS NULL THEN lockout.failures + 1 ELSE 1 END)`;
  const { rows } = await sql<{ failures: number; locked_until: number | null }>`
    INSERT INTO lockout (subject, scope, user_id, failures, locked_until, updated_at)
    VALUES (${subject}, ${scope}, ${userId}, 1, ${limit <= 1 ? lockUntil : null}, ${now})
    ON CONFLICT (subject, scope) DO UPDATE SET
      user_id = excluded.user_id,
      failures = ${failures},
      locked_until = CASE WHEN ${failures} >= ${limit} THEN CAST(${lockUntil} AS BIGINT) END,
      updated_at = excluded.updated_at
    WHERE lockout.locked_until IS NULL OR lockout.locked_until <= ${now}
    RETURNING failures, locked_until`.execute(write);
  const [row] = rows;
  return row && { failures: row.failures, lockedUntil: row.locked_until };
}

async function deleteLockouts(
  { write }: StorageSession,
  subject: string,
  scopes: readonly string[] | 'all',
): Promise<number> {
  if (scopes.length === 0) {
    return 0;
  }
  const { numDeletedRows } = await write
    .deleteFrom('lockout')
    .where('subject', '=', subject)
    .$if(scopes !== 'all', (query) => query.where('scope', 'in', scopes as readonly string[]))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

async function trimOpenCounts({ kind, write }: StorageSession, keep: number, now: number): Promise<void> {
  const all = sql.raw(kind === 'sqlite' ? '-1' : 'ALL');
  const isOpen = sql`scope = 'account' AND (locked_until IS NULL OR locked_until <= ${now})`;
  // Once more at the end: a row may have become a lock since it was chosen.
  await sql`
    DELETE FROM lockout WHERE (subject, scope) IN (
      SELECT subject, scope FROM lockout WHERE ${isOpen}
      ORDER BY updated_at DESC, subject LIMIT ${all} OFFSET ${keep}
    ) AND ${isOpen}`.execute(write);
}

async function findKnownNetwork(
  { read }: StorageSession,
  userId: number,
  network: string,
): Promise<KnownNetwork | undefined> {
  const row = await read
    .selectFrom('known_network')
    .select('last_sign_in_at')
    .where('user_id', '=', userId)
    .where('network', '=', network)
    .executeTakeFirst();
  return row && { userId, network, lastSignInAt: row.last_sign_in_at };
}

async function upsertKnownNetwork({ write }: StorageSession, known: KnownNetwork): Promise<void> {
  await write
    .insertInto('known_network')
    .values({ user_id: known.userId, network: known.network, last_sign_in_at: known.lastSignInAt })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'network'])
        .doUpdateSet({ last_sign_in_at: known.lastSignInAt })
        .where('known_network.last_sign_in_at', '<', known.lastSignInAt),
    )
    .execute();
}
