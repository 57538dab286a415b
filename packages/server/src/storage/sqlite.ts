import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { batchLookups } from './batch-lookup.ts';
import { createQueryBuilder } from './kysely-dialect.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { explainOpenError, prepareSqliteFile } from './sqlite-file.ts';
import { isSqliteBusy, toStorageError, unavailable } from './storage-error.ts';
import type { RunSql, StorageEngine, StorageSession } from './storage-session.ts';
import { createTransactionScope, type TransactionScope } from './transaction-scope.ts';
import { createWalSync, type SyncFile, type WalSync } from './wal-sync.ts';
import { createWatchers, type Watchers } from './watchers.ts';
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
  /** For tests. */
  readonly syncFile?: SyncFile;
}

interface Connections {
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  readonly queue: WriteQueue;
  readonly wal: WalSync;
}

/**
 * Opens an SQLite file: one connection for writes, used by one transaction or statement at a time, and one for reads, which
 * sees what is committed and never waits for a transaction.
 *
 * @throws StartupError where the file can't be used
 */
export function openSqlite(file: string, dependencies: SqliteDependencies): StorageEngine {
  const { log } = dependencies;
  const connections = connect(file, dependencies);
  const { writer, reader, queue } = connections;
  const watchers = createWatchers();
  const transaction: StorageEngine['transaction'] = async (work) => {
    let hasWoken = false;
    const noteWaking = (): void => {
      hasWoken = true;
    };
    const result = await inTransaction(connections, requestWaitMs, (scope) =>
      work(transactionSession(writer, scope, { log, noteWaking })),
    );
    if (hasWoken) watchers.wake();
    return result;
  };
  let closing: Promise<void> | undefined;
  return {
    kind: 'sqlite',
    session: openSession(connections, transaction, { log, watchers }),
    transaction,
    migrating: (work) =>
      work((statements) =>
        inTransaction(connections, migrationWaitMs, (scope) => statements(scopedRun(writer, scope))),
      ),
    // Other processes are not heard of here: whoever watches asks now and then.
    watch: (wake) => watchers.add(wake),
    async ping() {
      if (connections.wal.failure !== undefined) throw notOnDisk(connections.wal.failure);
      await whenFree(() => reader.run('PRAGMA schema_version'), performance.now() + requestWaitMs);
    },
    poolState: () => ({ total: 2, idle: queue.busy ? 1 : 2, waiting: queue.waiting }),
    close() {
      closing ??= close(connections);
      return closing;
    },
  };
}

function connect(file: string, { log, onStatement, syncFile }: SqliteDependencies): Connections {
  const onFailure = (error: Error): void => {
    const message = 'The disk failed, so no change is acknowledged any more: see to it, and start the server again';
    log.error({ err: error, file }, message);
  };
  prepareSqliteFile(file);
  try {
    const writer = new SqliteConnection(file, { queryOnly: false, onStatement });
    const reader = new SqliteConnection(file, { queryOnly: true, onStatement });
    return { writer, reader, queue: createWriteQueue(), wal: createWalSync(file, { syncFile, onFailure }) };
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

function openSession(
  connections: Connections,
  transaction: StorageEngine['transaction'],
  { log, watchers }: { readonly log: Log; readonly watchers: Watchers },
): StorageSession {
  const { writer, reader, queue, wal } = connections;
  const read = <T>(action: () => T) => whenFree(action, performance.now() + requestWaitMs);
  return {
    kind: 'sqlite',
    log,
    read: createQueryBuilder('sqlite', (sql, parameters) => read(() => reader.run(sql, parameters))),
    write: createQueryBuilder('sqlite', (sql, parameters) => {
      const deadline = performance.now() + requestWaitMs;
      const work = () => whenFree(() => writer.run(sql, parameters), deadline);
      return onceOnDisk(wal, queue.run(requestWaitMs, work));
    }),
    lookUp: batchLookups((lookup, keys) => read(() => reader.lookUp(lookup, keys))),
    wakeWatchers: async () => watchers.wake(),
    atomically: transaction,
  };
}

function transactionSession(
  writer: SqliteConnection,
  scope: TransactionScope,
  { log, noteWaking }: { readonly log: Log; readonly noteWaking: () => void },
): StorageSession {
  const builder = createQueryBuilder('sqlite', scopedRun(writer, scope));
  const session: StorageSession = {
    kind: 'sqlite',
    log,
    read: builder,
    write: builder,
    lookUp: (lookup, key) => scope.run(() => mapErrors(() => writer.lookUp(lookup, [key])[0])),
    wakeWatchers: async () => noteWaking(),
    atomically: (work) => work(session),
  };
  return session;
}

function scopedRun(writer: SqliteConnection, scope: TransactionScope): RunSql {
  return (sql, parameters) => scope.run(() => mapErrors(() => writer.run(sql, parameters)));
}

/**
 * Runs `work` between BEGIN IMMEDIATE, after which no other process can stand in the way, and COMMIT; answers once it is on
 * the disk. The next transaction need not wait for that.
 */
function inTransaction<T>(
  { writer, queue, wal }: Connections,
  waitMs: number,
  work: (scope: TransactionScope) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  const committed = queue.run(waitMs, async () => {
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
  return onceOnDisk(wal, committed);
}

/** Nothing is acknowledged before it would outlive a power failure. */
async function onceOnDisk<T>(wal: WalSync, committing: Promise<T>): Promise<T> {
  const result = await committing;
  try {
    await wal.sync();
  } catch (error) {
    throw notOnDisk(error);
  }
  return result;
}

function notOnDisk(error: unknown): Refusal {
  return unavailable(`the log could not be put on the disk: ${error instanceof Error ? error.message : 'unknown'}`, 5);
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

async function close({ writer, reader, queue, wal }: Connections): Promise<void> {
  try {
    // With another process in the way, the checkpoint is left to whoever closes last.
    await queue.run(requestWaitMs, async () => writer.run('PRAGMA wal_checkpoint(TRUNCATE)'));
  } finally {
    await wal.close();
    reader.close();
    writer.close();
  }
}
