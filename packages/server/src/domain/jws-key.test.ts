import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type SigningAlgorithm, signingAlgorithms } from '@keywright/contract';
import { signingKey, toVerifyingKey, verifyingKey } from './jws-key.ts';

const { keys }: { keys: { jwk: { alg: SigningAlgorithm; k?: string } }[] } = JSON.parse(
  readFileSync(new URL('../../test-vectors/keys.json', import.meta.url), 'utf8'),
);

/** The RFCs' key of an algorithm: the secret twice for HS256. */
function keyPair(algorithm: SigningAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  const jwk = keys.find(({ jwk: { alg } }) => alg === algorithm)!.jwk;
  if (jwk.k !== undefined) {
    const secret = createSecretKey(jwk.k, 'base64url');
    return { privateKey: secret, publicKey: secret };
  }
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

test('a key of the algorithm’s kind is accepted, and verifies what its private half signs', () => {
  for (const algorithm of signingAlgorithms) {
    const { privateKey, publicKey } = keyPair(algorithm);
    const signing = signingKey({ kid: 'k', algorithm, key: privateKey });
    assert.deepEqual({ ...signing }, { kid: 'k', algorithm, key: privateKey });
    const verifying = toVerifyingKey(signing);
    assert.equal(verifying.kid, 'k');
    assert.equal(verifying.algorithm, algorithm);
    assert.ok(verifying.key.equals(publicKey));
  }
});

test('a key is never accepted for another algorithm than its own (security D 43)', () => {
  for (const owner of signingAlgorithms) {
    const { privateKey, publicKey } = keyPair(owner);
    for (const algorithm of signingAlgorithms.filter((other) => other !== owner)) {
      assert.throws(() => signingKey({ kid: 'k', algorithm, key: privateKey }), TypeError, `${owner} as ${algorithm}`);
      assert.throws(() => verifyingKey({ kid: 'k', algorithm, key: publicKey }), TypeError, `${owner} as ${algorithm}`);
    }
  }
});

test('a private key never verifies, and a public key never signs', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const { privateKey, publicKey } = keyPair(algorithm);
    assert.throws(() => verifyingKey({ kid: 'k', algorithm, key: privateKey }), TypeError);
    assert.throws(() => signingKey({ kid: 'k', algorithm, key: publicKey }), TypeError);
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
    assert.throws(() => signingKey({ kid: 'k', algorithm, key }), TypeError, what);
    const half = key.type === 'secret' ? key : createPublicKey(key);
    assert.throws(() => verifyingKey({ kid: 'k', algorithm, key: half }), TypeError, what);
  }
});

test('an HS256 secret of exactly 32 bytes is accepted', () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  assert.equal(verifyingKey({ kid: 'k', algorithm: 'HS256', key }).key, key);
});

test('text and bytes are no keys, whatever they spell (security D 43)', () => {
  const { publicKey } = keyPair('RS256');
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
