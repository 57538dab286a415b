import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type SigningAlgorithm, signingAlgorithms } from '@keywright/contract';
import * as verifier from '@keywright/verifier';
import { importSigningKey } from './jwk.ts';
import { signingKey, toVerifyingKey } from './jws-key.ts';

const { keys }: { keys: { jwk: { alg: SigningAlgorithm } }[] } = JSON.parse(
  readFileSync(new URL('../../../verifier/test-vectors/keys.json', import.meta.url), 'utf8'),
);

/** The RFCs' key of an algorithm. */
function keyOf(algorithm: SigningAlgorithm): KeyObject {
  const jwk = keys.find(({ jwk: { alg } }) => alg === algorithm)?.jwk;
  return importSigningKey({ ...jwk, kid: 'k' }).key;
}

test('the verifier accepts the algorithms that the contract signs with, and no other', () => {
  assert.deepEqual(verifier.signingAlgorithms, signingAlgorithms);
});

test('a key of the algorithm’s kind is accepted, and verifies what its private half signs', () => {
  for (const algorithm of signingAlgorithms) {
    const key = keyOf(algorithm);
    const signing = signingKey({ kid: 'k', algorithm, key });
    assert.deepEqual({ ...signing }, { kid: 'k', algorithm, key });
    const verifying = toVerifyingKey(signing);
    assert.equal(verifying.kid, 'k');
    assert.equal(verifying.algorithm, algorithm);
    assert.ok(verifying.key.equals(algorithm === 'HS256' ? key : createPublicKey(key)));
  }
});

test('a key never signs for another algorithm than its own (security D 43)', () => {
  for (const owner of signingAlgorithms) {
    for (const algorithm of signingAlgorithms.filter((other) => other !== owner)) {
      assert.throws(
        () => signingKey({ kid: 'k', algorithm, key: keyOf(owner) }),
        TypeError,
        `${owner} as ${algorithm}`,
      );
    }
  }
});

test('a public key never signs', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    assert.throws(() => signingKey({ kid: 'k', algorithm, key: createPublicKey(keyOf(algorithm)) }), TypeError);
  }
});

test('keys that are too weak or on another curve do not sign', () => {
  const weak: [string, SigningAlgorithm, KeyObject][] = [
    ['31 bytes', 'HS256', createSecretKey(Buffer.alloc(31, 1))],
    ['P-384', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['Ed448', 'EdDSA', generateKeyPairSync('ed448').privateKey],
    ['1024 bits', 'RS256', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
    ['RSA-PSS only', 'RS256', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
  ];
  for (const [what, algorithm, key] of weak) {
    assert.throws(() => signingKey({ kid: 'k', algorithm, key }), TypeError, what);
  }
});

test('text and bytes are no keys to sign with, whatever they spell (security D 43)', () => {
  const pem = keyOf('RS256').export({ format: 'pem', type: 'pkcs8' });
  for (const algorithm of signingAlgorithms) {
    const lookalike = { type: 'private', asymmetricKeyType: 'ed25519', export: () => pem };
    for (const key of [pem, Buffer.from(pem), keyOf('RS256').export({ format: 'jwk' }), lookalike, undefined, null]) {
      assert.throws(() => signingKey({ kid: 'k', algorithm, key: key as unknown as KeyObject }), TypeError);
    }
  }
});

test('an algorithm that is not ours, or no kid, is refused', () => {
  const key = createSecretKey(Buffer.alloc(64, 1));
  for (const algorithm of ['none', 'HS512', 'hs256', '__proto__', 'constructor', '']) {
    for (const ofKind of [key, keyOf('RS256')]) {
      assert.throws(
        () => signingKey({ kid: 'k', algorithm: algorithm as SigningAlgorithm, key: ofKind }),
        TypeError,
        algorithm,
      );
    }
  }
  assert.throws(() => signingKey({ kid: '', algorithm: 'HS256', key }), TypeError);
});

test('nothing of a key can be exchanged once it has been checked', () => {
  const key = signingKey({ kid: 'k', algorithm: 'HS256', key: createSecretKey(Buffer.alloc(32, 1)) });
  assert.throws(() => Object.assign(key, { algorithm: 'RS256' }), TypeError);
  assert.equal(key.algorithm, 'HS256');
});
