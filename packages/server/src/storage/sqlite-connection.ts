import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { foldCase } from './fold-case.ts';
import type { Lookup, LookupKey, LookupRow } from './lookup.ts';
import type { SqlResult } from './storage-session.ts';

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/** Statements whose text is made anew for every query (lists) must not pile up. */
const maxPrepared = 200;

/** One connection to an SQLite file. Everything here is done when it returns. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #onStatement: ((sql: string) => void) | undefined;
  readonly #prepared = new Map<string, Prepared>();
  readonly #lookups = new Map<Lookup, StatementSync>();

  /** Opens the file; `query_only` connections see committed data only and change nothing. */
  constructor(file: string, options: { queryOnly: boolean; onStatement?: ((sql: string) => void) | undefined }) {
    this.#database = new DatabaseSync(file, { timeout: openTimeoutMs });
    this.#onStatement = options.onStatement;
    try {
      this.#configure(options.queryOnly);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #configure(queryOnly: boolean): void {
    // The log is put on the disk after each commit by wal-sync.ts, since here it would block the event loop.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    // Waiting is done by whoever calls, without blocking the event loop.
    this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_size_limit = 67108864');
    if (queryOnly) {
      // In KiB: room for the pages that the look-ups of some hundred thousand tokens touch.
      this.#database.exec('PRAGMA query_only = ON; PRAGMA cache_size = -16384');
    }
    this.#database.function('fold_case', { deterministic: true }, (text) =>
      typeof text === 'string' ? foldCase(text) : text,
    );
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run(sql: string, parameters: readonly unknown[] = []): SqlResult {
    this.#onStatement?.(sql);
    const { statement, returnsRows } = this.#prepare(sql);
    const values = parameters.map(toInput);
    if (returnsRows) {
      const rows = statement.all(...values);
      return { rows, affectedRows: rows.length };
    }
    return { rows: [], affectedRows: Number(statement.run(...values).changes) };
  }

  /** Finds the rows of all keys, as of one moment. */
  lookUp(lookup: Lookup, keys: readonly LookupKey[]): (LookupRow | undefined)[] {
    this.#onStatement?.(lookup.sqlite);
    const statement = this.#prepareLookup(lookup);
    if (keys.length === 1 || this.inTransaction) {
      return keys.map((key) => find(statement, key));
    }
    // Taking a transaction's locks once for all costs less than once for each.
    this.run('BEGIN');
    try {
      return keys.map((key) => find(statement, key));
    } finally {
      this.run('COMMIT');
    }
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) {
      return known;
    }
    const statement = this.#database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#prepared.size >= maxPrepared) {
      const [oldest = ''] = this.#prepared.keys();
      this.#prepared.delete(oldest);
    }
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  #prepareLookup(lookup: Lookup): StatementSync {
    const known = this.#lookups.get(lookup);
    if (known !== undefined) {
      return known;
    }
    const statement = this.#database.prepare(lookup.sqlite);
    statement.setReturnArrays(true);
    this.#lookups.set(lookup, statement);
    return statement;
  }
}

/** While opening, another process may be recovering or closing the file. */
const openTimeoutMs = 5000;

function find(statement: StatementSync, key: LookupKey): LookupRow | undefined {
  // With setReturnArrays a row is an array, which the types don't know.
  return statement.get(key) as unknown as LookupRow | undefined;
}

function toInput(value: unknown): SQLInputValue {
  if (value === undefined || typeof value === 'boolean') {
    throw new TypeError(`SQLite takes no ${typeof value}`);
  }
  return value as SQLInputValue;
}
