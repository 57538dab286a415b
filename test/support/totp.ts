import { createHmac } from 'node:crypto';

/** How long a step is, in seconds (RFC 6238 §5.2). */
export const stepSeconds = 30;

/** The step that a moment belongs to, in milliseconds since the Unix epoch. */
export function stepAt(ms: number): number {
  return Math.floor(ms / 1000 / stepSeconds);
}

/**
 * The code of a step, computed apart from the library that the service uses (RFC 4226 §5.3, RFC 6238 §4).
 *
 * @param secret in Base32
 */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', decodeBase32(secret)).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** RFC 4648 §6, without padding. */
function decodeBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Uint8Array.from(bits.join('').match(/.{8}/g) ?? [], (octet) => Number.parseInt(octet, 2));
}
