import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connectionOptions, type PostgresOptions } from './postgres-pool.ts';
import { toStorageError, unavailable } from './storage-error.ts';
import type { MigrationTransaction } from './storage-session.ts';

/** The advisory lock that says: this process migrates. */
const migrationLock = 7_029_001;
/** DDL that waits for a lock makes everybody else wait behind it, so it gives up and tries again. */
const lockTimeoutMs = 2000;
const lockAttempts = 10;

/** Runs `work` on a connection of its own, without a limit to how long a statement takes, while no other process migrates. */
export async function migrateExclusively<T>(
  { url, onStatement }: PostgresOptions,
  work: (transaction: MigrationTransaction) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connectionOptions(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SELECT pg_advisory_lock(${migrationLock})`);
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    return await work((statements) => transact(client, onStatement, statements));
  } catch (error) {
    throw toStorageError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function transact<T>(
  client: pg.Client,
  onStatement: ((sql: string) => void) | undefined,
  statements: Parameters<MigrationTransaction>[0],
): Promise<T> {
  for (let attempt = 1; attempt <= lockAttempts; attempt++) {
    await client.query('BEGIN');
    try {
      const result = await statements(async (sql, parameters) => {
        onStatement?.(sql);
        const { rows, rowCount } = await client.query({ text: sql, values: [...parameters] });
        return { rows, affectedRows: rowCount ?? 0 };
      });
      await client.query('COMMIT');
      return result as T;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (!(error instanceof pg.DatabaseError && error.code === '55P03')) {
        throw error;
      }
    }
    await delay(lockTimeoutMs);
  }
  throw unavailable('a migration could not have the locks it needs; long queries stand in its way');
}
