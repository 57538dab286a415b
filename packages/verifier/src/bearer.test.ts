import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBearer } from './bearer.ts';
import { VerifyError, type VerifyErrorCode } from './verify-error.ts';

const socket = { remoteAddress: '192.0.2.1' };
const node = (...values: readonly string[]) => ({
  headers: values[0] === undefined ? {} : { authorization: values[0] },
  rawHeaders: ['Host', 'x', ...values.flatMap((value) => ['AUTHORIZATION', value])],
  socket,
});
const web = (...values: readonly string[]) =>
  new Request('https://api.example.com/?access_token=a.b.c', {
    headers: values.map((value): [string, string] => ['Authorization', value]),
  });

function codeOf(read: () => string): VerifyErrorCode | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof VerifyError);
    return error.code;
  }
}

test('the token of one Authorization header is read, whatever the scheme’s case', () => {
  for (const make of [node, web]) {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      assert.equal(readBearer(make(`${scheme} a-_.b~+/.c==`)), 'a-_.b~+/.c==');
      assert.equal(readBearer(make(`${scheme}   a.b.c`)), 'a.b.c');
    }
  }
});

test('a request without a bearer token, or with other credentials, brings none', () => {
  for (const make of [node, web]) {
    assert.equal(
      codeOf(() => readBearer(make())),
      'no_token',
    );
    for (const value of ['Basic YTpi', 'Bearerx a.b.c', 'a.b.c', 'DPoP a.b.c']) {
      assert.equal(
        codeOf(() => readBearer(make(value))),
        'no_token',
        value,
      );
    }
  }
});

test('what is not exactly one token is refused', () => {
  for (const make of [node, web]) {
    for (const value of ['Bearer', 'Bearer a.b.c d.e.f', 'Bearer a.b.c,', 'Bearer "a.b.c"', 'Bearer é', 'Bearer ==']) {
      assert.equal(
        codeOf(() => readBearer(make(value))),
        'malformed',
        value,
      );
    }
    assert.equal(
      codeOf(() => readBearer(make('Bearer a.b.c', 'Bearer a.b.c'))),
      'malformed',
    );
    assert.equal(
      codeOf(() => readBearer(make('Bearer a.b.c', 'Basic YTpi'))),
      'malformed',
    );
  }
});

test('a token in the query string, or in a cookie, is none (security E 72)', () => {
  const request = new Request('https://api.example.com/?access_token=a.b.c&token=a.b.c', {
    headers: { cookie: 'access_token=a.b.c' },
  });
  assert.equal(
    codeOf(() => readBearer(request)),
    'no_token',
  );
});
