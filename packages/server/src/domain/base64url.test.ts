import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64url } from '@keywright/verifier';
import fc from 'fast-check';
import { encodeBase64url } from './base64url.ts';

test('the RFC 4648 vectors are encoded without their padding, in the URL-safe alphabet', () => {
  const texts = ['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'];
  assert.deepEqual(texts.map(encodeBase64url), ['Zg', 'Zm8', 'Zm9v', 'Zm9vYg', 'Zm9vYmE', 'Zm9vYmFy']);
  assert.equal(encodeBase64url(Uint8Array.of(3, 236, 255, 224, 193)), 'A-z_4ME');
});

test('a view into a larger buffer is encoded alone', () => {
  assert.equal(encodeBase64url(Uint8Array.of(1, 2, 3, 4).subarray(1, 3)), 'AgM');
});

test('any bytes come back from their encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.deepEqual(decodeBase64url(encodeBase64url(bytes)), Buffer.from(bytes));
    }),
    { seed: 1 },
  );
});
