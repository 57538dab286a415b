import { sql } from 'kysely';
import type { Database, Log, Stores, TransactionLocks } from '../domain/ports.ts';
import { applyMigrations, findPendingMigrations, isEmpty } from './migrator.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { StorageEngine, StorageSession } from './storage-session.ts';
import { bindStores } from './stores.ts';
import { holdUser } from './user-store.ts';
import { holdOrganisations, lockUsername } from './workspace-lock.ts';

/** Which database: a PostgreSQL server by its URL, or a file. */
export type DatabaseOptions =
  | {
      /** `postgres://…` or `postgresql://…`. */
      readonly url: string;
      /** The most connections at a time; 10 where absent. */
      readonly poolSize?: number;
    }
  | { readonly file: string };

interface DatabaseDependencies {
  readonly log: Log;
  /** Called with the text of each statement before it is sent. */
  readonly onStatement?: (sql: string) => void;
}

const defaultPoolSize = 10;

/** Names of locks, as the numbers that PostgreSQL takes. */
const lockNumbers = { setup: 7_029_002, keys: 7_029_003 };

/**
 * Opens the database that the service keeps everything in; it has to be migrated before its stores are used.
 *
 * A PostgreSQL server is not spoken to before the first operation, so one that is down shows in `ping`.
 *
 * @throws StartupError where the file can't be used or the URL can't be read
 */
export async function openDatabase(options: DatabaseOptions, dependencies: DatabaseDependencies): Promise<Database> {
  const engine = openEngine(options, dependencies);
  return {
    ...bindStores(engine.session),
    kind: engine.kind,
    transaction: (work) => engine.transaction((session) => work(bindTransaction(session))),
    migrate: () => applyMigrations(engine),
    isEmpty: () => isEmpty(engine),
    pendingMigrations: () => findPendingMigrations(engine),
    watchRevocations: (wake) => engine.watch(wake),
    ping: () => engine.ping(),
    poolState: () => engine.poolState(),
    close: () => engine.close(),
  };
}

function openEngine(options: DatabaseOptions, { log, onStatement }: DatabaseDependencies): StorageEngine {
  if ('file' in options) {
    return openSqlite(options.file, { log, onStatement });
  }
  return openPostgres({ url: options.url, poolSize: options.poolSize ?? defaultPoolSize, log, onStatement });
}

function bindTransaction(session: StorageSession): Stores & TransactionLocks {
  return {
    ...bindStores(session),
    holdUser: (id) => holdUser(session, id),
    holdOrganisations: (ids) => holdOrganisations(session, ids),
    lockUsername: (usernameKey) => lockUsername(session, usernameKey),
    async lock(name) {
      // A transaction on SQLite has the whole file to itself.
      if (session.kind === 'postgres') {
        await sql`SELECT pg_advisory_xact_lock(${sql.lit(lockNumbers[name])})`.execute(session.write);
      }
    },
  };
}
