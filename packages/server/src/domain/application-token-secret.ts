import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Random } from './ports.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(digits.length);
const tokenPrefix = 'kwt_';
const randomBits = 256;
// 62 ** 43 > 2 ** 256, and 62 ** 6 > 2 ** 32.
const randomLength = 43;
const checksumLength = 6;
const checkedLength = tokenPrefix.length + randomLength;
const wellFormed = /^kwt_[0-9A-Za-z]{49}$/;

/** Writes a number in base 62, padded to a fixed width, so that no two numbers look alike. */
function encodeBase62(value: bigint, width: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= base) text = (digits[Number(rest % base)] ?? '') + text;
  return text.padStart(width, '0');
}

function checksumOf(checked: string): string {
  return encodeBase62(BigInt(crc32(checked)), checksumLength);
}

/**
 * Makes an application token's secret: `kwt_`, 256 random bits and a CRC-32 of what stands before, both in base 62.
 * Secret scanners recognise it by its form.
 */
export function createApplicationTokenSecret(random: Random): string {
  const value = BigInt(`0x${Buffer.from(random.bytes(randomBits / 8)).toString('hex')}`);
  const checked = tokenPrefix + encodeBase62(value, randomLength);
  return checked + checksumOf(checked);
}

/** Whether a text can be an application token's secret: a truncated or mistyped one is told without a look-up. */
export function isWellFormedApplicationToken(text: string): boolean {
  return wellFormed.test(text) && text.slice(checkedLength) === checksumOf(text.slice(0, checkedLength));
}

/** What is stored of a secret: its SHA-256. A slow hash would add nothing to 256 random bits. */
export function hashApplicationTokenSecret(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** What a secret is recognised by in lists: its first 12 characters. */
export function applicationTokenPrefix(text: string): string {
  return text.slice(0, 12);
}
