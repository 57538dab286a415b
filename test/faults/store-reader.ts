import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export type Row = Readonly<Record<string, unknown>>;

/** Reads a server's database past the server, as of one moment. */
export interface StoreReader {
  /** A statement without parameters, in the SQL that both databases know. */
  all(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** Opens the file of the embedded database, beside a server that may be using it. */
export async function readSqlite(file: string): Promise<StoreReader> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  database.exec('BEGIN');
  return {
    all: async (sql) => database.prepare(sql).all(),
    close: async () => database.close(),
  };
}

export async function readPostgres(url: string): Promise<StoreReader> {
  const client = new pg.Client({
    connectionString: url,
    // 8-byte integers as numbers, as the server reads them.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  return {
    all: async (sql) => (await client.query(sql)).rows as Row[],
    close: () => client.end(),
  };
}
