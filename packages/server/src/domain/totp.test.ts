import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTotpSecret, findTotpStep, isTotpCode, totpUri } from './totp.ts';

/** The SHA-1 secret of RFC 6238, appendix B: the ASCII of 12345678901234567890. */
const rfcSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** Its codes of eight digits; ours are the last six of them, since both are remainders of one number. */
const rfcVectors: readonly (readonly [seconds: number, code: string])[] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];

test('the codes of RFC 6238, appendix B, match in their step (security C 29)', () => {
  for (const [seconds, code] of rfcVectors) {
    const step = Math.floor(seconds / 30);
    assert.equal(findTotpStep(rfcSecret, code.slice(2), seconds * 1000, null), step, code);
  }
});

test('codes of the steps -3, -2, +2 and +3 are refused; of -1, 0 and +1 accepted (security C 31)', () => {
  for (const [seconds, code] of rfcVectors) {
    const accepted = [-3, -2, -1, 0, 1, 2, 3].filter((steps) => {
      const now = (Math.floor(seconds / 30) * 30 - steps * 30) * 1000;
      return now >= 0 && findTotpStep(rfcSecret, code.slice(2), now, null) !== undefined;
    });
    assert.deepEqual(accepted, [-1, 0, 1], code);
  }
});

test('the first and the last millisecond of a step count as that step', () => {
  const [, code] = rfcVectors[1] ?? [0, ''];
  const step = Math.floor(1_111_111_109 / 30);
  for (const now of [step * 30_000, step * 30_000 + 29_999]) {
    assert.equal(findTotpStep(rfcSecret, code.slice(2), now, null), step);
  }
});

test('a step up to the last accepted one is refused (security C 30)', () => {
  const [seconds, code] = rfcVectors[3] ?? [0, ''];
  const step = Math.floor(seconds / 30);
  const find = (lastStep: number) => findTotpStep(rfcSecret, code.slice(2), seconds * 1000, lastStep);
  assert.deepEqual(
    [find(step - 1), find(step), find(step + 1), find(step + 100)],
    [step, undefined, undefined, undefined],
  );
});

test('a secret has 160 bits, all of them random, in Base32 without padding (security C 36)', () => {
  const asked: number[] = [];
  const random = {
    bytes(count: number) {
      asked.push(count);
      return new Uint8Array(Buffer.from('12345678901234567890'));
    },
  };
  assert.equal(createTotpSecret(random), rfcSecret);
  assert.deepEqual(asked, [20]);
});

test('the URI for the QR code names issuer and username, and holds the secret', () => {
  const uri = new URL(totpUri(rfcSecret, 'jane+x@example.com'));
  assert.equal(`${uri.protocol}//${uri.host}`, 'otpauth://totp');
  assert.equal(decodeURIComponent(uri.pathname), '/Keywright:jane+x@example.com');
  assert.deepEqual([uri.searchParams.get('secret'), uri.searchParams.get('issuer')], [rfcSecret, 'Keywright']);
  // What is absent is what every app takes for granted: SHA-1, six digits, thirty seconds.
  assert.deepEqual([uri.searchParams.get('digits') ?? '6', uri.searchParams.get('period') ?? '30'], ['6', '30']);
});

test('only six ASCII digits are a code', () => {
  for (const text of ['', '12345', '1234567', '12345a', ' 123456', '١٢٣٤٥٦', '-12345', '1e5555']) {
    assert.equal(isTotpCode(text), false, text);
    assert.equal(findTotpStep(rfcSecret, text, 59_000, null), undefined, text);
  }
});
