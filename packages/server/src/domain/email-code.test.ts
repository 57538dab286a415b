import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEmailCode } from './email-code.ts';

function drawing(...numbers: readonly number[]) {
  const waiting = [...numbers];
  return {
    bytes(count: number) {
      assert.equal(count, 4);
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(waiting.shift() ?? 0);
      return new Uint8Array(bytes);
    },
  };
}

test('a code has six digits, zeros in front included', () => {
  assert.equal(createEmailCode(drawing(0)), '000000');
  assert.equal(createEmailCode(drawing(42)), '000042');
  assert.equal(createEmailCode(drawing(1_000_001)), '000001');
});

test('a number beyond the last whole multiple of a million is drawn anew, so that no code is likelier than another', () => {
  assert.equal(createEmailCode(drawing(4_293_999_999)), '999999');
  assert.equal(createEmailCode(drawing(4_294_000_000, 4_294_967_295, 7)), '000007');
});
