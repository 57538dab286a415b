import { type RawBuilder, sql } from 'kysely';
import type { Page, PageQuery } from '../domain/records.ts';
import { filterCondition, type PageField } from './page-field.ts';
import type { DatabaseKind, StorageSession } from './storage-session.ts';

/** What a list is made of. */
export interface PageSource {
  /** What stands between SELECT and FROM; no column may be called `total`. */
  readonly columns: RawBuilder<unknown>;
  /** What stands between FROM and WHERE. */
  readonly from: RawBuilder<unknown>;
  /** What holds whatever the caller filters on. */
  readonly scope: readonly RawBuilder<boolean>[];
  /** By their names on the wire. */
  readonly fields: Readonly<Record<string, PageField>>;
  /** The unique column that makes the order whole. */
  readonly id: RawBuilder<unknown>;
}

/** The largest offset sent: beyond any table, within what both databases take. */
const maxOffset = 2 ** 52;

/**
 * Reads one page of a list and the number of all its rows, as of one moment. A page beyond the last is the last.
 *
 * @throws Error for a field or a kind of filter that the list doesn't have, which the caller has to rule out
 */
export async function readPage<Row>(session: StorageSession, source: PageSource, query: PageQuery): Promise<Page<Row>> {
  const filters = filterConditions(source.fields, query.filters);
  const conditions = sql.join([sql`1 = 1`, ...source.scope, ...filters], sql` AND `);
  const matching = sql`FROM ${source.from} WHERE ${conditions}`;
  const order = sql.join(orderKeys(session.kind, source, query));
  for (let page = Math.max(1, query.page); ; ) {
    const offset = Math.min((page - 1) * query.perPage, maxOffset);
    const ofPage = sql`${matching} ORDER BY ${order} LIMIT ${query.perPage} OFFSET ${offset}`;
    const { rows } = await sql<Row & { total: number }>`
      SELECT ${source.columns}, (SELECT count(*) ${matching}) AS total
      ${session.kind === 'sqlite' ? idsFirst(source, ofPage, order) : ofPage}`.execute(session.read);
    if (rows.length > 0 || page === 1) {
      return { rows, total: rows[0]?.total ?? 0, page };
    }
    const counted = await sql<{ total: number }>`SELECT count(*) AS total ${matching}`.execute(session.read);
    const lastPage = Math.ceil((counted.rows[0]?.total ?? 0) / query.perPage);
    page = Math.max(1, Math.min(page - 1, lastPage));
  }
}

/**
 * The rows of a page by their ids. SQLite would work out every column of each row that it sorts, and not only of those that
 * are on the page in the end.
 */
function idsFirst(
  { from, id }: PageSource,
  ofPage: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`FROM ${from} WHERE ${id} IN (SELECT ${id} ${ofPage}) ORDER BY ${order}`;
}

/**
 * What the filters of a list mean.
 *
 * @throws Error for a field or a kind of filter that the list doesn't have, which the caller has to rule out
 */
export function filterConditions(fields: PageSource['fields'], filters: PageQuery['filters']): RawBuilder<boolean>[] {
  return filters.map((filter) => {
    const field = findField(fields, filter.field);
    const compared = field.filters[filter.kind];
    if (compared === undefined) {
      throw new Error(`The field ${filter.field} takes no ${filter.kind} filter`);
    }
    return filterCondition(filter, compared, field);
  });
}

function orderKeys(kind: DatabaseKind, { fields, id }: PageSource, { sort }: PageQuery): RawBuilder<unknown>[] {
  const keys = sort.map(({ field, descending }) => {
    const { sort: column, nullable, text } = findField(fields, field);
    const collation = sql.raw(kind === 'sqlite' ? 'BINARY' : '"C"');
    const compared = text ? sql`fold_case(${column}) COLLATE ${collation}` : column;
    return sql`${compared} ${direction(descending)} ${sql.raw(nullable ? 'NULLS LAST' : '')}`;
  });
  // In the direction of the last key, which lets an index serve the whole order.
  return [...keys, sql`${id} ${direction(sort.at(-1)?.descending ?? false)}`];
}

function direction(descending: boolean): RawBuilder<unknown> {
  return sql.raw(descending ? 'DESC' : 'ASC');
}

function findField(fields: PageSource['fields'], name: string): PageField {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) {
    throw new Error(`The list has no field ${name}`);
  }
  return field;
}

/** That a column holds one of these ids, however many they are. */
export function anyOf(kind: DatabaseKind, column: RawBuilder<unknown>, ids: readonly number[]): RawBuilder<boolean> {
  if (ids.length === 1) {
    return sql<boolean>`${column} = CAST(${ids[0]} AS BIGINT)`;
  }
  return kind === 'sqlite'
    ? sql<boolean>`${column} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
    : sql<boolean>`${column} = ANY(${ids}::bigint[])`;
}
