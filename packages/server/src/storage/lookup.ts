/** What a look-up goes by: the id of a row, or a hash. */
export type LookupKey = number | Uint8Array;

/** The columns of the row that was found, in the order of the look-up's `columns`. */
export type LookupRow = readonly unknown[];

/** A query on the hot path, whose text is made once: it finds one row by its key. */
export interface Lookup {
  readonly name: string;
  /** Takes one key. */
  readonly sqlite: string;
  /** Takes an array of keys; the first column is the key's position in it, from 1. */
  readonly postgres: string;
}

/**
 * Makes the texts of a look-up for both databases.
 *
 * @param query.key the unique column that is looked up
 * @param query.from what stands between FROM and WHERE
 */
export function defineLookup(
  name: string,
  query: { key: string; keyType: 'bigint' | 'bytea'; from: string; columns: readonly string[] },
): Lookup {
  const columns = query.columns.join(', ');
  return {
    name,
    sqlite: `SELECT ${columns} FROM ${query.from} WHERE ${query.key} = ?`,
    postgres:
      `SELECT wanted.position, ${columns} FROM ${query.from} ` +
      `JOIN unnest($1::${query.keyType}[]) WITH ORDINALITY AS wanted(key, position) ON wanted.key = ${query.key}`,
  };
}
