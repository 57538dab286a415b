import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  applicationTokenPrefix,
  createApplicationTokenSecret,
  hashApplicationTokenSecret,
  isWellFormedApplicationToken,
} from './application-token-secret.ts';

fc.configureGlobal({ seed: 1 });

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

function createFrom(bytes: Uint8Array): string {
  return createApplicationTokenSecret({
    bytes(count) {
      assert.equal(count, bytes.length);
      return bytes;
    },
  });
}

const secret = createFrom(new Uint8Array(32).map((_, index) => index * 7 + 1));

/** The bytes that 43 base62 digits stand for. */
function decode(text: string): string {
  const value = [...text].reduce((sum, digit) => sum * 62n + BigInt(alphabet.indexOf(digit)), 0n);
  return value.toString(16).padStart(64, '0');
}

describe('createApplicationTokenSecret', () => {
  it('a secret holds all of its 256 random bits, and no two draws look alike', () => {
    fc.assert(
      fc.property(randomBytes, (bytes) => {
        assert.equal(decode(createFrom(bytes).slice(4, 47)), Buffer.from(bytes).toString('hex'));
      }),
    );
  });

  it('a secret has one form: kwt_, 43 and 6 base62 characters', () => {
    fc.assert(
      fc.property(randomBytes, (bytes) => assert.match(createFrom(bytes), /^kwt_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/)),
    );
    assert.match(createFrom(new Uint8Array(32)), /^kwt_0{43}[0-9A-Za-z]{6}$/);
    assert.equal(createFrom(new Uint8Array(32).fill(255)).length, 53);
  });

  it('the checksum is CRC-32 over what stands before, so that scanners can check it', () => {
    // The CRC-32 of "kwt_" and 43 zeros, computed by another implementation.
    const crc = 0x56ee5e8d;
    const expected = [5, 4, 3, 2, 1, 0].map((power) => alphabet[Math.floor(crc / 62 ** power) % 62]).join('');
    assert.equal(createFrom(new Uint8Array(32)), `kwt_${'0'.repeat(43)}${expected}`);
  });
});

describe('isWellFormedApplicationToken', () => {
  it('every secret made here is well-formed', () => {
    fc.assert(fc.property(randomBytes, (bytes) => assert.ok(isWellFormedApplicationToken(createFrom(bytes)))));
  });

  it('a secret with any one character mistyped is refused', () => {
    for (let index = 0; index < secret.length; index++) {
      for (const character of [...alphabet, '_', '-', ' ']) {
        if (character === secret[index]) continue;
        const mistyped = secret.slice(0, index) + character + secret.slice(index + 1);
        assert.equal(isWellFormedApplicationToken(mistyped), false, `${character} at ${index}`);
      }
    }
  });

  it('a secret with two neighbours swapped is refused', () => {
    for (let index = 4; index < secret.length - 1; index++) {
      const swapped = `${secret.slice(0, index)}${secret[index + 1]}${secret[index]}${secret.slice(index + 2)}`;
      if (swapped !== secret) assert.equal(isWellFormedApplicationToken(swapped), false, `at ${index}`);
    }
  });

  it('a truncated, lengthened or padded secret is refused', () => {
    for (let length = 0; length < secret.length; length++) {
      assert.equal(isWellFormedApplicationToken(secret.slice(0, length)), false);
    }
    for (const text of [`${secret}0`, `${secret}\n`, ` ${secret}`, secret.toLowerCase(), secret + secret]) {
      assert.equal(isWellFormedApplicationToken(text), false);
    }
  });

  it('no arbitrary text is well-formed', () => {
    const base62 = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 49, maxLength: 49 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          base62.map((text) => `kwt_${text}`),
        ),
        (text) => !isWellFormedApplicationToken(text),
      ),
    );
  });
});

describe('hashApplicationTokenSecret and applicationTokenPrefix', () => {
  it('what is stored is the SHA-256 of the whole secret', () => {
    assert.deepEqual(hashApplicationTokenSecret(secret), createHash('sha256').update(secret, 'utf8').digest());
  });

  it('the prefix tells 12 characters and no more', () => {
    assert.equal(applicationTokenPrefix(secret), secret.slice(0, 12));
    assert.equal(applicationTokenPrefix(secret).length, 12);
  });
});
