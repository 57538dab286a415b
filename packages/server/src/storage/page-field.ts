import { type RawBuilder, sql } from 'kysely';
import type { Filter } from '../domain/records.ts';
import { foldCase } from './fold-case.ts';

type Expression = RawBuilder<unknown>;

/** How many bits a column holds without its sign. */
const maxBits = 31;

/** What a list can be filtered and sorted on. */
export interface PageField {
  /** By kind of filter, what is compared. */
  readonly filters: Partial<Record<Filter['kind'], Expression>>;
  readonly sort: Expression;
  /** Rows without a value come last, whatever the direction. */
  readonly nullable: boolean;
  readonly text: boolean;
  /** Texts kept in lower case, so that without a wildcard an index over the column finds them; false where absent. */
  readonly lowerCase?: boolean;
  /** Whether a number means a bit that has to be set; false where absent. */
  readonly bits?: boolean;
}

export function numberField(column: Expression): PageField {
  return { filters: { number: column }, sort: column, nullable: false, text: false };
}

export function timeField(column: Expression, options: { nullable: boolean } = { nullable: false }): PageField {
  return { filters: { time: column }, sort: column, nullable: options.nullable, text: false };
}

export function textField(column: Expression): PageField {
  return { filters: { text: column }, sort: column, nullable: true, text: true };
}

/** A text that is kept in lower case, such as an identifier that the server makes. */
export function lowerCaseField(column: Expression): PageField {
  return { ...textField(column), lowerCase: true };
}

/** A set of bits, of which the first has the number 1: rows are found by one that is set. */
export function bitField(column: Expression): PageField {
  return { ...numberField(column), bits: true };
}

/** A row named by its id or by a text, sorted by the text. */
export function referenceField(id: Expression, name: Expression): PageField {
  return { filters: { number: id, text: name }, sort: name, nullable: true, text: true };
}

/** The condition that a filter means; values travel as parameters. */
export function filterCondition(
  filter: Filter,
  compared: Expression,
  { lowerCase = false, bits = false }: PageField,
): RawBuilder<boolean> {
  switch (filter.kind) {
    case 'number':
      if (bits) return isBitSet(compared, filter.value);
      return Number.isSafeInteger(filter.value)
        ? sql<boolean>`${compared} = ${integer(filter.value)}`
        : sql<boolean>`1 = 0`;
    case 'text':
      if (lowerCase && filter.parts.length === 1) return sql<boolean>`${compared} = ${foldCase(filter.parts.join())}`;
      return sql<boolean>`fold_case(${compared}) LIKE ${likePattern(filter.parts)} ESCAPE '!'`;
    case 'time':
      return between(compared, filter);
  }
}

function isBitSet(compared: Expression, number: number): RawBuilder<boolean> {
  if (number < 1 || number > maxBits) return sql<boolean>`1 = 0`;
  return sql<boolean>`((${compared}) & ${sql.lit(1 << (number - 1))}) <> 0`;
}

function between(compared: Expression, { from, until }: { from?: number; until?: number }): RawBuilder<boolean> {
  const lower = from === undefined ? sql`${compared} IS NOT NULL` : sql`${compared} >= ${integer(from)}`;
  return until === undefined ? sql<boolean>`(${lower})` : sql<boolean>`(${lower} AND ${compared} < ${integer(until)})`;
}

/** Typed, since PostgreSQL would otherwise take the column's type, which may be too narrow for what was asked. */
function integer(value: number): Expression {
  return sql`CAST(${value} AS BIGINT)`;
}

function likePattern(parts: readonly string[]): string {
  return parts.map((part) => foldCase(part).replaceAll(/[!%_]/g, '!$&')).join('%');
}
