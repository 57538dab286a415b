import type { BodySchema } from './api-operations.ts';

/** A body with one thing wrong in it. */
export interface WrongBody {
  readonly body: unknown;
  /** The property that is wrong, as errors name it: `roles.0.id`. */
  readonly property: string;
  readonly problem: 'Required' | 'InvalidFormat';
  readonly value: unknown;
}

/** Something of each type. */
const values: readonly unknown[] = ['text', 7, 1.5, true, null, ['text'], { id: 7 }];

/**
 * Every body of one form that differs from a right one in one property: it is missing, of a wrong type, or out of range.
 *
 * @param right the properties that have to be right for the others to be looked at; the rest is made up
 */
export function wrongBodies(schema: BodySchema, right: Readonly<Record<string, unknown>>): WrongBody[] {
  const whole = { ...(sample(schema) as object), ...right };
  return wrongProperties(schema, whole);
}

function wrongProperties(schema: BodySchema, right: Readonly<Record<string, unknown>>): WrongBody[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const { [name]: present, ...others } = right;
    const wrong = wrongValues(property, present ?? sample(property)).map((each) => ({
      ...each,
      body: { ...right, [name]: each.body },
      property: each.property === '' ? name : `${name}.${each.property}`,
    }));
    if (schema.required?.includes(name) !== true) return wrong;
    return [{ body: others, property: name, problem: 'Required' as const, value: undefined }, ...wrong];
  });
}

/** What is wrong for one property; `property` says where in it, and is empty where it is itself. */
function wrongValues(schema: BodySchema, right: unknown): WrongBody[] {
  const choices = schema.anyOf ?? [schema];
  const types = choices.map(({ type }) => type);
  const wrong = [...values.filter((value) => !types.includes(typeOf(value))), ...choices.flatMap(edges)];
  const own = wrong.map((value): WrongBody => ({ body: value, property: '', problem: 'InvalidFormat', value }));
  const inner = choices.flatMap((choice): WrongBody[] => {
    if (choice.properties !== undefined) return wrongProperties(choice, right as Readonly<Record<string, unknown>>);
    if (choice.items === undefined) return [];
    return wrongValues(choice.items, sample(choice.items)).map((each) => ({
      ...each,
      body: [each.body],
      property: each.property === '' ? '0' : `0.${each.property}`,
    }));
  });
  return [...own, ...inner];
}

/** Values of the right type that are just out of range. */
function edges(schema: BodySchema): unknown[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, items } = schema;
  return [
    ...(minLength === undefined ? [] : ['x'.repeat(minLength - 1)]),
    // What would not fit into a body is refused for that.
    ...(maxLength === undefined || maxLength > 60_000 ? [] : ['x'.repeat(maxLength + 1)]),
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(minItems === undefined ? [] : [new Array(minItems - 1).fill(sample(items))]),
    ...(maxItems === undefined ? [] : [new Array(maxItems + 1).fill(sample(items))]),
    ...(schema.enum === undefined ? [] : ['another']),
    ...(schema.pattern === undefined ? [] : ['\u0000']),
  ];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** A value that a schema takes, with what it requires and no more. */
function sample(schema: BodySchema | undefined): unknown {
  const { type, properties = {}, required = [] } = schema?.anyOf?.[0] ?? schema ?? {};
  const choice = schema?.anyOf?.[0] ?? schema;
  if (choice?.enum !== undefined) return choice.enum[0];
  if (type === 'object') return Object.fromEntries(required.map((name) => [name, sample(properties[name])]));
  if (type === 'array') return [sample(choice?.items)];
  if (type === 'integer') return Math.max(choice?.minimum ?? 1, 1);
  return type === 'boolean' ? true : 'x';
}
