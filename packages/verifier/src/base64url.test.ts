import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64url } from './base64url.ts';

test('the RFC 4648 vectors decode, without their padding', () => {
  const vectors = [
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ] as const;
  for (const [text, encoded] of vectors) {
    assert.equal(decodeBase64url(encoded)?.toString(), text);
  }
});

test('the RFC 7515 Appendix C bytes use the URL-safe alphabet', () => {
  const bytes = Uint8Array.of(3, 236, 255, 224, 193);
  assert.deepEqual(decodeBase64url('A-z_4ME'), Buffer.from(bytes));
});

test('any bytes come back from their encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.deepEqual(decodeBase64url(Buffer.from(bytes).toString('base64url')), Buffer.from(bytes));
    }),
    { seed: 1 },
  );
});

test('every spelling but the canonical one is refused (security D 53)', () => {
  const spellings = {
    'with padding': 'Zg==',
    'with part of the padding': 'Zg=',
    'with a line break': 'Zm9v\n',
    'with a line break inside': 'Zm\n9v',
    'with a space in front': ' Zm9v',
    'with a tab': 'Zm9v\t',
    'with the plus of Base64': 'A+z_4ME',
    'with the slash of Base64': 'A-z/4ME',
    'with a foreign character': 'Zm9v!',
    'with a NUL': 'Zm9v\0',
    'with a letter of another script that ends in the same byte': 'Zm9\u0176',
    'with bits left over in two characters': 'Zh',
    'with bits left over in three characters': 'Zm9',
    'with a length that no bytes have': 'Zm9vY',
    'of a single character': 'Z',
  };
  for (const [how, text] of Object.entries(spellings)) assert.equal(decodeBase64url(text), undefined, how);
});

test('of all the last characters only one in each group stands for the bytes (security D 53)', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const decodable = (start: string): number => [...alphabet].filter((last) => decodeBase64url(start + last)).length;
  assert.equal(decodable('A'), 4);
  assert.equal(decodable('AA'), 16);
  assert.equal(decodable('AAA'), 64);
});
