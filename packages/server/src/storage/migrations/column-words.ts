import type { DatabaseKind } from '../storage-session.ts';

/** What the databases call the same thing. Once a migration that uses it is released, a word stays as it is. */
export interface ColumnWords {
  /** An id that is never given twice. */
  readonly id: string;
  /** A 64-bit integer. */
  readonly big: string;
  readonly bytes: string;
  /** The end of a table that is looked up by ids of its own. */
  readonly table: string;
  /** The end of a table that is its primary key's index. */
  readonly keyed: string;
}

/** The words by kind of database. */
export const columnWords: Readonly<Record<DatabaseKind, ColumnWords>> = {
  sqlite: {
    id: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    big: 'INTEGER',
    bytes: 'BLOB',
    table: 'STRICT',
    keyed: 'STRICT, WITHOUT ROWID',
  },
  postgres: {
    id: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
    big: 'BIGINT',
    bytes: 'BYTEA',
    table: '',
    keyed: '',
  },
};
