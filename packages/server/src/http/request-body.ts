import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import { invalidInput, type Problem, Refusal } from '../domain/errors.ts';

// A value that may be null gives three errors for one problem, and every problem is to be listed.
const maxErrors = 256;
Settings.Set({ maxErrors });

/** What a route takes as its body: the schema that documents it, and what checks it. */
export interface RequestBody<T extends TSchema> {
  readonly schema: T;
  /**
   * Checks a parsed body; what the schema does not know stays in it.
   *
   * @throws Refusal BadRequest where there is no body; InputValidationFailed with every problem listed
   */
  check(body: unknown): Static<T>;
  /**
   * Checks a parsed body, and leaves out what the schema does not know.
   *
   * @throws Refusal as `check`
   */
  read(body: unknown): Static<T>;
}

/**
 * Compiles what a route takes as its body.
 *
 * @param label what the messages begin with, such as `Application token`
 */
export function requestBody<T extends TSchema>(label: string, schema: T): RequestBody<T> {
  const validator = Compile(schema);
  function check(body: unknown): Static<T> {
    if (body === undefined) throw new Refusal('BadRequest', { message: 'A JSON object is needed as the body' });
    if (!validator.Check(body)) throw invalidInput(problemsOf(label, validator.Errors(body)));
    return body as Static<T>;
  }
  return { schema, check, read: (body) => validator.Clean(check(body)) as Static<T> };
}

/** Turns what the validator says into one problem per property, named as it is on the wire. */
function problemsOf(label: string, errors: readonly TLocalizedValidationError[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    const property = propertyOf(error.instancePath);
    for (const [name, problem] of describe(error, property)) {
      if (!problems.has(name)) problems.set(name, { ...problem, message: `${label} - ${name} ${problem.message}.` });
    }
  }
  return [...problems.values()];
}

/** `/roles/0/id` as `roles.0.id` (RFC 6901 §4). */
function propertyOf(instancePath: string): string {
  const names = instancePath.split('/').slice(1);
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}

function describe(error: TLocalizedValidationError, property: string): [name: string, problem: Problem][] {
  if (error.keyword === 'required') {
    const prefix = property === '' ? '' : `${property}.`;
    return error.params.requiredProperties.map((name) => [
      `${prefix}${name}`,
      { token: 'Required', message: 'is required' },
    ]);
  }
  const message = expectation(error);
  return message === undefined ? [] : [[property === '' ? 'body' : property, { token: 'InvalidFormat', message }]];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
};

/** What a value must be; undefined where another error of the same value says it better. */
function expectation(error: TLocalizedValidationError): string | undefined {
  switch (error.keyword) {
    case 'type': {
      // The other half of a union with null: the first half has spoken.
      const name = typeNames[String(error.params.type)];
      return name && `must be ${name}`;
    }
    case 'anyOf':
      return undefined;
    case 'minLength':
      return error.params.limit === 1 ? 'must not be empty' : `must have at least ${error.params.limit} characters`;
    case 'maxLength':
      return `must have at most ${error.params.limit} characters`;
    case 'minimum':
      return `must be at least ${error.params.limit}`;
    case 'maximum':
      return `must be at most ${error.params.limit}`;
    case 'minItems':
      return error.params.limit === 1 ? 'must not be empty' : `must have at least ${error.params.limit} items`;
    case 'maxItems':
      return `must have at most ${error.params.limit} items`;
    default:
      return 'is not valid';
  }
}
