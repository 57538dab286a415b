import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import pg from 'pg';
import type { Database, Log } from '../../packages/server/src/domain/ports.ts';
import { type DatabaseOptions, openDatabase } from '../../packages/server/src/storage/open-database.ts';
import { createTestDatabase } from '../support/postgres.ts';

/** A database of a test's own, which goes with it. */
export interface TestStore {
  readonly kind: 'sqlite' | 'postgres';
  readonly options: DatabaseOptions;
  /** The texts of the statements that `database` was sent. */
  readonly statements: string[];
  readonly database: Database;
  /** Opens the same database once more, as another process would. */
  open(onStatement?: (sql: string) => void): Promise<Database>;
  /** Asks the database behind the stores' back. */
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Makes an empty database and brings its tables in. */
export type CreateStore = (t: TestContext, options?: { migrated: boolean }) => Promise<TestStore>;

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const createSqliteStore: CreateStore = async (t, options) => {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-store-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keywright.db');
  return createStore(t, 'sqlite', { file }, async (sql) => querySqlite(file, sql), options);
};

export function querySqlite(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

export const createPostgresStore: CreateStore = async (t, options) => {
  const { url, drop } = await createTestDatabase();
  t.after(drop);
  return createStore(t, 'postgres', { url }, (sql) => queryPostgres(url, sql), options);
};

export async function queryPostgres(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function createStore(
  t: TestContext,
  kind: TestStore['kind'],
  options: DatabaseOptions,
  query: TestStore['query'],
  { migrated }: { migrated: boolean } = { migrated: true },
): Promise<TestStore> {
  const statements: string[] = [];
  const open: TestStore['open'] = async (onStatement) => {
    const database = await openDatabase(options, { log: silentLog, ...(onStatement && { onStatement }) });
    t.after(() => database.close());
    return database;
  };
  const database = await open((sql) => statements.push(sql));
  if (migrated) {
    await database.migrate();
  }
  statements.length = 0;
  return { kind, options, statements, database, open, query };
}
