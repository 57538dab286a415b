import type { Selectable } from 'kysely';
import type { SignUpStore, StoredSignUp } from '../domain/signup-port.ts';
import type { SignUpTable } from './schema-mail.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const signUpStore: StoreOperations<SignUpStore> = {
  insertSignUp,
  findSignUp,
  findLatestSignUp,
  takeSignUp,
  deleteSignUps,
};

async function insertSignUp({ write }: StorageSession, signUp: StoredSignUp): Promise<void> {
  await write
    .insertInto('signup')
    .values({
      id: signUp.id,
      username_key: signUp.usernameKey,
      sealed_data: signUp.sealedData,
      created_at: signUp.createdAt,
      expires_at: signUp.expiresAt,
    })
    .execute();
}

async function findSignUp({ read }: StorageSession, id: string): Promise<StoredSignUp | undefined> {
  const row = await read.selectFrom('signup').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSignUp(row);
}

async function findLatestSignUp(
  { read }: StorageSession,
  usernameKey: string,
  now: number,
): Promise<StoredSignUp | undefined> {
  const row = await read
    .selectFrom('signup')
    .selectAll()
    .where('username_key', '=', usernameKey)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row && toSignUp(row);
}

async function takeSignUp({ write }: StorageSession, id: string): Promise<boolean> {
  const { numDeletedRows } = await write.deleteFrom('signup').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

async function deleteSignUps({ write }: StorageSession, usernameKey: string): Promise<void> {
  await write.deleteFrom('signup').where('username_key', '=', usernameKey).execute();
}

function toSignUp(row: Selectable<SignUpTable>): StoredSignUp {
  return {
    id: row.id,
    usernameKey: row.username_key,
    sealedData: row.sealed_data,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
