import { type RawBuilder, sql } from 'kysely';
import type { DatabaseKind } from './storage-session.ts';

type ColumnType = 'bigint' | 'text' | 'bytea';
type JsonValue<T> = T extends 'text' ? string : T extends 'bytea' ? Uint8Array : number;
type JsonRow<C> = { readonly [K in keyof C]: JsonValue<C[K]> };

/** A source of rows for FROM, `used`, made of values that travel as one JSON parameter, however many they are. */
export function jsonRows<const C extends Readonly<Record<string, ColumnType>>>(
  kind: DatabaseKind,
  columns: C,
  rows: readonly JsonRow<C>[],
): RawBuilder<unknown> {
  const names = Object.keys(columns);
  const json = JSON.stringify(rows.map((row) => Object.fromEntries(Object.entries(row).map(toJson))));
  if (kind === 'sqlite') {
    const selected = names.map((name) => {
      const value = sql`value ->> ${sql.lit(name)}`;
      return sql`${columns[name] === 'bytea' ? sql`unhex(${value})` : value} AS ${sql.ref(name)}`;
    });
    return sql`(SELECT ${sql.join(selected)} FROM json_each(${json})) AS used`;
  }
  const selected = names.map((name) =>
    columns[name] === 'bytea' ? sql`decode(${sql.ref(name)}, 'hex') AS ${sql.ref(name)}` : sql.ref(name),
  );
  const typed = names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name] === 'bigint' ? 'bigint' : 'text')}`);
  return sql`(SELECT ${sql.join(selected)} FROM json_to_recordset(${json}::json) AS sent(${sql.join(typed)})) AS used`;
}

function toJson([name, value]: [string, unknown]): [string, unknown] {
  return [name, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value];
}
