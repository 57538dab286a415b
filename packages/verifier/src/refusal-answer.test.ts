import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf } from './refusal-answer.ts';
import { VerifyError, type VerifyErrorCode } from './verify-error.ts';

const realm = 'https://api.example.com';
const answer = (code: VerifyErrorCode) => answerOf(new VerifyError(code, 'What it is'), realm);

test('a request without a token is challenged, and told of no error (RFC 6750 §3.1)', () => {
  const { status, headers, body } = answer('no_token');
  assert.equal(status, 401);
  assert.equal(headers['www-authenticate'], `Bearer realm="${realm}"`);
  assert.equal(JSON.parse(body).error, 'no_token');
});

test('a token that has expired is 401 and says so; any other that is not accepted gets one and the same answer', () => {
  const expired = answer('expired');
  assert.equal(expired.status, 401);
  assert.equal(
    expired.headers['www-authenticate'],
    `Bearer realm="${realm}", error="invalid_token", error_description="What it is"`,
  );
  const others = [
    'malformed',
    'bad_signature',
    'unknown_key',
    'revoked',
    'address_not_allowed',
    'wrong_audience',
  ] as const;
  const answers = others.map((code) => JSON.stringify(answer(code)));
  assert.equal(new Set(answers).size, 1);
  assert.match(answer('revoked').headers['www-authenticate'] ?? '', /error="invalid_token"/);
});

test('a token that does not suffice is 403 with insufficient_scope', () => {
  const { status, headers, body } = answer('forbidden');
  assert.equal(status, 403);
  assert.match(headers['www-authenticate'] ?? '', /error="insufficient_scope"/);
  assert.deepEqual(JSON.parse(body), { error: 'insufficient_scope', error_description: 'What it is' });
});

test('what could not be told is 503 with Retry-After, and no challenge', () => {
  for (const code of ['keys_unavailable', 'revocations_stale'] as const) {
    const { status, headers } = answer(code);
    assert.equal(status, 503);
    assert.match(headers['retry-after'] ?? '', /^\d+$/);
    assert.equal(headers['www-authenticate'], undefined);
  }
});

test('no answer is to be stored', () => {
  for (const code of ['no_token', 'expired', 'forbidden', 'keys_unavailable'] as const) {
    assert.equal(answer(code).headers['cache-control'], 'no-store');
  }
});

test('a realm can not break out of its quotes or its line', () => {
  const { headers } = answerOf(new VerifyError('no_token', ''), 'a"b\\c\r\nd€');
  assert.equal(headers['www-authenticate'], 'Bearer realm="a\\"b\\\\c  d "');
});
