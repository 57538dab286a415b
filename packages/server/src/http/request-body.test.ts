import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AuthenticateForms,
  CreateApplicationTokenSchema,
  SetupSchema,
  UpdateApplicationTokenSchema,
} from '@keywright/contract';
import { Refusal } from '../domain/errors.ts';
import { requestBody } from './request-body.ts';

const create = requestBody('Application token', CreateApplicationTokenSchema);
const update = requestBody('Application token', UpdateApplicationTokenSchema);

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal) return error.problems.map(({ token, message }) => `${token}: ${message}`);
    throw error;
  }
  return [];
}

test('a wrong type is named once, by the property as it is on the wire, also where null is allowed', () => {
  assert.deepEqual(
    problemsOf(() => create.read({ description: 5 })),
    ['InvalidFormat: Application token - description must be a string.'],
  );
  assert.deepEqual(
    problemsOf(() => create.read({ auth_token_minutes: 1.5 })),
    ['InvalidFormat: Application token - auth_token_minutes must be a whole number.'],
  );
});

test('every problem is listed, those inside of objects and arrays too', () => {
  const body = {
    description: [],
    expiry_date: 7,
    ip: 'x'.repeat(65),
    roles: [{ id: 'one' }, {}, null],
    auth_token_minutes: 0,
  };
  assert.deepEqual(
    problemsOf(() => create.read(body)),
    [
      'InvalidFormat: Application token - description must be a string.',
      'InvalidFormat: Application token - expiry_date must be a string.',
      'InvalidFormat: Application token - ip must have at most 64 characters.',
      'InvalidFormat: Application token - roles.0.id must be a whole number.',
      'Required: Application token - roles.1.id is required.',
      'InvalidFormat: Application token - roles.2 must be an object.',
      'InvalidFormat: Application token - auth_token_minutes must be at least 1.',
    ],
  );
});

test('each missing required property is a problem of its own', () => {
  const setup = requestBody('Set-up', SetupSchema);
  const names = ['setup_key', 'username', 'password', 'name', 'organisation'];
  assert.deepEqual(
    problemsOf(() => setup.read({})),
    names.map((name) => `Required: Set-up - ${name} is required.`),
  );
});

test('a number for a string is refused, not turned into one', () => {
  const user = requestBody('Credentials', AuthenticateForms.user);
  assert.equal(problemsOf(() => user.check({ username: 1, password: true })).length, 2);
});

test('null takes a restriction away, and what the schema does not know is left out', () => {
  const body = JSON.parse('{"ip":null,"id":9,"creator":{"id":1},"__proto__":{"description":"x"}}');
  const read = update.read(body);
  assert.deepEqual(read, { ip: null });
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.equal('description' in read, false);
});

test('a route that needs a body refuses a request without one as unreadable', () => {
  assert.throws(
    () => create.read(undefined),
    (error) => error instanceof Refusal && error.token === 'BadRequest',
  );
});

test('a value that is long in every way is answered with a bounded number of problems', () => {
  const problems = problemsOf(() => create.read({ roles: Array.from({ length: 20_000 }, () => 'x') }));
  assert.ok(problems.length > 0 && problems.length <= 256, String(problems.length));
});
