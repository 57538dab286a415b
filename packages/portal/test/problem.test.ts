import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProblem } from '../src/api/problem.ts';

const problem = (message: string, error_token = 'InvalidFormat') => ({ error_code: 1403, error_token, message });

test('a problem is found a home at the field that it is about, with or without the resource before it', () => {
  const fields = ['name', 'password'];
  const long = readProblem(problem('User - name is required.', 'Required'), fields);
  assert.deepEqual(long, { field: 'name', token: 'Required', expectation: 'is required' });
  const short = readProblem(problem('password must have at least 8 characters'), fields);
  assert.deepEqual([short.field, short.expectation], ['password', 'must have at least 8 characters']);
});

test('a field is not taken for another whose name begins alike', () => {
  const { field } = readProblem(problem('username must be an e-mail address, such as jane@example.com'), [
    'user',
    'username',
  ]);
  assert.equal(field, 'username');
});

test('a problem inside of a property belongs to its field', () => {
  assert.equal(
    readProblem(problem('Application token - roles.0.id must be a whole number.'), ['roles']).field,
    'roles',
  );
});

test('a problem with none of the fields keeps all of its words', () => {
  const { field, expectation } = readProblem(problem('Second factor - code is required.'), ['name']);
  assert.deepEqual([field, expectation], [undefined, 'code is required']);
});
