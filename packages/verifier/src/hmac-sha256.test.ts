import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { HmacSha256 } from './hmac-sha256.ts';

/** RFC 4231 §4.2–4.7, those whose data is text: key, data and the HMAC with SHA-256, in hexadecimal but for the data. */
const vectors: readonly (readonly [string, string, string])[] = [
  ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe').toString('hex'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'aa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    'aa'.repeat(131),
    'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
];

test('the HMACs of RFC 4231 come out', () => {
  for (const [key, data, expected] of vectors) {
    const computed = new HmacSha256(Buffer.from(key, 'hex')).compute(data);
    assert.equal(Buffer.from(computed, 'base64url').toString('hex'), expected);
  }
});

test('the HMAC of any text under any key is the one of node:crypto, whatever was computed before', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 400 }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), fc.array(text, { minLength: 1, maxLength: 4 }), (key, texts) => {
      const hmac = new HmacSha256(key);
      for (const each of texts) {
        assert.equal(hmac.compute(each), createHmac('sha256', key).update(each).digest('base64url'));
      }
    }),
    { seed: 21, numRuns: 300 },
  );
});

test('a text as long as any, and one longer than any token, is hashed whole', () => {
  const hmac = new HmacSha256(Buffer.alloc(32, 1));
  for (const each of ['x'.repeat(8192), '€'.repeat(8192), 'x'.repeat(8193), '€'.repeat(100_000)]) {
    const expected = createHmac('sha256', Buffer.alloc(32, 1)).update(each).digest('base64url');
    assert.equal(hmac.compute(each), expected);
  }
});

test('keys do not get into each other’s way', () => {
  const [one, other] = [new HmacSha256(Buffer.alloc(32, 1)), new HmacSha256(Buffer.alloc(32, 2))];
  const before = one.compute('text');
  assert.notEqual(other.compute('text'), before);
  assert.equal(one.compute('text'), before);
});
