import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodePart, headerOf, signatureOf, signToken, testKeys } from '../test/sign-token.ts';
import { verifyJws } from './jws.ts';
import { signingAlgorithms } from './signing-algorithm.ts';
import { VerifyError } from './verify-error.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const allKeys = signingAlgorithms.map((algorithm) => testKeys[algorithm].verifying);

/** What verifying answers, or undefined where it refuses in the one way in which it may. */
function verified(token: string): Record<string, unknown> | undefined {
  try {
    return verifyJws(token, allKeys, { typ: ['JWT', 'at+jwt'] }).payload;
  } catch (error) {
    assert.ok(error instanceof VerifyError);
    return undefined;
  }
}

const anyClaims = fc.dictionary(fc.string({ unit: 'binary', maxLength: 12 }), fc.jsonValue({ depthSize: 'small' }), {
  maxKeys: 8,
});

for (const algorithm of signingAlgorithms) {
  test(`any claims come back from an ${algorithm} token as they went in`, () => {
    const key = testKeys[algorithm];
    const headers = ['JWT', 'at+jwt'].flatMap((typ) => [true, false].map((withKid) => headerOf(key, { typ, withKid })));
    fc.assert(
      fc.property(fc.constantFrom(...headers), anyClaims, (header, claims) => {
        const token = signToken(key, header, claims);
        fc.pre(token.length <= 8192);
        assert.deepEqual(verified(token), JSON.parse(JSON.stringify(claims)));
      }),
      { seed: 11, numRuns: algorithm === 'HS256' ? 1000 : 50 },
    );
  });
}

const claims = { iss: 'https://auth.example.com', sub: 'user:42', exp: 1_700_014_400, org: { id: 1, name: 'Zoë' } };

test('an HS256 token with any one character replaced by any other verifies to nothing (security D 53)', () => {
  const token = signToken(testKeys.HS256, headerOf(testKeys.HS256, { withKid: false }), claims);
  assert.deepEqual(verified(token), claims);
  for (let at = 0; at < token.length; at += 1) {
    // Of another script, but with the same last byte.
    const twin = String.fromCharCode(token.charCodeAt(at) + 0x100);
    for (const char of `${alphabet}.=+/ \n\0é${twin}`) {
      if (char === token[at]) continue;
      assert.equal(verified(token.slice(0, at) + char + token.slice(at + 1)), undefined, `${char} at ${at}`);
    }
  }
});

for (const algorithm of ['HS256', 'EdDSA'] as const) {
  const token = signToken(testKeys[algorithm], headerOf(testKeys[algorithm]), claims);
  const anywhere = fc.nat({ max: token.length - 1 });
  const anyCharacter = fc.oneof(
    fc.constantFrom(...alphabet, '.', '=', ' ', '\n'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );

  test(`no changed, added or missing character leaves an ${algorithm} token valid (security D 53)`, () => {
    assert.deepEqual(verified(token), claims);
    fc.assert(
      fc.property(anywhere, anyCharacter, (at, char) => {
        const changed = token.slice(0, at) + char + token.slice(at + 1);
        if (changed !== token) assert.equal(verified(changed), undefined);
        assert.equal(verified(token.slice(0, at) + char + token.slice(at)), undefined);
        assert.equal(verified(token.slice(0, at) + token.slice(at + 1)), undefined);
      }),
      { seed: 12, numRuns: 400 },
    );
  });

  test(`no ${algorithm} token that is cut off at either end verifies`, () => {
    for (let at = 1; at < token.length; at += 1) {
      assert.equal(verified(token.slice(0, at)), undefined);
      assert.equal(verified(token.slice(at)), undefined);
    }
    for (const longer of [`${token}A`, `${token}.`, `${token}.A`, `A${token}`, `.${token}`, token + token]) {
      assert.equal(verified(longer), undefined);
    }
  });
}

test('parts of two valid tokens never make a third', () => {
  const tokens = signingAlgorithms.flatMap((algorithm) =>
    ['user:1', 'user:2'].map((sub) =>
      signToken(testKeys[algorithm], headerOf(testKeys[algorithm]), { sub }).split('.'),
    ),
  );
  for (const [header] of tokens) {
    for (const [, payload] of tokens) {
      for (const [, , signature] of tokens) {
        const isOneOfThem = tokens.some((parts) => parts.join('.') === [header, payload, signature].join('.'));
        assert.equal(verified([header, payload, signature].join('.')) !== undefined, isOneOfThem);
      }
    }
  }
});

test('whatever text comes in, nothing but a VerifyError comes out', () => {
  const anyPart = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.base64String({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.json({ maxDepth: 2 }).map(encodePart),
    fc
      .record(
        {
          alg: fc.oneof(fc.constantFrom<unknown>(...signingAlgorithms, 'none'), fc.jsonValue({ maxDepth: 1 })),
          typ: fc.oneof(fc.constantFrom<unknown>('JWT', 'at+jwt'), fc.jsonValue({ maxDepth: 1 })),
          kid: fc.oneof(fc.constantFrom<unknown>(...signingAlgorithms), fc.jsonValue({ maxDepth: 1 })),
          crit: fc.jsonValue({ maxDepth: 1 }),
        },
        { requiredKeys: ['alg'] },
      )
      .map((header) => encodePart(header)),
  );
  const anyToken = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(anyPart, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
    fc.tuple(anyPart, anyPart, anyPart).map((parts) => parts.join('.')),
  );
  fc.assert(
    fc.property(anyToken, (token) => {
      assert.equal(verified(token), undefined);
    }),
    { seed: 13, numRuns: 5000 },
  );
});

test('whatever a key’s holder signs, nothing but an object’s claims or a VerifyError comes out', () => {
  const key = testKeys.HS256;
  const anyPayload = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const input = `${encodePart('{"alg":"HS256","typ":"JWT"}')}.${encodePart(payload)}`;
      const answer = verified(`${input}.${signatureOf(key, input)}`);
      if (answer !== undefined) assert.deepEqual(answer, JSON.parse(payload));
    }),
    { seed: 14, numRuns: 2000 },
  );
});
