import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Schema } from './schema.ts';
import { storableText } from './storable-text.ts';
import type { DatabaseKind, RunSql } from './storage-session.ts';

/** A Kysely that builds queries for one kind of database and hands them to `run`; transactions are the engine's matter. */
export function createQueryBuilder(kind: DatabaseKind, run: RunSql): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: createDialect(kind, run) });
}

function createDialect(kind: DatabaseKind, run: RunSql): Dialect {
  const driver = createDriver(run);
  if (kind === 'sqlite') {
    return {
      createDriver: () => driver,
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (builder) => new SqliteIntrospector(builder),
    };
  }
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (builder) => new PostgresIntrospector(builder),
  };
}

function createDriver(run: RunSql): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const result = await run(query.sql, query.parameters.map(toStorable));
      return { rows: result.rows as R[], numAffectedRows: BigInt(result.affectedRows) };
    },
    streamQuery: () => refuse(),
  };
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => undefined,
  };
}

function toStorable(parameter: unknown): unknown {
  return typeof parameter === 'string' ? storableText(parameter) : parameter;
}

function refuse(): never {
  throw new Error('Kysely runs single statements here; for a transaction use StorageSession.atomically');
}
