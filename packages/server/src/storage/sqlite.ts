import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../domain/ports.ts';
import { batchLookups } from './batch-lookup.ts';
import { createQueryBuilder } from './kysely-dialect.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { explainOpenError, prepareSqliteFile } from './sqlite-file.ts';
import { isSqliteBusy, toStorageError } from './storage-error.ts';
import type { RunSql, StorageEngine, StorageSession } from './storage-session.ts';
import { createTransactionScope, type TransactionScope } from './transaction-scope.ts';
import { createWriteQueue, type WriteQueue } from './write-queue.ts';

/** How long a request waits for the writes before it and for other processes. */
const requestWaitMs = 4500;
/** Another process may be at a long migration. */
const migrationWaitMs = 600_000;
const pausesMs = [1, 1, 2, 3];
const longestPauseMs = 5;

interface SqliteDependencies {
  readonly log: Log;
  readonly onStatement?: ((sql: string) => void) | undefined;
}

interface Connections {
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  readonly queue: WriteQueue;
}

/**
 * Opens an SQLite file: one connection for writes, used by one transaction or statement at a time, and one for reads, which
 * sees what is committed and never waits for a transaction.
 *
 * @throws StartupError where the file can't be used
 */
export function openSqlite(file: string, { log, onStatement }: SqliteDependencies): StorageEngine {
  const connections = connect(file, onStatement);
  const { writer, reader, queue } = connections;
  const transaction: StorageEngine['transaction'] = (work) =>
    inTransaction(connections, requestWaitMs, (scope) => work(transactionSession(writer, scope, log)));
  let closing: Promise<void> | undefined;
  return {
    kind: 'sqlite',
    session: openSession(connections, transaction, log),
    transaction,
    migrating: (work) =>
      work((statements) =>
        inTransaction(connections, migrationWaitMs, (scope) => statements(scopedRun(writer, scope))),
      ),
    async ping() {
      await whenFree(() => reader.run('PRAGMA schema_version'), performance.now() + requestWaitMs);
    },
    poolState: () => ({ total: 2, idle: queue.busy ? 1 : 2, waiting: queue.waiting }),
    close() {
      closing ??= close(connections);
      return closing;
    },
  };
}

function connect(file: string, onStatement: ((sql: string) => void) | undefined): Connections {
  prepareSqliteFile(file);
  try {
    const writer = new SqliteConnection(file, { queryOnly: false, onStatement });
    const reader = new SqliteConnection(file, { queryOnly: true, onStatement });
    return { writer, reader, queue: createWriteQueue() };
  } catch (error) {
    throw explainOpenError(file, error);
  }
}

/** Does what another process may stand in the way of, trying again without blocking the event loop. */
async function whenFree<T>(action: () => T, deadline: number): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return action();
    } catch (error) {
      if (!isSqliteBusy(error) || performance.now() > deadline) {
        throw toStorageError(error);
      }
    }
    await delay(pausesMs[attempt] ?? longestPauseMs);
  }
}

function openSession(connections: Connections, transaction: StorageEngine['transaction'], log: Log): StorageSession {
  const { writer, reader, queue } = connections;
  const read = <T>(action: () => T) => whenFree(action, performance.now() + requestWaitMs);
  return {
    kind: 'sqlite',
    log,
    read: createQueryBuilder('sqlite', (sql, parameters) => read(() => reader.run(sql, parameters))),
    write: createQueryBuilder('sqlite', (sql, parameters) => {
      const deadline = performance.now() + requestWaitMs;
      return queue.run(requestWaitMs, () => whenFree(() => writer.run(sql, parameters), deadline));
    }),
    lookUp: batchLookups((lookup, keys) => read(() => reader.lookUp(lookup, keys))),
    atomically: transaction,
  };
}

function transactionSession(writer: SqliteConnection, scope: TransactionScope, log: Log): StorageSession {
  const builder = createQueryBuilder('sqlite', scopedRun(writer, scope));
  const session: StorageSession = {
    kind: 'sqlite',
    log,
    read: builder,
    write: builder,
    lookUp: (lookup, key) => scope.run(() => mapErrors(() => writer.lookUp(lookup, [key])[0])),
    atomically: (work) => work(session),
  };
  return session;
}

function scopedRun(writer: SqliteConnection, scope: TransactionScope): RunSql {
  return (sql, parameters) => scope.run(() => mapErrors(() => writer.run(sql, parameters)));
}

/** Runs `work` between BEGIN IMMEDIATE, after which no other process can stand in the way, and COMMIT. */
function inTransaction<T>(
  { writer, queue }: Connections,
  waitMs: number,
  work: (scope: TransactionScope) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  return queue.run(waitMs, async () => {
    await whenFree(() => writer.run('BEGIN IMMEDIATE'), deadline);
    const scope = createTransactionScope();
    try {
      const result = await work(scope);
      await scope.end();
      mapErrors(() => writer.run('COMMIT'));
      return result;
    } catch (error) {
      await scope.end().catch(() => undefined);
      rollBack(writer);
      throw error;
    }
  });
}

function mapErrors<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toStorageError(error);
  }
}

/** Ends what is left of a transaction; after an I/O error SQLite may have ended it already. */
function rollBack(writer: SqliteConnection): void {
  if (writer.inTransaction) {
    mapErrors(() => writer.run('ROLLBACK'));
  }
}

async function close({ writer, reader, queue }: Connections): Promise<void> {
  try {
    // With another process in the way, the checkpoint is left to whoever closes last.
    await queue.run(requestWaitMs, async () => writer.run('PRAGMA wal_checkpoint(TRUNCATE)'));
  } finally {
    reader.close();
    writer.close();
  }
}
