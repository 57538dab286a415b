import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type SigningAlgorithm, signingAlgorithms } from '@keywright/contract';
import { verifyJws } from '@keywright/verifier';
import fc from 'fast-check';
import { importSigningKey } from './jwk.ts';
import { createSigner } from './jws.ts';
import { type SigningKey, toVerifyingKey } from './jws-key.ts';

const vectors: { keys: { jwk: { alg: SigningAlgorithm } }[] } = JSON.parse(
  readFileSync(new URL('../../../verifier/test-vectors/keys.json', import.meta.url), 'utf8'),
);
const signingKeys = Object.fromEntries(
  vectors.keys.map(({ jwk }) => [jwk.alg, importSigningKey({ ...jwk, kid: `kid-${jwk.alg}` })]),
) as Record<SigningAlgorithm, SigningKey>;
const secret = signingKeys.HS256;
const allKeys = signingAlgorithms.map((algorithm) => toVerifyingKey(signingKeys[algorithm]));
const claims = { iss: 'https://auth.example.com', sub: 'user:42', exp: 1_700_014_400 };

test('an HS256 token begins with the header of the public API, to the letter', () => {
  const token = createSigner({ key: secret, withKid: false }).sign(claims);
  assert.ok(token.startsWith('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.'));
  assert.equal(Buffer.from(token.split('.')[0]!, 'base64url').toString(), '{"alg":"HS256","typ":"JWT"}');
});

test('an HS256 signature is the HMAC of header and payload, as node:crypto computes it', () => {
  const [header, payload, signature] = createSigner({ key: secret, withKid: false }).sign(claims).split('.');
  const expected = createHmac('sha256', secret.key).update(`${header}.${payload}`).digest('base64url');
  assert.equal(signature, expected);
  assert.deepEqual(JSON.parse(Buffer.from(payload!, 'base64url').toString()), claims);
});

test('a token of a public-key algorithm is at+jwt and names its key (security D 49)', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const key = signingKeys[algorithm];
    const token = createSigner({ key, typ: 'at+jwt', withKid: true }).sign(claims);
    const header = Buffer.from(token.split('.')[0]!, 'base64url').toString();
    assert.equal(header, `{"alg":"${algorithm}","typ":"at+jwt","kid":"kid-${algorithm}"}`);
    const verified = verifyJws(token, allKeys, { typ: 'at+jwt' });
    assert.deepEqual(verified.payload, claims);
    assert.equal(verified.key.kid, `kid-${algorithm}`);
  }
});

test('an ES256 signature is R and S of 32 bytes each, not DER', () => {
  const [, , signature] = createSigner({ key: signingKeys.ES256, withKid: true }).sign(claims).split('.');
  assert.equal(Buffer.from(signature!, 'base64url').length, 64);
});

const anyClaims = fc.dictionary(fc.string({ unit: 'binary', maxLength: 12 }), fc.jsonValue({ depthSize: 'small' }), {
  maxKeys: 8,
});

for (const algorithm of signingAlgorithms) {
  test(`any claims come back from an ${algorithm} token as they went in`, () => {
    const signers = (['JWT', 'at+jwt'] as const).flatMap((typ) =>
      [true, false].map((withKid) => createSigner({ key: signingKeys[algorithm], typ, withKid })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...signers), anyClaims, (signer, claims) => {
        const token = signer.sign(claims);
        fc.pre(token.length <= 8192);
        assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
        const { payload } = verifyJws(token, allKeys, { typ: ['JWT', 'at+jwt'] });
        assert.deepEqual(payload, JSON.parse(JSON.stringify(claims)));
      }),
      { seed: 11, numRuns: algorithm === 'HS256' ? 500 : 25 },
    );
  });
}
