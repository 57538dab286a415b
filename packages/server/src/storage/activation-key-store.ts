import type { Selectable } from 'kysely';
import type { ActivationKey, ActivationKeyStore, ActivationPurpose } from '../domain/activation-key-port.ts';
import type { User } from '../domain/records.ts';
import type { ActivationKeyTable } from './schema-mail.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';
import { toUser } from './user-store.ts';

export const activationKeyStore: StoreOperations<ActivationKeyStore> = {
  insertActivationKey,
  findActivationKey,
  spendActivationKey,
  voidActivationKeys,
  keepInvitationKeys,
  turnActivationKeys,
  findRenamedUser,
};

async function insertActivationKey({ write }: StorageSession, key: ActivationKey): Promise<void> {
  await write
    .insertInto('activation_key')
    .values({
      id: key.id,
      user_id: key.userId,
      purpose: key.purpose,
      organisation_id: key.organisationId,
      roles: key.roles,
      username_key: key.usernameKey,
      password_changed_at: key.passwordChangedAt,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      used_at: key.usedAt,
    })
    .execute();
}

async function findActivationKey({ read }: StorageSession, id: string): Promise<ActivationKey | undefined> {
  const row = await read.selectFrom('activation_key').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toActivationKey(row);
}

async function spendActivationKey({ write }: StorageSession, id: string, usedAt: number): Promise<boolean> {
  const { numUpdatedRows } = await write
    .updateTable('activation_key')
    .set({ used_at: usedAt })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

async function voidActivationKeys(
  { write }: StorageSession,
  userId: number,
  purposes: readonly ActivationPurpose[],
  usedAt: number,
): Promise<void> {
  if (purposes.length === 0) return;
  await write
    .updateTable('activation_key')
    .set({ used_at: usedAt })
    .where('user_id', '=', userId)
    .where('purpose', 'in', purposes)
    .where('used_at', 'is', null)
    .execute();
}

async function keepInvitationKeys({ write }: StorageSession, userId: number, passwordChangedAt: number): Promise<void> {
  await write
    .updateTable('activation_key')
    .set({ password_changed_at: passwordChangedAt })
    .where('user_id', '=', userId)
    .where('purpose', '=', 'invitation')
    .where('password_changed_at', 'is', null)
    .where('used_at', 'is', null)
    .execute();
}

async function turnActivationKeys(
  { write }: StorageSession,
  userId: number,
  { organisationId, roles }: { organisationId: number; roles: number },
): Promise<void> {
  await write
    .updateTable('activation_key')
    .set({ purpose: 'invitation', organisation_id: organisationId, roles })
    .where('user_id', '=', userId)
    .where('purpose', '=', 'activation')
    .where('used_at', 'is', null)
    .execute();
}

async function findRenamedUser({ read }: StorageSession, pendingUsernameKey: string): Promise<User | undefined> {
  const row = await read
    .selectFrom('user_account')
    .selectAll()
    .where('pending_username_key', '=', pendingUsernameKey)
    .where('invited_user_id', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toUser(row);
}

function toActivationKey(row: Selectable<ActivationKeyTable>): ActivationKey {
  return {
    id: row.id,
    userId: row.user_id,
    purpose: row.purpose,
    organisationId: row.organisation_id,
    roles: row.roles,
    usernameKey: row.username_key,
    passwordChangedAt: row.password_changed_at,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  };
}
