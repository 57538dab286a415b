import { createHash } from 'node:crypto';
import type { Random } from './ports.ts';

const codeCount = 10;
const groups = 4;
const groupLength = 4;
/** Crockford's Base32 in lower case: no letter in it is taken for a digit. Five bits a letter, 80 a code. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes a set of recovery codes, such as `7f3k-m0qa-xw29-hd5t`. */
export function createRecoveryCodes(random: Random): string[] {
  return Array.from({ length: codeCount }, () => createRecoveryCode(random));
}

function createRecoveryCode(random: Random): string {
  // The alphabet has as many letters as five bits have values, so none is likelier than another.
  const letters = [...random.bytes(groups * groupLength)].map((byte) => alphabet.charAt(byte & 31)).join('');
  return letters.replace(/(.{4})(?!$)/g, '$1-');
}

/**
 * What is kept of a code. It has too many bits to be guessed from its SHA-256.
 *
 * @returns undefined where the text is no such code
 */
export function hashRecoveryCode(text: string): Uint8Array | undefined {
  const letters = text.toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1').replaceAll(/[\s-]/g, '');
  if (letters.length !== groups * groupLength || [...letters].some((letter) => !alphabet.includes(letter))) {
    return undefined;
  }
  return createHash('sha256').update(`recovery code ${letters}`).digest();
}
