import type { CollectionField, CollectionFields } from '../domain/collection-fields.ts';
import { Refusal } from '../domain/errors.ts';
import type { Filter } from '../domain/records.ts';
import { parseTimeSpan } from './time-span.ts';

const maxFilters = 16;
// Each wildcard makes the database try every position, in each row: they are counted over all the filters.
const maxWildcards = 8;
const maxShownLength = 64;
const wholeNumber = /^-?\d{1,16}$/;
const id = /^\d{1,15}$/;

/** A character of a value, and whether a backslash took its meaning away. */
interface Character {
  readonly text: string;
  readonly isEscaped: boolean;
}

/**
 * Reads `q`: `field:value` pairs between commas. The first colon separates, so values may hold more of them; `\,` and
 * `\*` are a comma and an asterisk of the value's own. Every filter must hold.
 *
 * @throws Refusal InvalidQueryCriteria naming what is wrong, and the fields that there are
 */
export function parseFilters(q: string, fields: CollectionFields): Filter[] {
  const pairs = splitPairs(q);
  if (pairs.length > maxFilters) throw invalidCriteria(`q has more than ${maxFilters} filters`);
  const wildcards = pairs.flat().filter(({ text, isEscaped }) => text === '*' && !isEscaped).length;
  if (wildcards > maxWildcards) throw invalidCriteria(`q may hold ${maxWildcards} wildcards at most`);
  return pairs.map((pair) => {
    const colon = pair.findIndex(({ text }) => text === ':');
    if (colon === -1) {
      throw invalidCriteria(
        `q needs field:value, field:value, and "${shown(textOf(pair))}" has no colon; write a comma of a value's own as \\,`,
      );
    }
    const name = textOf(pair.slice(0, colon)).trim();
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || field.filterable === false) {
      throw invalidCriteria(`q can't filter on "${shown(name)}": there are ${filterableNames(fields).join(', ')}`);
    }
    return parseFilter(name, field, pair.slice(colon + 1));
  });
}

/** The names of the fields that can be filtered on. */
export function filterableNames(fields: CollectionFields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.filterable !== false);
}

/** Splits at the commas that no backslash stands before; empty pairs are passed over. */
function splitPairs(q: string): Character[][] {
  const pairs: Character[][] = [[]];
  for (let index = 0; index < q.length; index++) {
    const text = q.charAt(index);
    const next = q.charAt(index + 1);
    if (text === '\\' && (next === ',' || next === '*' || next === '\\')) {
      pairs.at(-1)?.push({ text: next, isEscaped: true });
      index += 1;
    } else if (text === ',') pairs.push([]);
    else pairs.at(-1)?.push({ text, isEscaped: false });
  }
  return pairs.filter((pair) => textOf(pair).trim() !== '');
}

function parseFilter(name: string, field: CollectionField, value: readonly Character[]): Filter {
  const text = textOf(value).trim();
  switch (field.kind) {
    case 'text':
      return { field: name, kind: 'text', parts: parseParts(value) };
    case 'reference':
      // A name of digits alone there is not: usernames are e-mail addresses.
      if (!id.test(text)) return { field: name, kind: 'text', parts: parseParts(value) };
      return { field: name, kind: 'number', value: Number(text) };
    case 'number':
    case 'lookup': {
      const number = wholeNumber.test(text) ? Number(text) : Number.NaN;
      if (!Number.isSafeInteger(number)) throw invalidCriteria(`${name} needs a whole number, such as ${name}:1`);
      return { field: name, kind: 'number', value: number };
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw invalidCriteria(`${name} needs true or false`);
      return { field: name, kind: 'number', value: text === 'true' ? 1 : 0 };
    case 'time': {
      const span = parseTimeSpan(text);
      if (span === undefined) {
        throw invalidCriteria(`${name} needs a time, such as 2027, 2027-10, 2027-10-29 or 2027-10-29T12:00:00.000Z`);
      }
      return { field: name, kind: 'time', ...span };
    }
  }
}

/** The parts of a text between its wildcards; several wildcards in a row are one. */
function parseParts(value: readonly Character[]): string[] {
  const parts: string[] = [''];
  let wasWildcard = false;
  for (const { text, isEscaped } of value) {
    const isWildcard = text === '*' && !isEscaped;
    if (!isWildcard) parts[parts.length - 1] += text;
    else if (!wasWildcard) parts.push('');
    wasWildcard = isWildcard;
  }
  return parts;
}

function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}

function shown(text: string): string {
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}

function invalidCriteria(message: string): Refusal {
  return new Refusal('InvalidQueryCriteria', { message });
}
