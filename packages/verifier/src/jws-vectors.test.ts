import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectorFile } from '../test/sign-token.ts';
import { importVerifyingKey } from './jwk.ts';
import { verifyJws, verifySignature } from './jws.ts';
import { VerifyError } from './verify-error.ts';

interface Vector {
  readonly id: string | number;
  readonly comment: string;
  readonly jws: string;
  readonly result: 'valid' | 'invalid';
}

interface VectorFile {
  readonly groups: readonly { readonly key: object; readonly tests: readonly Vector[] }[];
}

const readVectors = (file: string): VectorFile => readVectorFile(file);

/** Whether a token verifies under a JWK; a JWK that is not for verifying verifies nothing. */
function verifies(jws: string, jwk: object): boolean {
  try {
    const { header, payload, key } = verifySignature(jws, [importVerifyingKey(jwk)]);
    const [, encodedPayload] = jws.split('.');
    return header.alg === key.algorithm && Buffer.from(payload).toString('base64url') === encodedPayload;
  } catch (error) {
    // A TypeError is `importVerifyingKey` speaking.
    if (error instanceof VerifyError || error instanceof TypeError) return false;
    throw error;
  }
}

const rfcs = [
  { rfc: 'RFC 7515', file: 'rfc7515.json', valid: 3, invalid: 3 },
  { rfc: 'RFC 7520', file: 'rfc7520.json', valid: 2, invalid: 3 },
  { rfc: 'RFC 8037', file: 'rfc8037.json', valid: 1, invalid: 0 },
];

for (const { rfc, file, ...expected } of rfcs) {
  test(`of the examples of ${rfc}, those that we allow verify and all others are refused (security D 51)`, () => {
    const counted = { valid: 0, invalid: 0 };
    for (const { key, tests } of readVectors(file).groups) {
      for (const { id, comment, jws, result } of tests) {
        assert.equal(verifies(jws, key), result === 'valid', `${id} ${comment}`);
        counted[result] += 1;
      }
    }
    assert.deepEqual(counted, expected);
  });
}

/** Published as invalid, but the very token of test 357, which is published as valid. */
const invalidTwinsOfValid = [367, 370];
/** Published as valid, but with a `?` in their Base64url, which RFC 7515 §2 has no place for. */
const validWithForeignCharacter = [372, 373];

test('each invalid Wycheproof token is refused, and each valid one of ours verifies (security D 51)', () => {
  const { groups } = readVectors('wycheproof-jws.json');
  const counted = { valid: 0, invalid: 0 };
  for (const { key, tests } of groups) {
    for (const { id, comment, jws, result } of tests) {
      if (invalidTwinsOfValid.includes(Number(id))) {
        assert.equal(jws, tests.find((other) => other.id === 357)?.jws);
        continue;
      }
      const expected = result === 'valid' && !validWithForeignCharacter.includes(Number(id));
      assert.equal(verifies(jws, key), expected, `${id} ${comment}`);
      counted[expected ? 'valid' : 'invalid'] += 1;
    }
  }
  assert.deepEqual(counted, { valid: 10, invalid: 93 });
});

test('every invalid vector is refused with a VerifyError under all the valid keys together, too', () => {
  const groups = ['rfc7515.json', 'rfc7520.json', 'rfc8037.json', 'wycheproof-jws.json'].flatMap(
    (file) => readVectors(file).groups,
  );
  const isUsable = (jwk: object): boolean =>
    !('use' in jwk && jwk.use === 'enc') && !JSON.stringify(jwk).includes('encrypt');
  const usable = groups.filter(({ key }) => isUsable(key));
  const keys = usable.map(({ key }) => importVerifyingKey(key));
  for (const { id, comment, jws, result } of usable.flatMap(({ tests }) => tests)) {
    if (result === 'valid' || invalidTwinsOfValid.includes(Number(id))) continue;
    assert.throws(() => verifySignature(jws, keys), VerifyError, `${id} ${comment}`);
  }
});

test('the RFC 7515 A.1 token is read to its claims', () => {
  const group = readVectors('rfc7515.json').groups[0]!;
  const { payload } = verifyJws(group.tests[0]!.jws, [importVerifyingKey(group.key)], { typ: 'JWT' });
  assert.deepEqual(payload, { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true });
});
