import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { testKeys } from '../test/sign-token.ts';
import { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts';
import { verifyingKey } from './verifying-key.ts';

const keyOf = (algorithm: SigningAlgorithm): KeyObject => testKeys[algorithm].verifying.key;

test('a key of the algorithm’s kind is accepted', () => {
  for (const algorithm of signingAlgorithms) {
    const key = keyOf(algorithm);
    assert.deepEqual({ ...verifyingKey({ kid: 'k', algorithm, key }) }, { kid: 'k', algorithm, key });
  }
});

test('a key is never accepted for another algorithm than its own (security D 43)', () => {
  for (const owner of signingAlgorithms) {
    for (const algorithm of signingAlgorithms.filter((other) => other !== owner)) {
      assert.throws(
        () => verifyingKey({ kid: 'k', algorithm, key: keyOf(owner) }),
        TypeError,
        `${owner} as ${algorithm}`,
      );
    }
  }
});

test('a private key never verifies', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    assert.throws(() => verifyingKey({ kid: 'k', algorithm, key: testKeys[algorithm].privateKey }), TypeError);
  }
});

test('keys that are too weak or on another curve are refused', () => {
  const weak: [string, SigningAlgorithm, KeyObject][] = [
    ['31 bytes', 'HS256', createSecretKey(Buffer.alloc(31, 1))],
    ['no bytes', 'HS256', createSecretKey(Buffer.alloc(0))],
    ['P-384', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['secp256k1', 'ES256', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey],
    ['Ed448', 'EdDSA', generateKeyPairSync('ed448').privateKey],
    ['X25519', 'EdDSA', generateKeyPairSync('x25519').privateKey],
    ['1024 bits', 'RS256', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
    ['exponent 3', 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey],
    ['RSA-PSS only', 'RS256', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
  ];
  for (const [what, algorithm, key] of weak) {
    const half = key.type === 'secret' ? key : createPublicKey(key);
    assert.throws(() => verifyingKey({ kid: 'k', algorithm, key: half }), TypeError, what);
  }
});

test('an HS256 secret of exactly 32 bytes is accepted', () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  assert.equal(verifyingKey({ kid: 'k', algorithm: 'HS256', key }).key, key);
});

test('text and bytes are no keys, whatever they spell (security D 43)', () => {
  const publicKey = keyOf('RS256');
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  for (const algorithm of signingAlgorithms) {
    const lookalike = { type: 'secret', symmetricKeySize: 64, asymmetricKeyType: 'ed25519', export: () => pem };
    for (const key of [pem, Buffer.from(pem), publicKey.export({ format: 'jwk' }), lookalike, undefined, null]) {
      assert.throws(() => verifyingKey({ kid: 'k', algorithm, key: key as unknown as KeyObject }), TypeError);
    }
  }
});

test('an algorithm that is not ours, or no kid, is refused', () => {
  const key = createSecretKey(Buffer.alloc(64, 1));
  for (const algorithm of ['none', 'HS512', 'hs256', '__proto__', 'constructor', '']) {
    assert.throws(
      () => verifyingKey({ kid: 'k', algorithm: algorithm as SigningAlgorithm, key }),
      TypeError,
      algorithm,
    );
  }
  assert.throws(() => verifyingKey({ kid: '', algorithm: 'HS256', key }), TypeError);
  assert.throws(() => verifyingKey({ kid: 7 as unknown as string, algorithm: 'HS256', key }), TypeError);
});

test('nothing of a key can be exchanged once it has been checked', () => {
  const key = verifyingKey({ kid: 'k', algorithm: 'HS256', key: createSecretKey(Buffer.alloc(32, 1)) });
  assert.throws(() => Object.assign(key, { algorithm: 'RS256' }), TypeError);
  assert.equal(key.algorithm, 'HS256');
});
