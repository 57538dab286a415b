import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../domain/errors.ts';
import { detectForm, readCredentials } from './authenticate.ts';

test('one property is enough to know which form is meant', () => {
  const forms = {
    username: 'user',
    password: 'user',
    application_token: 'application_token',
    refresh_token: 'refresh',
    mfa_token: 'second_factor',
    code: 'second_factor',
    credential: 'passkey',
  };
  for (const [property, form] of Object.entries(forms)) assert.equal(detectForm({ [property]: 'x' }), form);
});

test('a body of no form, or of two, is refused with a message that names the forms', () => {
  const wrong = [
    undefined,
    {},
    { fingerprint: 'x', trusted_device: {} },
    { user_id: 1 },
    JSON.parse('{"__proto__":{"username":"a","password":"b"}}'),
    { username: 'a', password: 'b', application_token: 'c' },
    { refresh_token: 'a', application_token: 'b' },
    { username: 'a', mfa_token: 'b' },
    { mfa_token: 'a', code: 'b', credential: {} },
    { application_token: 'a', code: null },
  ];
  for (const body of wrong) {
    assert.throws(
      () => detectForm(body),
      (error) =>
        error instanceof Refusal &&
        error.token === 'BadRequest' &&
        /username and password; application_token; refresh_token; or mfa_token and code/.test(error.message),
      JSON.stringify(body),
    );
  }
});

test('a form with a part missing or of the wrong type is refused as input, with every problem', () => {
  const problems = (body: unknown) => {
    try {
      readCredentials(body);
    } catch (error) {
      if (error instanceof Refusal) return error.problems.map(({ message }) => message);
    }
    return undefined;
  };
  assert.deepEqual(problems({ username: 'a' }), ['Credentials - password is required.']);
  assert.deepEqual(problems({ application_token: 5 }), ['Credentials - application_token must be a string.']);
  assert.deepEqual(problems({ username: null, password: 1 }), [
    'Credentials - username must be a string.',
    'Credentials - password must be a string.',
  ]);
  assert.deepEqual(problems({ code: '123456' }), ['Credentials - mfa_token is required.']);
  assert.deepEqual(problems({ refresh_token: '' }), ['Credentials - refresh_token must not be empty.']);
});

test('nothing but the properties of the form goes on to be judged', () => {
  const extras = { user_id: 1, userId: 2, sub: 'user:1', roles: ['Administrator'], trusted_device: { name: 'x' } };
  assert.deepEqual(readCredentials({ ...extras, username: 'a', password: 'b', fingerprint: 'c' }), {
    form: 'user',
    username: 'a',
    password: 'b',
    fingerprint: 'c',
  });
  assert.deepEqual(readCredentials({ ...extras, application_token: 'kwt_x' }), {
    form: 'application_token',
    application_token: 'kwt_x',
  });
  assert.deepEqual(readCredentials({ mfa_token: 'a', code: '123456' }), {
    form: 'second_factor',
    mfa_token: 'a',
    code: '123456',
  });
  const device = { fingerprint: 'f', operating_system: 'Linux', browser: 'Firefox' };
  const response = { clientDataJSON: 'x', authenticatorData: 'y', signature: 'z' };
  const credential = { id: 'a', rawId: 'a', type: 'public-key', response };
  const body = { mfa_token: 'a', credential: { ...credential, extra: 1 }, trusted_device: device, user_id: 1 };
  assert.deepEqual(readCredentials(body), { form: 'passkey', mfa_token: 'a', credential, trusted_device: device });
});
