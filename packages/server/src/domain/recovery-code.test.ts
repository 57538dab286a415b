import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createRecoveryCodes, hashRecoveryCode } from './recovery-code.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };

test('a set has ten different codes of 16 letters from an alphabet of 32: 80 bits each', () => {
  const codes = createRecoveryCodes(random);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
});

test('every letter is as likely as every other', () => {
  const everyByte = {
    bytes: (count: number) => Uint8Array.from({ length: count }, (_, index) => (next + index) & 255),
  };
  const counts = new Map<string, number>();
  let next = 0;
  for (; next < 256; next += 16) {
    const [code = ''] = createRecoveryCodes(everyByte);
    for (const letter of code.replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  assert.deepEqual([...new Set(counts.values())], [8]);
  assert.equal(counts.size, 32);
});

test('a code is read however it is typed: capitals, spaces, no dashes, O for 0 and I or L for 1', () => {
  const hash = hashRecoveryCode('0123-4567-89ab-cdef');
  for (const typed of ['0123456789ABCDEF', ' O123 4567 89ab cdef ', 'oI23-4567-89AB-CDEF', '0l23-4567-89ab-cdef']) {
    assert.deepEqual(hashRecoveryCode(typed), hash, typed);
  }
  assert.notDeepEqual(hashRecoveryCode('0123-4567-89ab-cdeg'), hash);
});

test('what is no recovery code has no hash', () => {
  for (const text of [
    '',
    '123456',
    '0123-4567-89ab-cde',
    '0123-4567-89ab-cdef-0',
    '0123-4567-89ab-cdeu',
    '🙂'.repeat(16),
  ]) {
    assert.equal(hashRecoveryCode(text), undefined, text);
  }
});
