import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyVectors } from '../test/sign-token.ts';
import { importVerifyingKey } from './jwk.ts';
import { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts';

/** The RFCs' key of an algorithm as it is given to verifiers. */
function jwkOf(algorithm: SigningAlgorithm): Record<string, unknown> {
  const { d, p, q, dp, dq, qi, ...jwk } = keyVectors.find(({ jwk: { alg } }) => alg === algorithm)!.jwk;
  return { ...jwk, kid: 'k' };
}

test('a JWK that does not name its algorithm verifies nothing, since a token must not choose it (security D 43)', () => {
  for (const algorithm of signingAlgorithms) {
    const { alg: _, ...jwk } = jwkOf(algorithm);
    for (const alg of [undefined, null, '', 'none', 'HS512', 'ES512', 'PS256', [algorithm]]) {
      assert.throws(() => importVerifyingKey({ ...jwk, alg, kid: 'k' }), TypeError);
    }
  }
});

test('a JWK whose algorithm is changed is refused, for every pair of algorithms (security D 43)', () => {
  for (const owner of signingAlgorithms) {
    for (const alg of signingAlgorithms.filter((other) => other !== owner)) {
      const jwk = { ...jwkOf(owner), alg, kid: 'k' };
      assert.throws(() => importVerifyingKey(jwk), TypeError, `${owner} as ${alg}`);
    }
  }
});

test('a JWK that is meant for anything but signatures is refused', () => {
  const jwk = jwkOf('ES256');
  assert.ok(importVerifyingKey({ ...jwk, kid: 'k', key_ops: ['sign', 'verify'] }));
  for (const meant of [
    { use: 'enc' },
    { use: null },
    { key_ops: ['encrypt'] },
    { key_ops: 'verify' },
    { key_ops: [] },
  ]) {
    assert.throws(() => importVerifyingKey({ ...jwk, kid: 'k', ...meant }), TypeError);
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
    assert.throws(
      () => importVerifyingKey(jwk),
      (error) => error instanceof TypeError && !`${error.message} ${error.cause}`.includes(secret.slice(0, 9)),
    );
  }
});
