import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type SigningAlgorithm, signingAlgorithms } from '@keywright/contract';
import { importVerifyingKey, verifyJws } from '@keywright/verifier';
import {
  computeThumbprint,
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  type PrivateJwk,
  publicJwk,
} from './jwk.ts';
import { createSigner } from './jws.ts';
import { toVerifyingKey } from './jws-key.ts';

interface KeyVector {
  readonly id: string;
  readonly jwk: Readonly<Record<string, string>> & { readonly alg: SigningAlgorithm };
  readonly thumbprint?: string;
}

const vectors: KeyVector[] = JSON.parse(
  readFileSync(new URL('../../../verifier/test-vectors/keys.json', import.meta.url), 'utf8'),
).keys;

/** Counts up, so that every byte that is asked for is a new one. */
function countingRandom(): { bytes(count: number): Uint8Array } {
  let next = 0;
  return { bytes: (count) => Uint8Array.from({ length: count }, () => next++) };
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function vectorOf(algorithm: SigningAlgorithm): KeyVector {
  return vectors.find(({ jwk }) => jwk.alg === algorithm)!;
}

test('a generated HS256 secret is 32 bytes of the randomness passed in, and its kid 16 more', () => {
  const key = generateSigningKey('HS256', countingRandom());
  assert.deepEqual(
    [...key.key.export()],
    Array.from({ length: 32 }, (_, at) => at),
  );
  assert.deepEqual(
    [...Buffer.from(key.kid, 'base64url')],
    Array.from({ length: 16 }, (_, at) => 32 + at),
  );
});

test('generated key pairs are Ed25519, P-256 and RSA of 3072 bits', () => {
  const details = (algorithm: SigningAlgorithm): unknown => {
    const { key } = generateSigningKey(algorithm, countingRandom());
    return [key.type, key.asymmetricKeyType, key.asymmetricKeyDetails];
  };
  assert.deepEqual(details('EdDSA'), ['private', 'ed25519', {}]);
  assert.deepEqual(details('ES256'), ['private', 'ec', { namedCurve: 'prime256v1' }]);
  assert.deepEqual(details('RS256'), ['private', 'rsa', { modulusLength: 3072, publicExponent: 65537n }]);
});

test('two generated keys are never the same', () => {
  const random = countingRandom();
  for (const algorithm of ['HS256', 'EdDSA', 'ES256'] as const) {
    const [one, other] = [generateSigningKey(algorithm, random), generateSigningKey(algorithm, random)];
    assert.notEqual(one.kid, other.kid);
    assert.equal(one.key.equals(other.key), false);
  }
});

test('the thumbprints of RFC 7638 and RFC 8037 come out', () => {
  const withThumbprint = vectors.filter(({ thumbprint }) => thumbprint !== undefined);
  assert.equal(withThumbprint.length, 2);
  for (const { id, jwk, thumbprint } of withThumbprint) {
    assert.equal(computeThumbprint(toVerifyingKey(importSigningKey({ ...jwk, kid: id })).key), thumbprint, id);
  }
});

test('the kid of a generated key pair is its RFC 7638 thumbprint', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const key = generateSigningKey(algorithm, countingRandom());
    assert.equal(key.kid, computeThumbprint(toVerifyingKey(key).key));
  }
});

test('a key comes back from its export and signs as before', () => {
  for (const algorithm of ['HS256', 'EdDSA', 'ES256'] as const) {
    const key = generateSigningKey(algorithm, countingRandom());
    const stored: unknown = JSON.parse(JSON.stringify(exportSigningKey(key)));
    const restored = importSigningKey(stored);
    assert.equal(restored.kid, key.kid);
    assert.equal(restored.algorithm, algorithm);
    assert.ok(restored.key.equals(key.key));
    const token = createSigner({ key: restored, withKid: true }).sign({ sub: 'user:1' });
    assert.deepEqual(verifyJws(token, [toVerifyingKey(key)], { typ: 'JWT' }).payload, { sub: 'user:1' });
  }
});

