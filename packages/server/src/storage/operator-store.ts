import type { OperatorStore, PlatformOperator } from '../domain/operator-port.ts';
import type { StorageSession, StoreOperations } from './storage-session.ts';

export const operatorStore: StoreOperations<OperatorStore> = {
  insertOperator,
  deleteOperator,
  listOperators,
  isOperator,
};

async function insertOperator({ write }: StorageSession, userId: number, createdAt: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await write
    .insertInto('platform_operator')
    .values({ user_id: userId, created_at: createdAt })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function deleteOperator({ write }: StorageSession, userId: number): Promise<boolean> {
  const { numDeletedRows } = await write
    .deleteFrom('platform_operator')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function listOperators({ read }: StorageSession): Promise<PlatformOperator[]> {
  return read
    .selectFrom('platform_operator')
    .innerJoin('user_account', 'user_account.id', 'platform_operator.user_id')
    .select([
      'user_account.id as userId',
      'user_account.username',
      'user_account.name',
      'platform_operator.created_at as createdAt',
    ])
    .orderBy('user_account.id')
    .execute();
}

async function isOperator({ read }: StorageSession, userId: number): Promise<boolean> {
  const row = await read
    .selectFrom('platform_operator')
    .select('user_id')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}
