import { type Selectable, sql } from 'kysely';
import type { MfaKey, MfaKeyStore, Passkey } from '../domain/second-factor-port.ts';
import { inChunks } from './chunk.ts';
import type { MfaKeyTable } from './schema-second-factor.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const mfaKeyStore: StoreOperations<MfaKeyStore> = {
  listMfaKeys,
  listMfaKeysOf,
  insertMfaKey,
  activateMfaKey,
  acceptTotpStep,
  acceptPasskeyCounter,
  deleteMfaKey,
};

async function listMfaKeys({ read }: StorageSession, userId: number): Promise<MfaKey[]> {
  const rows = await read.selectFrom('mfa_key').selectAll().where('user_id', '=', userId).orderBy('id').execute();
  return rows.map(toMfaKey);
}

async function listMfaKeysOf({ read }: StorageSession, userIds: readonly number[]): Promise<MfaKey[]> {
  const keys: MfaKey[] = [];
  await inChunks([...userIds], async (chunk) => {
    const rows = await read
      .selectFrom('mfa_key')
      .selectAll()
      .where('user_id', 'in', chunk)
      .orderBy('user_id')
      .orderBy('id')
      .execute();
    keys.push(...rows.map(toMfaKey));
  });
  return keys;
}

async function insertMfaKey(
  { write }: StorageSession,
  key: Omit<MfaKey, 'id' | 'activatedAt' | 'lastStep' | 'passkey'>,
): Promise<MfaKey> {
  const row = await write
    .insertInto('mfa_key')
    .values({
      user_id: key.userId,
      type: key.type,
      created_at: key.createdAt,
      sealed_secret: key.sealedSecret,
      challenge: key.challenge,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toMfaKey(row);
}

async function activateMfaKey(
  { write }: StorageSession,
  id: number,
  { activatedAt, lastStep, passkey }: { activatedAt: number; lastStep?: number; passkey?: Passkey },
): Promise<boolean> {
  const credentialId = passkey?.credentialId ?? null;
  const { numUpdatedRows } = await write
    .updateTable('mfa_key')
    .set({
      activated_at: activatedAt,
      last_step: lastStep ?? null,
      challenge: null,
      credential_id: credentialId,
      public_key: passkey?.publicKey ?? null,
      counter: passkey?.counter ?? null,
      transports: passkey === undefined ? null : JSON.stringify(passkey.transports),
    })
    .where('id', '=', id)
    .where('activated_at', 'is', null)
    // Rather than failing, which would leave the transaction of no more use.
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('mfa_key as other').select('other.id').where('other.credential_id', '=', credentialId))),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function acceptTotpStep({ write }: StorageSession, id: number, step: number): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('mfa_key')
    .set({ last_step: step })
    .where('id', '=', id)
    .where(({ or, eb }) => or([eb('last_step', 'is', null), eb('last_step', '<', step)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function acceptPasskeyCounter({ write }: StorageSession, id: number, counter: number): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('mfa_key')
    .set({ counter })
    .where('id', '=', id)
    // An authenticator without a counter always says 0 (WebAuthn Level 3 §6.1.1).
    .where(sql<boolean>`(counter < ${counter} OR (counter = 0 AND CAST(${counter} AS BIGINT) = 0))`)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function deleteMfaKey({ write }: StorageSession, id: number): Promise<boolean> {
  const { numDeletedRows } = await write.deleteFrom('mfa_key').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

function toMfaKey(row: Selectable<MfaKeyTable>): MfaKey {
  return {
    id: row.id,
    userId: row.user_id,
    type: row.type,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    sealedSecret: row.sealed_secret,
    lastStep: row.last_step,
    challenge: row.challenge,
    passkey: toPasskey(row),
  };
}

function toPasskey(row: Selectable<MfaKeyTable>): Passkey | null {
  if (row.credential_id === null || row.public_key === null) return null;
  return {
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: row.counter ?? 0,
    transports: JSON.parse(row.transports ?? '[]'),
  };
}
