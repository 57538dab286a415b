import type pg from 'pg';
import type { Log } from '../domain/ports.ts';
import { batchLookups } from './batch-lookup.ts';
import { createQueryBuilder } from './kysely-dialect.ts';
import type { Lookup, LookupKey, LookupRow } from './lookup.ts';
import { createPostgresListener, wakeChannel } from './postgres-listener.ts';
import { migrateExclusively } from './postgres-migration.ts';
import {
  createPool,
  operationDeadline,
  type PostgresOptions,
  type RunStatement,
  runOnce,
  type Statement,
  withRetries,
} from './postgres-pool.ts';
import { runTransaction } from './postgres-transaction.ts';
import { isConnectionLost, toStorageError, unavailable } from './storage-error.ts';
import type { SqlResult, StorageEngine, StorageSession } from './storage-session.ts';
import { createWatchers } from './watchers.ts';

/**
 * Opens a pool of connections to PostgreSQL 15 or later; none is made before it is needed.
 *
 * @throws StartupError where the URL can't be read
 */
export function openPostgres(options: PostgresOptions): StorageEngine {
  const pool = createPool(options);
  const transaction: StorageEngine['transaction'] = (work) =>
    runTransaction(pool, options, (run) => work(transactionSession(run, options.log)));
  const listener = createPostgresListener(options, () => watchers.wake());
  const watchers = createWatchers((hasAny) => {
    if (hasAny) listener.start();
    else void listener.stop();
  });
  let closing: Promise<void> | undefined;
  return {
    kind: 'postgres',
    session: openSession(pool, options, transaction),
    transaction,
    migrating: (work) => migrateExclusively(options, work),
    watch: (wake) => watchers.add(wake),
    ping: () => ping(pool),
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close() {
      closing ??= Promise.all([listener.stop(), pool.end()]).then(() => undefined);
      return closing;
    },
  };
}

function openSession(
  pool: pg.Pool,
  { log, onStatement }: PostgresOptions,
  transaction: StorageEngine['transaction'],
): StorageSession {
  const read: RunStatement = async (statement) => {
    onStatement?.(statement.text);
    const deadline = operationDeadline();
    return withRetries(deadline, isConnectionLost, () => runOnce(pool, statement, deadline)).catch(rethrow);
  };
  const write: RunStatement = async (statement) => {
    onStatement?.(statement.text);
    return runOnce(pool, statement, operationDeadline()).catch(rethrow);
  };
  return {
    kind: 'postgres',
    log,
    read: createQueryBuilder('postgres', async (sql, parameters) => toResult(await read(toStatement(sql, parameters)))),
    write: createQueryBuilder('postgres', async (sql, parameters) =>
      toResult(await write(toStatement(sql, parameters))),
    ),
    lookUp: batchLookups((lookup, keys) => lookUp(read, lookup, keys)),
    wakeWatchers: async () => void (await write(notification)),
    atomically: transaction,
  };
}

function transactionSession(run: RunStatement, log: Log): StorageSession {
  const builder = createQueryBuilder('postgres', async (sql, parameters) =>
    toResult(await run(toStatement(sql, parameters))),
  );
  const session: StorageSession = {
    kind: 'postgres',
    log,
    read: builder,
    write: builder,
    lookUp: async (lookup, key) => (await lookUp(run, lookup, [key]))[0],
    wakeWatchers: async () => void (await run(notification)),
    atomically: (work) => work(session),
  };
  return session;
}

/** Told when the transaction is committed, and once however often it is asked for. */
const notification: Statement = { text: `NOTIFY ${wakeChannel}` };

function toStatement(sql: string, parameters: readonly unknown[]): Statement {
  return { text: sql, values: [...parameters] };
}

function toResult(result: pg.QueryResult): SqlResult {
  return { rows: result.rows, affectedRows: result.rowCount ?? 0 };
}

function rethrow(error: unknown): never {
  throw toStorageError(error);
}

/**
 * How many elements PostgreSQL expects in an array that it doesn't know. With fewer it takes a plan for just these to be
 * cheaper and makes one anew each time, which costs ten times the look-up itself.
 */
const plannedKeys = 10;

/** One prepared query finds the rows of all keys. */
async function lookUp(
  run: RunStatement,
  lookup: Lookup,
  keys: readonly LookupKey[],
): Promise<(LookupRow | undefined)[]> {
  const values = [[...keys, ...Array.from({ length: Math.max(0, plannedKeys - keys.length) }, () => null)]];
  const result = await run({ name: lookup.name, text: lookup.postgres, values, rowMode: 'array' });
  const rows: (LookupRow | undefined)[] = Array.from({ length: keys.length });
  for (const [position, ...row] of result.rows as [number, ...unknown[]][]) {
    rows[position - 1] = row;
  }
  return rows;
}

async function ping(pool: pg.Pool): Promise<void> {
  const deadline = operationDeadline();
  const text = `SELECT current_setting('transaction_read_only') AS read_only`;
  const result = await withRetries(deadline, isConnectionLost, () => runOnce(pool, { text }, deadline)).catch(rethrow);
  if (result.rows[0]?.read_only === 'on') {
    throw unavailable('this PostgreSQL server is a standby, which only reads');
  }
}
