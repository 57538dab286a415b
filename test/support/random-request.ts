import fc from 'fast-check';
import type { ApiOperation, BodySchema } from './api-operations.ts';

/** A request to one operation, right or wrong. */
export interface RandomRequest {
  readonly operation: ApiOperation;
  readonly path: string;
  readonly body: unknown;
  /** Which of the callers sends it. */
  readonly caller: number;
}

/** What means something to the server: random values alone would not get far. */
export interface Meanings {
  /** By the names of properties, and for all others under `any`. */
  readonly texts: Readonly<Record<string, readonly string[]>> & { readonly any: readonly string[] };
  /** What stands in paths, by the names of parameters. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly ids: readonly number[];
  /** How many ids are filled in when a request is sent, by {@link fillIn}. */
  readonly ownIds: number;
  readonly callers: number;
}

/** Puts ids that exist by now in the places that a request has for them. */
export function fillIn(text: string, ownIds: readonly number[]): string {
  return text.replaceAll(/"own (\d+)"|own%20(\d+)/g, (_, inBody?: string, inPath?: string) =>
    String(ownIds[Number(inBody ?? inPath)]),
  );
}

/** Requests to every operation alike, of which many are nearly right. */
export function randomRequest(operations: readonly ApiOperation[], meanings: Meanings): fc.Arbitrary<RandomRequest> {
  return fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      path: fc
        .tuple(pathOf(operation, meanings), queryOf(operation, meanings))
        .map(([path, query]) => (query === '' ? path : `${path}?${query}`)),
      body: bodyOf(operation, meanings),
      caller: fc.nat({ max: meanings.callers - 1 }),
    }),
  );
}

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }));

function textOf({ texts }: Meanings, property = 'any'): fc.Arbitrary<string> {
  const meant = fc.constantFrom(...(texts[property] ?? texts.any));
  return fc.oneof(
    { arbitrary: meant, weight: 8 },
    { arbitrary: fc.constantFrom(...texts.any), weight: 1 },
    { arbitrary: anyText, weight: 1 },
  );
}

function idOf({ ids, ownIds }: Meanings): fc.Arbitrary<number | string> {
  return fc.oneof(
    { arbitrary: fc.nat({ max: ownIds - 1 }).map((index) => `own ${index}`), weight: 6 },
    { arbitrary: fc.constantFrom(...ids), weight: 3 },
    { arbitrary: fc.maxSafeInteger(), weight: 1 },
  );
}

function pathOf({ path }: ApiOperation, meanings: Meanings): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const values = names.map((name) =>
    fc.oneof(
      { arbitrary: fc.constantFrom(...(meanings.parameters[name] ?? ['my'])), weight: 7 },
      { arbitrary: idOf(meanings).map(String), weight: 2 },
      { arbitrary: textOf(meanings), weight: 1 },
    ),
  );
  const encode = (text: string): string => encodeURIComponent(text.toWellFormed()) || '0';
  return fc.tuple(...values).map((texts) => {
    const left = texts.values();
    return path.replaceAll(/\{\w+\}/g, () => encode(left.next().value ?? ''));
  });
}

function queryOf({ query }: ApiOperation, meanings: Meanings): fc.Arbitrary<string> {
  if (query.length === 0) return fc.constant('');
  const name = fc.constantFrom(
    'id',
    '-id',
    'name',
    'username',
    'status',
    'created',
    'type',
    'from',
    'until',
    'alert',
    'description',
  );
  const filter = fc
    .tuple(
      name,
      fc.oneof(textOf(meanings), idOf(meanings).map(String), fc.constantFrom('*', '2027', '2027-03-10', 'true')),
    )
    .map(([field, value]) => `${field}:${value}`);
  const value = fc.oneof(
    fc.array(filter, { maxLength: 3 }).map((filters) => filters.join(',')),
    name,
    textOf(meanings),
    idOf(meanings).map(String),
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...query), value), { maxLength: 3 })
    .map((pairs) => pairs.map(([key, text]) => `${key}=${encodeURIComponent(text.toWellFormed())}`).join('&'));
}

/** A JSON text, or a form where the operation takes one; undefined for no body. */
function bodyOf({ method, body, form }: ApiOperation, meanings: Meanings): fc.Arbitrary<unknown> {
  if (method === 'GET') return fc.constant(undefined);
  if (form !== undefined) return formTextOf(form, meanings);
  const junk = fc.oneof(fc.json({ maxDepth: 3 }), fc.constant(undefined), anyText);
  if (body === undefined)
    return fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary: junk, weight: 1 });
  const near = nearlyRight(body, meanings).map((value) => JSON.stringify(value));
  return fc.oneof({ arbitrary: near, weight: 9 }, { arbitrary: junk, weight: 1 });
}

/** Parameters that a form may have, some of them twice, and now and then anything. */
function formTextOf({ properties = {} }: BodySchema, meanings: Meanings): fc.Arbitrary<string> {
  const pair = fc
    .constantFrom(...Object.keys(properties))
    .chain((name) => fc.record({ name: fc.constant(name), value: textOf(meanings, name), isRaw: fc.boolean() }));
  const write = ({ name, value, isRaw }: { name: string; value: string; isRaw: boolean }): string =>
    `${name}=${isRaw ? value : encodeURIComponent(value.toWellFormed())}`;
  const near = fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.map(write).join('&'));
  return fc.oneof({ arbitrary: near, weight: 9 }, { arbitrary: anyText, weight: 1 });
}

/** Mostly what a schema asks for, and now and then anything. */
function nearlyRight(schema: BodySchema, meanings: Meanings, property?: string): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: right(schema, meanings, property), weight: 19 },
    { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
  );
}

function right(schema: BodySchema, meanings: Meanings, property?: string): fc.Arbitrary<unknown> {
  const { type, anyOf, items, properties, required = [], minimum, maximum } = schema;
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => nearlyRight(each, meanings, property)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (properties !== undefined) {
    const values = Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, nearlyRight(each, meanings, name)]),
    );
    // Now and then one that is required is left out.
    return fc.oneof(
      { arbitrary: fc.record(values, { requiredKeys: [...required] }), weight: 9 },
      { arbitrary: fc.record(values, { requiredKeys: [] }), weight: 1 },
    );
  }
  if (type === 'array') return fc.array(nearlyRight(items ?? {}, meanings), { maxLength: 4 });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer')
    return minimum === undefined ? idOf(meanings) : fc.integer({ min: minimum, max: maximum ?? 10_000 });
  return textOf(meanings, property);
}
