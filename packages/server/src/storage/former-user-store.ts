import type { User } from '../domain/records.ts';
import type { FormerUserStore, TokenOfMaker } from '../domain/workspace-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';
import { toUser } from './user-store.ts';

export const formerUserStore: StoreOperations<FormerUserStore> = {
  deleteUser,
  findSuccessor,
  listTokensOfMaker,
  transferApplicationToken,
};

async function deleteUser(session: StorageSession, user: User, successorId: number | null): Promise<void> {
  await session.atomically(async ({ write }) => {
    await write
      .insertInto('former_user')
      .values({ id: user.id, username: user.username, name: user.name, successor_id: successorId })
      .execute();
    await write.deleteFrom('user_account').where('id', '=', user.id).execute();
  });
}

async function findSuccessor({ read }: StorageSession, formerId: number): Promise<User | undefined> {
  const row = await read
    .selectFrom('former_user')
    .innerJoin('user_account', 'user_account.id', 'former_user.successor_id')
    .selectAll('user_account')
    .where('former_user.id', '=', formerId)
    .executeTakeFirst();
  return row && toUser(row);
}

async function listTokensOfMaker({ read }: StorageSession, userId: number, now: number): Promise<TokenOfMaker[]> {
  const rows = await read
    .selectFrom('application_token')
    .innerJoin('organisation', 'organisation.id', 'application_token.organisation_id')
    .select([
      'application_token.id',
      'application_token.roles',
      'application_token.expires_at',
      'organisation.id as organisation_id',
      'organisation.name as organisation_name',
    ])
    .where('application_token.creator_id', '=', userId)
    .where('application_token.revoked_at', 'is', null)
    .where((eb) =>
      eb.or([eb('application_token.expires_at', 'is', null), eb('application_token.expires_at', '>', now)]),
    )
    .orderBy('application_token.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    organisation: { id: row.organisation_id, name: row.organisation_name },
    roles: row.roles,
    expiresAt: row.expires_at,
  }));
}

async function transferApplicationToken(
  { write }: StorageSession,
  id: number,
  { creatorId, roles }: { creatorId: number; roles: number },
): Promise<void> {
  await write.updateTable('application_token').set({ creator_id: creatorId, roles }).where('id', '=', id).execute();
}
