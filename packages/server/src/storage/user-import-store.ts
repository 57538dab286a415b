import { sql } from 'kysely';
import type { ImportMark, NewImportedUser, UserImportStore } from '../domain/user-import-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const userImportStore: StoreOperations<UserImportStore> = {
  insertImportedUsers,
  findTakenUsernames,
  findImportMark,
  putImportMark,
  deleteImportMark,
  listImportMarks,
};

/** How many users one INSERT takes, by the parameters that a statement may have. */
const insertSize = 500;

async function insertImportedUsers(
  session: StorageSession,
  users: readonly NewImportedUser[],
): Promise<(NewImportedUser & { readonly id: number })[]> {
  const made: (NewImportedUser & { readonly id: number })[] = [];
  for (let start = 0; start < users.length; start += insertSize) {
    made.push(...(await insertChunk(session, users.slice(start, start + insertSize))));
  }
  return made;
}

async function insertChunk(
  { write }: StorageSession,
  users: readonly NewImportedUser[],
): Promise<(NewImportedUser & { readonly id: number })[]> {
  const rows = await write
    .insertInto('user_account')
    .values(
      users.map((user) => ({
        username: user.username,
        username_key: user.usernameKey,
        name: user.name,
        status: user.status,
        password_hash: user.passwordHash,
        organisation_id: user.organisationId,
        version: 1,
        created_at: user.createdAt,
        password_changed_at: user.passwordChangedAt,
      })),
    )
    .onConflict((conflict) => conflict.column('username_key').doNothing())
    .returning(['id', 'username_key'])
    .execute();
  const ids = new Map(rows.map((row) => [row.username_key, row.id]));
  const made = users.flatMap((user) => {
    const id = ids.get(user.usernameKey);
    return id === undefined ? [] : [{ ...user, id }];
  });
  if (made.length > 0) {
    await write
      .insertInto('assignment')
      .values(
        made.map((user) => ({
          user_id: user.id,
          organisation_id: user.organisationId,
          roles: user.roles,
          created_at: user.createdAt,
        })),
      )
      .execute();
  }
  return made;
}

async function findTakenUsernames({ kind, read }: StorageSession, usernameKeys: readonly string[]): Promise<string[]> {
  const asked =
    kind === 'sqlite'
      ? sql`IN (SELECT value FROM json_each(${JSON.stringify(usernameKeys)}))`
      : sql`= ANY(${usernameKeys}::text[])`;
  const { rows } = await sql<{ username_key: string }>`
    SELECT username_key FROM user_account WHERE username_key ${asked}`.execute(read);
  return rows.map((row) => row.username_key);
}

/** Marks stand among the values of the service: the rows that are done, and since when. */
const markPrefix = 'import ';

async function findImportMark({ read }: StorageSession, fileHash: string): Promise<number | undefined> {
  const row = await read
    .selectFrom('service_value')
    .select('value')
    .where('name', '=', markPrefix + fileHash)
    .executeTakeFirst();
  return row && readMark(fileHash, row.value).rowsDone;
}

async function putImportMark({ write }: StorageSession, { fileHash, rowsDone, markedAt }: ImportMark): Promise<void> {
  const value = `${rowsDone} ${markedAt}`;
  await write
    .insertInto('service_value')
    .values({ name: markPrefix + fileHash, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

async function deleteImportMark({ write }: StorageSession, fileHash: string): Promise<void> {
  await write
    .deleteFrom('service_value')
    .where('name', '=', markPrefix + fileHash)
    .execute();
}

async function listImportMarks({ read }: StorageSession): Promise<ImportMark[]> {
  const rows = await read.selectFrom('service_value').selectAll().where('name', 'like', `${markPrefix}%`).execute();
  return rows.map(({ name, value }) => readMark(name.slice(markPrefix.length), value));
}

/** Marks from before there were times are of long ago. */
function readMark(fileHash: string, value: string): ImportMark {
  const [rowsDone = 0, markedAt = 0] = value.split(' ').map(Number);
  return { fileHash, rowsDone, markedAt };
}
