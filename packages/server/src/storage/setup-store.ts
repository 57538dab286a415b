import type { SetupStore } from '../domain/setup-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const setupStore: StoreOperations<SetupStore> = {
  insertSetupKey,
  hasSetupKey,
  deleteSetupKeys,
  findServiceValue,
  insertServiceValue,
};

async function insertSetupKey({ write }: StorageSession, keyHash: Uint8Array, createdAt: number): Promise<void> {
  await write.insertInto('setup_key').values({ key_hash: keyHash, created_at: createdAt }).execute();
}

async function hasSetupKey({ read }: StorageSession, keyHash: Uint8Array): Promise<boolean> {
  const row = await read
    .selectFrom('setup_key')
    .select('created_at')
    .where('key_hash', '=', keyHash)
    .executeTakeFirst();
  return row !== undefined;
}

async function deleteSetupKeys({ write }: StorageSession): Promise<void> {
  await write.deleteFrom('setup_key').execute();
}

async function findServiceValue({ read }: StorageSession, name: string): Promise<string | undefined> {
  const row = await read.selectFrom('service_value').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

async function insertServiceValue({ read, write }: StorageSession, name: string, value: string): Promise<string> {
  const inserted = await write
    .insertInto('service_value')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('value')
    .executeTakeFirst();
  if (inserted !== undefined) {
    return inserted.value;
  }
  const row = await read.selectFrom('service_value').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  return row.value;
}
