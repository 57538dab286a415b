import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { jwkOf, readVectorFile, testKeys } from '../test/sign-token.ts';
import { KeySetError, readJwks } from './jwks.ts';

const read = (jwks: unknown) => readJwks(Buffer.from(JSON.stringify(jwks)));
const kidsOf = (jwks: unknown): string[] => read(jwks).map(({ kid }) => kid);

const publicJwks = (['EdDSA', 'ES256', 'RS256'] as const).map((algorithm) => jwkOf(testKeys[algorithm]));
const [ed25519, p256, rsa] = publicJwks;

interface SetVector {
  readonly id: string;
  readonly jwks: object;
  readonly result: 'valid' | 'invalid';
  readonly kids?: readonly string[];
}

test('of the key sets of RFC 7517 the public one is read, the private and the symmetric one are refused (security D 51)', () => {
  const { sets } = readVectorFile<{ sets: SetVector[] }>('rfc7517.json');
  assert.equal(sets.length, 3);
  for (const { id, jwks, result, kids } of sets) {
    if (result === 'valid') assert.deepEqual(kidsOf(jwks), kids, id);
    else assert.throws(() => read(jwks), KeySetError, id);
  }
});

test('a set of public keys is read, each bound to its own algorithm', () => {
  const keys = read({ keys: publicJwks });
  assert.deepEqual(
    keys.map(({ kid, algorithm }) => [kid, algorithm]),
    [
      ['kid-EdDSA', 'EdDSA'],
      ['kid-ES256', 'ES256'],
      ['kid-RS256', 'RS256'],
    ],
  );
  assert.deepEqual(read({ keys: [], anything: 'else' }), []);
});

test('a private key anywhere in a set refuses it whole', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const whole = {
      ...jwkOf(testKeys[algorithm]),
      ...testKeys[algorithm].privateKey.export({ format: 'jwk' }),
      kid: 'k',
    };
    assert.throws(() => read({ keys: [...publicJwks, whole] }), KeySetError);
    assert.throws(() => read({ keys: [{ ...whole, use: 'enc' }] }), KeySetError);
    assert.throws(() => read({ keys: [{ ...whole, alg: 'unknown' }] }), KeySetError);
  }
  for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
    assert.throws(() => read({ keys: [{ ...rsa, [member]: null }] }), KeySetError, member);
  }
});

test('a secret anywhere in a set refuses it whole', () => {
  assert.throws(() => read({ keys: [...publicJwks, jwkOf(testKeys.HS256)] }), KeySetError);
  assert.throws(() => read({ keys: [{ kty: 'oct' }] }), KeySetError);
});

test('two keys of one kid refuse a set, since a token could choose between them', () => {
  assert.throws(() => read({ keys: [p256, { ...ed25519, kid: 'kid-ES256' }] }), KeySetError);
});

test('keys without alg or kid, for other purposes or algorithms, or that are none, are passed over', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const others = [
    { ...p256, kid: 'a', alg: undefined },
    { ...p256, kid: undefined },
    { ...p256, kid: '' },
    { ...p256, kid: 'b', use: 'enc' },
    { ...p256, kid: 'c', key_ops: ['encrypt'] },
    { ...p256, kid: 'd', alg: 'none' },
    { ...p256, kid: 'e', alg: 'HS256' },
    { ...p256, kid: 'f', alg: 'RS256' },
    { ...p256, kid: 'g', x: 'AAAA' },
    { ...p384, kid: 'h', alg: 'ES384' },
    { ...p384, kid: 'i', alg: 'ES256' },
    { ...weak, kid: 'j', alg: 'RS256' },
    { ...rsa, kid: 'k', alg: 'PS256' },
    { kty: 'unheard of', kid: 'l', alg: 'ES256' },
    {},
  ];
  assert.deepEqual(kidsOf({ keys: [...others, p256] }), ['kid-ES256']);
});

test('what is no key set is refused', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{"keys":{}}',
    '{"keys":[null]}',
    '{"keys":["k"]}',
    '{"keys":[[]]}',
    '<html>',
  ]) {
    assert.throws(() => readJwks(Buffer.from(text)), KeySetError, text);
  }
  const duplicate = JSON.stringify({ keys: [p256] }).replace('{"kty"', '{"kty":"RSA","kty"');
  assert.throws(() => readJwks(Buffer.from(duplicate)), KeySetError);
  assert.throws(() => readJwks(Buffer.from('{"keys":[],"keys":[]}')), KeySetError);
  assert.throws(
    () => read({ keys: Array.from({ length: 101 }, (_, at) => ({ ...p256, kid: `k${at}` })) }),
    KeySetError,
  );
});
