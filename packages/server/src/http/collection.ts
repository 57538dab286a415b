import { type TSchema, Type } from 'typebox';
import type { CollectionFields } from '../domain/collection-fields.ts';
import { Refusal } from '../domain/errors.ts';
import type { PageQuery } from '../domain/records.ts';
import { filterableNames, parseFilters } from './collection-filter.ts';

const defaultPerPage = 100;
const maxPerPage = 1000;
// What no collection reaches; beyond it, offsets would leave the integers that a number holds exactly.
const maxPage = 2 ** 31;
const wholeNumber = /^[+-]?\d+$/;

/**
 * Reads which page of a collection is asked for, filtered and sorted how (contract §1).
 *
 * `q` and `sort` that come several times are taken together. `page` and `per_page` out of range are moved into it;
 * what is no whole number, or comes twice, is refused.
 *
 * @param query the parameters of the query string; unknown ones don't matter
 * @throws Refusal InvalidQueryCriteria, InvalidSortCriteria
 */
export function parsePageQuery(query: unknown, fields: CollectionFields): PageQuery {
  const page = parseNumber(query, 'page') ?? 1;
  const perPage = parseNumber(query, 'per_page') ?? defaultPerPage;
  return {
    page: Math.min(Math.max(page, 1), maxPage),
    perPage: perPage < 1 ? defaultPerPage : Math.min(perPage, maxPerPage),
    filters: parseFilters(valuesOf(query, 'q').join(','), fields),
    sort: parseSort(valuesOf(query, 'sort').join(','), fields),
  };
}

/** The query parameters of a collection, for the API reference. */
export function collectionQuery(fields: CollectionFields): TSchema {
  const names = filterableNames(fields);
  return Type.Object({
    q: Type.Optional(
      Type.String({
        description: `Filters, as \`field:value,field:value\`; every one must hold. Fields: ${names.join(', ')}. In texts, \`*\` stands for anything, and case does not count; \`\\,\` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: \`2027-10\`.`,
      }),
    ),
    sort: Type.Optional(
      Type.String({
        description: `Fields to sort by, as \`field,-field\`; \`-\` sorts down. Fields: ${sortableNames(fields).join(', ')}.`,
      }),
    ),
    page: Type.Optional(
      Type.Integer({ default: 1, description: 'Under 1 gives the first page, over the last gives the last' }),
    ),
    per_page: Type.Optional(
      Type.Integer({
        default: defaultPerPage,
        description: `Under 1 gives ${defaultPerPage}; ${maxPerPage} is the most`,
      }),
    ),
  });
}

/** Every value of a parameter; it may come more than once. */
function valuesOf(query: unknown, name: string): string[] {
  if (typeof query !== 'object' || query === null || !Object.hasOwn(query, name)) return [];
  const value = (query as Record<string, unknown>)[name];
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

function parseNumber(query: unknown, name: string): number | undefined {
  const [text = '', ...others] = valuesOf(query, name);
  if (others.length > 0) throw new Refusal('InvalidQueryCriteria', { message: `${name} is given more than once` });
  if (text === '') return undefined;
  if (!wholeNumber.test(text)) {
    throw new Refusal('InvalidQueryCriteria', { message: `${name} must be a whole number` });
  }
  return Number(text);
}

function parseSort(sort: string, fields: CollectionFields): PageQuery['sort'] {
  const criteria = new Map<string, { readonly field: string; readonly descending: boolean }>();
  for (const item of sort.split(',').map((text) => text.trim())) {
    if (item === '') continue;
    const descending = item.startsWith('-');
    const field = descending ? item.slice(1) : item;
    if (!Object.hasOwn(fields, field) || fields[field]?.sortable !== true) {
      const known = sortableNames(fields).join(', ');
      const message = `sort can't sort by "${field.slice(0, 64)}": there are ${known}`;
      throw new Refusal('InvalidSortCriteria', { message });
    }
    if (!criteria.has(field)) criteria.set(field, { field, descending });
  }
  return [...criteria.values()];
}

function sortableNames(fields: CollectionFields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.sortable === true);
}
