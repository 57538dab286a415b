import type { Kysely } from 'kysely';
import type { Log } from '../domain/ports.ts';
import type { Lookup, LookupKey, LookupRow } from './lookup.ts';
import type { Schema } from './schema.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** What one statement brought. */
export interface SqlResult {
  readonly rows: unknown[];
  readonly affectedRows: number;
}

/** Runs one statement. */
export type RunSql = (sql: string, parameters: readonly unknown[]) => Promise<SqlResult>;

/** What the stores work with: the database as it is outside of transactions, or one transaction. */
export interface StorageSession {
  readonly kind: DatabaseKind;
  readonly log: Log;
  /** For single statements that change nothing; outside of a transaction they are repeated when the connection is lost. */
  readonly read: Kysely<Schema>;
  /** For single statements that change something. */
  readonly write: Kysely<Schema>;
  /** Finds one row by its key; outside of a transaction the look-ups of one tick are one query. */
  lookUp(lookup: Lookup, key: LookupKey): Promise<LookupRow | undefined>;
  /** Lets those know who watch, once what stands is committed: in this process and, where the database can, in all. */
  wakeWatchers(): Promise<void>;
  /** Runs several statements as one: in the transaction that stands, or in one of their own. */
  atomically<T>(work: (session: StorageSession) => Promise<T>): Promise<T>;
}

/** The operations of a store, before they are tied to a session. */
export type StoreOperations<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => infer R
    ? (session: StorageSession, ...args: A) => R
    : never;
};

/** Runs one transaction of a migration. */
export type MigrationTransaction = <T>(statements: (run: RunSql) => Promise<T>) => Promise<T>;

/** A database of one kind: connections, transactions, and what becomes of them. */
export interface StorageEngine {
  readonly kind: DatabaseKind;
  readonly session: StorageSession;
  transaction<T>(work: (session: StorageSession) => Promise<T>): Promise<T>;
  /** Runs `work` while no other process migrates. */
  migrating<T>(work: (transaction: MigrationTransaction) => Promise<T>): Promise<T>;
  /** Calls `wake` when a session has woken the watchers; answers how to stop. Not every time: ask now and then as well. */
  watch(wake: () => void): () => void;
  ping(): Promise<void>;
  poolState(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}
