import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { TestStore } from './test-server.ts';

/** A row as the database has it; 64-bit integers are numbers, bytes are `Uint8Array`s. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into rows that may be anything, and fail where they are not what they expect
export type Row = Record<string, any>;

const bigintOid = 20;

/** Runs one statement against a store behind its server's back, and answers the rows. */
export async function queryStore(store: TestStore, sql: string): Promise<Row[]> {
  const { KEYWRIGHT_DATABASE_URL: url, KEYWRIGHT_DATA_DIR: dataDir = '' } = store.env;
  return url === undefined ? queryFile(path.join(dataDir, 'keywright.db'), sql) : queryServer(url, sql);
}

function queryFile(file: string, sql: string): Row[] {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

async function queryServer(url: string, sql: string): Promise<Row[]> {
  const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
    oid === bigintOid ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;
  const client = new pg.Client({ connectionString: url, types: { getTypeParser } });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const tableQueries = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'",
  postgres: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
} as const;

/** Every row of every table as one text; bytes stand in it as they are, in hexadecimal and in Base64. */
export async function dumpStore(store: TestStore): Promise<string> {
  const tables = await queryStore(store, tableQueries[store.kind]);
  const lines: string[] = [];
  for (const { name } of tables) {
    for (const row of await queryStore(store, `SELECT * FROM ${name}`)) lines.push(`${name} ${formatRow(row)}`);
  }
  return lines.join('\n');
}

function formatRow(row: Row): string {
  return JSON.stringify(row, function (this: Row, key: string, value: unknown) {
    // Before a Buffer's own toJSON, which makes a list of numbers of it.
    const original: unknown = this[key];
    if (!(original instanceof Uint8Array)) return value;
    const bytes = Buffer.from(original);
    return [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
  });
}
