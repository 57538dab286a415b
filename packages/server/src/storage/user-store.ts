import { type Selectable, sql } from 'kysely';
import { Refusal } from '../domain/errors.ts';
import type { UserStore } from '../domain/ports.ts';
import type { NewStoredUser, User, UserWithRoles } from '../domain/records.ts';
import type { UserAccountTable } from './schema.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const userStore: StoreOperations<UserStore> = {
  insertUser,
  findUser,
  findUserByUsername,
  updateUser,
  raiseUserVersion,
  hasUsers,
  listUsers,
  upsertAssignment,
};

async function insertUser({ write }: StorageSession, user: NewStoredUser): Promise<User> {
  const row = await write
    .insertInto('user_account')
    .values({
      username: user.username,
      username_key: user.usernameKey,
      name: user.name,
      status: user.status,
      password_hash: user.passwordHash,
      organisation_id: user.organisationId,
      version: user.version,
      created_at: user.createdAt,
      password_changed_at: user.passwordChangedAt,
      language: user.language,
      pending_username_key: user.pendingUsernameKey ?? null,
      invited_user_id: user.invitedUserId ?? null,
    })
    // Rather than failing, which would leave the transaction of no more use.
    .onConflict((conflict) => conflict.column('username_key').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) {
    throw new Refusal('Conflict', { reason: 'the username is taken' });
  }
  return toUser(row);
}

async function findUser({ read }: StorageSession, id: number): Promise<User | undefined> {
  const row = await read.selectFrom('user_account').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toUser(row);
}

async function findUserByUsername({ read }: StorageSession, usernameKey: string): Promise<User | undefined> {
  const row = await read
    .selectFrom('user_account')
    .selectAll()
    .where('username_key', '=', usernameKey)
    .executeTakeFirst();
  return row && toUser(row);
}

/** Which column keeps which property that can change. */
const changeableColumns = {
  username: 'username',
  usernameKey: 'username_key',
  name: 'name',
  status: 'status',
  passwordHash: 'password_hash',
  organisationId: 'organisation_id',
  version: 'version',
  createdAt: 'created_at',
  passwordChangedAt: 'password_changed_at',
  language: 'language',
  pendingUsernameKey: 'pending_username_key',
  invitedUserId: 'invited_user_id',
} as const satisfies Record<keyof Omit<User, 'id'>, keyof UserAccountTable>;

/** Reads a user and holds the row until the transaction ends. */
export async function holdUser({ kind, write }: StorageSession, id: number): Promise<User | undefined> {
  const row = await write
    .selectFrom('user_account')
    .selectAll()
    .where('id', '=', id)
    // Not against those who only refer to the user. SQLite's transactions have the whole file to themselves.
    .$if(kind === 'postgres', (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  return row && toUser(row);
}

async function updateUser({ write }: StorageSession, id: number, change: Partial<Omit<User, 'id'>>): Promise<void> {
  const columns = Object.entries(changeableColumns)
    .map(([property, column]) => [column, change[property as keyof typeof change]] as const)
    .filter(([, value]) => value !== undefined);
  if (columns.length > 0) {
    await write.updateTable('user_account').set(Object.fromEntries(columns)).where('id', '=', id).execute();
  }
}

async function raiseUserVersion({ write }: StorageSession, id: number): Promise<number> {
  const row = await write
    .updateTable('user_account')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return row.version;
}

async function hasUsers({ read }: StorageSession, organisationId?: number): Promise<boolean> {
  let query = read.selectFrom('user_account').select('id');
  if (organisationId !== undefined) query = query.where('organisation_id', '=', organisationId);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

async function listUsers({ read }: StorageSession): Promise<UserWithRoles[]> {
  const rows = await read
    .selectFrom('user_account')
    .innerJoin('organisation', 'organisation.id', 'user_account.organisation_id')
    .leftJoin('assignment', (join) =>
      join
        .onRef('assignment.user_id', '=', 'user_account.id')
        .onRef('assignment.organisation_id', '=', 'user_account.organisation_id'),
    )
    .selectAll('user_account')
    .select('organisation.name as organisation_name')
    .select((query) =>
      query
        .selectFrom('lockout')
        .whereRef('lockout.user_id', '=', 'user_account.id')
        .select((lock) => lock.fn.max('lockout.locked_until').as('locked_until'))
        .as('locked_until'),
    )
    .select(sql<number>`coalesce(assignment.roles, 0)`.as('roles'))
    .orderBy('user_account.id')
    .execute();
  return rows.map((row) => ({
    ...toUser(row),
    organisationName: row.organisation_name,
    roles: row.roles,
    lockedUntil: row.locked_until,
  }));
}

async function upsertAssignment(
  { write }: StorageSession,
  assignment: { userId: number; organisationId: number; roles: number; createdAt: number },
): Promise<void> {
  await write
    .insertInto('assignment')
    .values({
      user_id: assignment.userId,
      organisation_id: assignment.organisationId,
      roles: assignment.roles,
      created_at: assignment.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'organisation_id']).doUpdateSet({ roles: assignment.roles }))
    .execute();
}

export function toUser(row: Selectable<UserAccountTable>): User {
  return {
    id: row.id,
    username: row.username,
    usernameKey: row.username_key,
    name: row.name,
    status: row.status,
    passwordHash: row.password_hash,
    organisationId: row.organisation_id,
    version: row.version,
    createdAt: row.created_at,
    passwordChangedAt: row.password_changed_at,
    language: row.language,
    pendingUsernameKey: row.pending_username_key,
    invitedUserId: row.invited_user_id,
  };
}
