import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationClaims, userClaims } from '../test/sign-token.ts';
import { readAuthTokenClaims } from './auth-token-claims.ts';
import { VerifyError, type VerifyErrorCode } from './verify-error.ts';

function codeOf(payload: object): VerifyErrorCode | undefined {
  try {
    readAuthTokenClaims(payload as Record<string, unknown>);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof VerifyError);
    return error.code;
  }
}

test('what the service writes is read as it stands', () => {
  const support = { ...userClaims, act: { sub: 'user:1' }, client_id: 'user:42' };
  const restricted = { ...applicationClaims, ip: ['192.0.2.0/24', '2001:db8::/32'] };
  for (const payload of [userClaims, applicationClaims, support, restricted]) {
    assert.equal(readAuthTokenClaims(payload), payload);
  }
});

const wrongValues = {
  sub: [undefined, null, 42, '', ['user:42']],
  iat: [undefined, null, String(userClaims.iat)],
  jti: [undefined, null, 7, ['x']],
  org: [undefined, null, 7, 'x', [], {}, { id: 7 }, { name: 'x' }, { id: '7', name: 'x' }, { id: -1, name: 'x' }],
  roles: [undefined, null, 'User', {}, [7], ['User', null]],
  ver: [undefined, null, '3', -1, 1.5, Number.POSITIVE_INFINITY, [3]],
  sid: [null, '12', -1, 1.5, [12], {}],
  client_id: [null, 7, {}],
  amr: [null, 'pwd', [7]],
  act: [null, 'user:1', [], {}, { sub: 7 }],
  ip: [null, '192.0.2.0/24', [7], {}],
};

test('a claim that is missing is refused, and so is one of another type', () => {
  for (const [name, values] of Object.entries(wrongValues)) {
    for (const value of values) {
      assert.equal(codeOf({ ...userClaims, [name]: value }), 'malformed', `${name}: ${JSON.stringify(value)}`);
    }
  }
});

test('an empty list of networks is no restriction that anybody meant, and is refused', () => {
  assert.equal(codeOf({ ...applicationClaims, ip: [] }), 'malformed');
});

test('a subject of another form is refused', () => {
  for (const sub of [
    'user:',
    'user:0',
    'user:042',
    'user:4x',
    'User:42',
    'user:42 ',
    'service:1',
    'application_token:',
  ]) {
    assert.equal(codeOf({ ...userClaims, sub }), 'malformed', sub);
  }
});

test('a user’s token that names no session is refused, since no revocation of the session would find it', () => {
  const { sid: _, ...others } = userClaims;
  assert.equal(codeOf(others), 'malformed');
  assert.equal(codeOf({ ...others, sub: 'application_token:42' }), undefined);
});

test('a token that says its use is one of another kind (security D 48)', () => {
  for (const use of ['refresh', 'mfa', '', null]) assert.equal(codeOf({ ...userClaims, use }), 'wrong_type');
});
