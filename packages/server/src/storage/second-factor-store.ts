import type { Selectable } from 'kysely';
import type { EmailCode, EmailCodePurpose, SecondFactorStore, TrustedDevice } from '../domain/second-factor-port.ts';
import { mfaChallengeStore } from './mfa-challenge-store.ts';
import { mfaKeyStore } from './mfa-key-store.ts';
import type { TrustedDeviceTable } from './schema-second-factor.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const secondFactorStore: StoreOperations<SecondFactorStore> = {
  ...mfaKeyStore,
  ...mfaChallengeStore,
  findEmailCode,
  upsertEmailCode,
  deleteEmailCode,
  replaceRecoveryCodes,
  countRecoveryCodes,
  deleteRecoveryCode,
  listTrustedDevices,
  findTrustedDevice,
  upsertTrustedDevice,
  deleteTrustedDevice,
  deleteTrustedDevices,
  setSecondFactorAt,
  findSecondFactorAt,
  isSecondFactorRequired,
  setSecondFactorRequired,
};

async function findEmailCode(
  { read }: StorageSession,
  userId: number,
  purpose: EmailCodePurpose,
): Promise<EmailCode | undefined> {
  const row = await read
    .selectFrom('email_code')
    .selectAll()
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .executeTakeFirst();
  return row && { userId, purpose, sealedCode: row.sealed_code, createdAt: row.created_at, expiresAt: row.expires_at };
}

async function upsertEmailCode({ write }: StorageSession, code: EmailCode): Promise<void> {
  const changed = { sealed_code: code.sealedCode, created_at: code.createdAt, expires_at: code.expiresAt };
  await write
    .insertInto('email_code')
    .values({ user_id: code.userId, purpose: code.purpose, ...changed })
    .onConflict((conflict) => conflict.columns(['user_id', 'purpose']).doUpdateSet(changed))
    .execute();
}

async function deleteEmailCode(
  { write }: StorageSession,
  { userId, purpose, sealedCode }: Pick<EmailCode, 'userId' | 'purpose' | 'sealedCode'>,
): Promise<boolean> {
  const { numDeletedRows } = await write
    .deleteFrom('email_code')
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('sealed_code', '=', sealedCode)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function replaceRecoveryCodes(
  session: StorageSession,
  userId: number,
  hashes: readonly Uint8Array[],
  createdAt: number,
): Promise<void> {
  await session.atomically(async ({ write }) => {
    await write.deleteFrom('recovery_code').where('user_id', '=', userId).execute();
    if (hashes.length === 0) return;
    const rows = hashes.map((hash) => ({ user_id: userId, code_hash: hash, created_at: createdAt }));
    await write.insertInto('recovery_code').values(rows).execute();
  });
}

async function countRecoveryCodes({ read }: StorageSession, userId: number): Promise<number> {
  const row = await read
    .selectFrom('recovery_code')
    .select((eb) => eb.fn.countAll<number>().as('codes'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return row.codes;
}

async function deleteRecoveryCode({ write }: StorageSession, userId: number, hash: Uint8Array): Promise<boolean> {
  const { numDeletedRows } = await write
    .deleteFrom('recovery_code')
    .where('user_id', '=', userId)
    .where('code_hash', '=', hash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function listTrustedDevices({ read }: StorageSession, userId: number, now: number): Promise<TrustedDevice[]> {
  const rows = await read
    .selectFrom('trusted_device')
    .selectAll()
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
  return rows.map(toTrustedDevice);
}

async function findTrustedDevice(
  { read }: StorageSession,
  userId: number,
  fingerprintHash: Uint8Array,
  now: number,
): Promise<TrustedDevice | undefined> {
  const row = await read
    .selectFrom('trusted_device')
    .selectAll()
    .where('user_id', '=', userId)
    .where('fingerprint_hash', '=', fingerprintHash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && toTrustedDevice(row);
}

async function upsertTrustedDevice(
  { write }: StorageSession,
  device: Omit<TrustedDevice, 'id'> & { readonly fingerprintHash: Uint8Array },
): Promise<number> {
  const described = {
    operating_system: device.operatingSystem,
    browser: device.browser,
    name: device.name,
    activated_at: device.activatedAt,
    expires_at: device.expiresAt,
  };
  const row = await write
    .insertInto('trusted_device')
    .values({ user_id: device.userId, fingerprint_hash: device.fingerprintHash, ...described })
    .onConflict((conflict) => conflict.columns(['user_id', 'fingerprint_hash']).doUpdateSet(described))
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function deleteTrustedDevice({ write }: StorageSession, userId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await write
    .deleteFrom('trusted_device')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function deleteTrustedDevices({ write }: StorageSession, userId: number): Promise<number> {
  const { numDeletedRows } = await write.deleteFrom('trusted_device').where('user_id', '=', userId).executeTakeFirst();
  return Number(numDeletedRows);
}

async function setSecondFactorAt({ write }: StorageSession, sessionId: number, at: number): Promise<void> {
  await write.updateTable('session').set({ second_factor_at: at }).where('id', '=', sessionId).execute();
}

async function findSecondFactorAt({ read }: StorageSession, sessionId: number): Promise<number | undefined> {
  const row = await read
    .selectFrom('session')
    .select('second_factor_at')
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return row?.second_factor_at ?? undefined;
}

async function isSecondFactorRequired({ read }: StorageSession, organisationIds: readonly number[]): Promise<boolean> {
  if (organisationIds.length === 0) return false;
  const row = await read
    .selectFrom('organisation')
    .select('id')
    .where('id', 'in', organisationIds)
    .where('mfa_required', '=', 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function setSecondFactorRequired(
  { write }: StorageSession,
  organisationId: number,
  required: boolean,
): Promise<void> {
  await write
    .updateTable('organisation')
    .set({ mfa_required: required ? 1 : 0 })
    .where('id', '=', organisationId)
    .execute();
}

function toTrustedDevice(row: Selectable<TrustedDeviceTable>): TrustedDevice {
  return {
    id: row.id,
    userId: row.user_id,
    operatingSystem: row.operating_system,
    browser: row.browser,
    name: row.name,
    activatedAt: row.activated_at,
    expiresAt: row.expires_at,
  };
}
