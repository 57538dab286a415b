import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../domain/ports.ts';
import { connectionOptions, type PostgresOptions } from './postgres-pool.ts';
import { toStorageError, unavailable } from './storage-error.ts';
import type { MigrationTransaction } from './storage-session.ts';

/** The advisory lock that says: this process migrates. */
export const migrationLock = 7_029_001;
/** DDL that waits for a lock makes everybody else wait behind it, so it gives up and tries again. */
const lockTimeoutMs = 2000;
const lockAttempts = 10;

/** Runs `work` on a connection of its own, without a limit to how long a statement takes, while no other process migrates. */
export async function migrateExclusively<T>(
  { url, log, onStatement }: PostgresOptions,
  work: (transaction: MigrationTransaction) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connectionOptions(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await waitForLock(client, log);
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    return await work((statements) => transact(client, onStatement, statements));
  } catch (error) {
    throw toStorageError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** However long another process migrates: whoever wonders why nothing happens finds the reason in the log. */
async function waitForLock(client: pg.Client, log: Log): Promise<void> {
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${migrationLock}) AS is_held`);
  if (rows[0]?.is_held === true) return;
  log.warn({}, 'Another process migrates the database; this one waits until it is done');
  await client.query(`SELECT pg_advisory_lock(${migrationLock})`);
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
