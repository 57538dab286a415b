import { type RawBuilder, sql } from 'kysely';
import type { StoreCareStore } from '../domain/store-care-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const storeCareStore: StoreOperations<StoreCareStore> = {
  deleteExpiredActivationKeys: (session, before) => deleteExpired(session, 'activation_key', ['id'], before),
  deleteExpiredSignUps: (session, before) => deleteExpired(session, 'signup', ['id'], before),
  deleteExpiredMfaChallenges: (session, before) => deleteExpired(session, 'mfa_challenge', ['id'], before),
  deleteExpiredEmailCodes: (session, before) => deleteExpired(session, 'email_code', ['user_id', 'purpose'], before),
  deleteExpiredTrustedDevices: (session, before) => deleteExpired(session, 'trusted_device', ['id'], before),
  deleteExpiredSessions: (session, before) => deleteExpired(session, 'session', ['id'], before),
  deleteOldKnownNetworks,
  deleteEndedLockouts,
  deleteOrphanedLockouts,
};

/** How many rows go at a time. */
const deleteLimit = 1000;

/** Removes some of the rows that a condition holds for; those that somebody else has just locked are left for the next time. */
async function deleteSome(
  { kind, write }: StorageSession,
  table: string,
  key: readonly string[],
  condition: RawBuilder<boolean>,
): Promise<number> {
  const columns = sql.join(key.map((column) => sql.ref(`${table}.${column}`)));
  const { numAffectedRows = 0n } = await sql`
    DELETE FROM ${sql.table(table)} WHERE (${columns}) IN (
      SELECT ${columns} FROM ${sql.table(table)} WHERE ${condition} LIMIT ${deleteLimit}
      ${sql.raw(kind === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '')}
    )`.execute(write);
  return Number(numAffectedRows);
}

function deleteExpired(
  session: StorageSession,
  table: string,
  key: readonly string[],
  expiredBefore: number,
): Promise<number> {
  return deleteSome(session, table, key, sql<boolean>`expires_at < ${expiredBefore}`);
}

async function deleteOldKnownNetworks(session: StorageSession, lastSignInBefore: number): Promise<number> {
  return deleteSome(
    session,
    'known_network',
    ['user_id', 'network'],
    sql<boolean>`last_sign_in_at < ${lastSignInBefore} AND EXISTS (
      SELECT 1 FROM known_network AS later WHERE later.user_id = known_network.user_id
        AND (later.last_sign_in_at, later.network) > (known_network.last_sign_in_at, known_network.network))`,
  );
}

async function deleteEndedLockouts(session: StorageSession, endedBefore: number): Promise<number> {
  return deleteSome(session, 'lockout', ['subject', 'scope'], sql<boolean>`locked_until < ${endedBefore}`);
}

async function deleteOrphanedLockouts(session: StorageSession): Promise<number> {
  return deleteSome(
    session,
    'lockout',
    ['subject', 'scope'],
    sql<boolean>`scope <> 'account' AND NOT EXISTS (
      SELECT 1 FROM trusted_device
      WHERE trusted_device.user_id = lockout.user_id AND 'device:' || trusted_device.id = lockout.scope
    ) AND NOT EXISTS (
      SELECT 1 FROM known_network
      WHERE known_network.user_id = lockout.user_id AND 'network:' || known_network.network = lockout.scope)`,
  );
}