test('the private keys of the RFCs come back whole from import and export', () => {
  for (const { id, jwk } of vectors) {
    const exported: PrivateJwk = exportSigningKey(importSigningKey({ ...jwk, kid: id }));
    assert.deepEqual({ ...exported }, { ...jwk, kid: id, use: 'sig' }, id);
  }
});

test('a published key has kid, alg and use, and no private member (security D 55)', () => {
  for (const { id, jwk } of vectors.filter(({ jwk: { kty } }) => kty !== 'oct')) {
    const key = importSigningKey({ ...jwk, kid: id });
    const expected = Object.fromEntries(Object.entries(jwk).filter(([name]) => !privateMembers.includes(name)));
    assert.deepEqual({ ...publicJwk(key) }, { ...expected, kid: id, use: 'sig' }, id);
    assert.deepEqual(publicJwk(toVerifyingKey(key)), publicJwk(key), id);
  }
});

test('an HS256 secret is never published (security D 55)', () => {
  const key = generateSigningKey('HS256', countingRandom());
  assert.throws(() => publicJwk(key), TypeError);
  assert.throws(() => publicJwk(toVerifyingKey(key)), TypeError);
});

test('what is published verifies what is signed', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const key = importSigningKey({ ...vectorOf(algorithm).jwk, kid: 'k' });
    const verifying = importVerifyingKey(JSON.parse(JSON.stringify(publicJwk(key))));
    const token = createSigner({ key, typ: 'at+jwt', withKid: true }).sign({ sub: 'user:1' });
    assert.deepEqual(verifyJws(token, [verifying], { typ: 'at+jwt' }).payload, { sub: 'user:1' });
  }
});

test('a JWK that does not name its algorithm verifies nothing, since a token must not choose it (security D 43)', () => {
  for (const algorithm of signingAlgorithms) {
    const { alg: _, ...jwk } = vectorOf(algorithm).jwk;
    for (const alg of [undefined, null, '', 'none', 'HS512', 'ES512', 'PS256', [algorithm]]) {
      assert.throws(() => importVerifyingKey({ ...jwk, alg, kid: 'k' }), TypeError);
      assert.throws(() => importSigningKey({ ...jwk, alg, kid: 'k' }), TypeError);
    }
  }
});

test('a JWK whose algorithm is changed is refused, for every pair of algorithms (security D 43)', () => {
  for (const owner of signingAlgorithms) {
    for (const alg of signingAlgorithms.filter((other) => other !== owner)) {
      const jwk = { ...vectorOf(owner).jwk, alg, kid: 'k' };
      assert.throws(() => importSigningKey(jwk), TypeError, `${owner} as ${alg}`);
      assert.throws(() => importVerifyingKey(jwk), TypeError, `${owner} as ${alg}`);
    }
  }
});

test('what is no JWK is refused with a TypeError that shows nothing of it', () => {
  const secret = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T';
  const broken: unknown[] = [
    undefined,
    null,
    7,
    secret,
    [],
    {},
    { kty: 'oct', k: secret, alg: 'HS256' },
    { kty: 'oct', k: secret, alg: 'HS256', kid: '' },
    { kty: 'oct', k: `${secret}=`, alg: 'HS256', kid: 'k' },
    { kty: 'oct', k: secret.slice(0, 40), alg: 'HS256', kid: 'k' },
    { kty: 'oct', k: [secret], alg: 'HS256', kid: 'k' },
    { kty: 'RSA', k: secret, alg: 'HS256', kid: 'k' },
    { kty: 'oct', k: secret, alg: 'RS256', kid: 'k' },
    { kty: 'EC', crv: 'P-256', x: secret, y: secret, d: secret, alg: 'ES256', kid: 'k' },
    { kty: 'OKP', crv: 'Ed25519', d: secret.slice(0, 9), x: secret, alg: 'EdDSA', kid: 'k' },
    { kty: 'RSA', n: secret, e: 'AQAB', d: secret, alg: 'RS256', kid: 'k' },
  ];
  for (const jwk of broken) {
    for (const read of [importSigningKey, importVerifyingKey]) {
      assert.throws(
        () => read(jwk),
        (error) => error instanceof TypeError && !`${error.message} ${error.cause}`.includes(secret.slice(0, 9)),
      );
    }
  }
});
