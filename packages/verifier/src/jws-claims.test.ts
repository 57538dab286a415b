import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAudience, checkIssuer, checkTimes } from './jws-claims.ts';
import { VerifyError, type VerifyErrorCode } from './verify-error.ts';

const now = 1_700_000_000;
const exp = now + 100;

function refuses(code: VerifyErrorCode, check: () => void, message?: string): void {
  assert.throws(check, (error) => error instanceof VerifyError && error.code === code, message);
}

test('a token is accepted up to the second before exp, and refused from exp on (security D 46)', () => {
  checkTimes({ exp: now + 1 }, now, { skewSeconds: 0 });
  refuses('expired', () => checkTimes({ exp: now }, now, { skewSeconds: 0 }));
  refuses('expired', () => checkTimes({ exp: now - 1 }, now, { skewSeconds: 0 }));
  refuses('expired', () => checkTimes({ exp: 0 }, now, { skewSeconds: 60 }));
  refuses('expired', () => checkTimes({ exp: -1 }, now, { skewSeconds: 60 }));
});

test('a token is accepted from nbf on, and refused before (security D 46)', () => {
  checkTimes({ exp, nbf: now }, now, { skewSeconds: 0 });
  refuses('not_yet_valid', () => checkTimes({ exp, nbf: now + 1 }, now, { skewSeconds: 0 }));
  refuses('not_yet_valid', () => checkTimes({ exp, nbf: now + 0.5 }, now, { skewSeconds: 0 }));
});

test('a token from the future is refused (security D 46)', () => {
  checkTimes({ exp, iat: now }, now, { skewSeconds: 0 });
  refuses('not_yet_valid', () => checkTimes({ exp, iat: now + 1 }, now, { skewSeconds: 0 }));
  refuses('not_yet_valid', () => checkTimes({ exp, iat: now + 61 }, now, { skewSeconds: 60 }));
});

test('clocks may differ by the skew, and no more (security D 46)', () => {
  checkTimes({ exp: now - 59, nbf: now + 60, iat: now + 60 }, now, { skewSeconds: 60 });
  refuses('expired', () => checkTimes({ exp: now - 60 }, now, { skewSeconds: 60 }));
  refuses('not_yet_valid', () => checkTimes({ exp, nbf: now + 61 }, now, { skewSeconds: 60 }));
});

test('no one can allow a skew of more than 60 seconds (security D 46)', () => {
  for (const skewSeconds of [61, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => checkTimes({ exp }, now, { skewSeconds }), RangeError, String(skewSeconds));
  }
});

test('a token without exp is refused (security D 46)', () => {
  refuses('malformed', () => checkTimes({}, now, { skewSeconds: 60 }));
  refuses('malformed', () => checkTimes({ iat: now, nbf: now }, now, { skewSeconds: 60 }));
});

test('times that are not finite numbers are refused (security D 46)', () => {
  const values = [
    null,
    String(exp),
    '',
    true,
    [exp],
    { exp },
    Number.POSITIVE_INFINITY,
    Number.NaN,
    JSON.parse('1e999'),
  ];
  for (const value of values) {
    for (const name of ['exp', 'nbf', 'iat']) {
      refuses('malformed', () => checkTimes({ exp, [name]: value }, now, { skewSeconds: 60 }), `${name}: ${value}`);
    }
  }
});

test('only a token for this audience is accepted, alone or in an array (security D 47)', () => {
  const audience = 'https://auth.example.com/api';
  checkAudience({ aud: audience }, audience);
  checkAudience({ aud: [audience] }, audience);
  checkAudience({ aud: ['https://other.example', audience] }, audience);
  const others = [
    'https://auth.example.com/api/v1/authenticate',
    'https://auth.example.com/api/',
    'https://auth.example.com/API',
    'https://auth.example.com',
    '',
  ];
  for (const other of others) {
    refuses('wrong_audience', () => checkAudience({ aud: other }, audience), other);
    refuses('wrong_audience', () => checkAudience({ aud: [other] }, audience), other);
  }
  refuses('wrong_audience', () => checkAudience({ aud: [] }, audience));
});

test('an audience that is missing or not made of texts is refused (security D 47)', () => {
  const audience = 'https://auth.example.com/api';
  for (const aud of [undefined, null, 7, true, {}, { [audience]: true }, [audience, 7], [[audience]], [null]]) {
    refuses('malformed', () => checkAudience({ aud }, audience), JSON.stringify(aud));
  }
});

test('only a token of this very issuer is accepted (security D 47)', () => {
  const issuer = 'https://auth.example.com';
  checkIssuer({ iss: issuer }, issuer);
  for (const iss of [
    'https://auth.example.com/',
    'HTTPS://auth.example.com',
    'https://auth.example.com.evil.example',
    '',
  ]) {
    refuses('wrong_issuer', () => checkIssuer({ iss }, issuer), iss);
  }
  for (const iss of [undefined, null, 7, [issuer], { toString: () => issuer }]) {
    refuses('malformed', () => checkIssuer({ iss }, issuer));
  }
});
