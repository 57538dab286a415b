import type { Selectable } from 'kysely';
import type { KeyStore } from '../domain/ports.ts';
import type { StoredKey } from '../domain/records.ts';
import type { SigningKeyTable } from './schema.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const keyStore: StoreOperations<KeyStore> = { listKeys, insertKey, updateKey, deleteKey };

async function listKeys({ read }: StorageSession): Promise<StoredKey[]> {
  const rows = await read.selectFrom('signing_key').selectAll().orderBy('id').execute();
  return rows.map(toKey);
}

async function insertKey({ write }: StorageSession, key: Omit<StoredKey, 'id'>): Promise<void> {
  await write
    .insertInto('signing_key')
    .values({
      kid: key.kid,
      purpose: key.purpose,
      algorithm: key.algorithm,
      state: key.state,
      encrypted_key: key.encryptedKey,
      created_at: key.createdAt,
      activated_at: key.activatedAt,
      retired_at: key.retiredAt,
    })
    .execute();
}

async function updateKey(
  { write }: StorageSession,
  kid: string,
  { state, activatedAt, retiredAt }: Partial<Pick<StoredKey, 'state' | 'activatedAt' | 'retiredAt'>>,
): Promise<void> {
  const change = {
    ...(state !== undefined && { state }),
    ...(activatedAt !== undefined && { activated_at: activatedAt }),
    ...(retiredAt !== undefined && { retired_at: retiredAt }),
  };
  if (Object.keys(change).length > 0) {
    await write.updateTable('signing_key').set(change).where('kid', '=', kid).execute();
  }
}

async function deleteKey({ write }: StorageSession, kid: string): Promise<void> {
  await write.deleteFrom('signing_key').where('kid', '=', kid).execute();
}

function toKey(row: Selectable<SigningKeyTable>): StoredKey {
  return {
    id: row.id,
    kid: row.kid,
    purpose: row.purpose,
    algorithm: row.algorithm,
    state: row.state,
    encryptedKey: row.encrypted_key,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    retiredAt: row.retired_at,
  };
}
