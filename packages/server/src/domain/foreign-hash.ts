import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { isBearableArgon2 } from './argon2-cost.ts';

/**
 * Hashes that other systems made of the password itself, where ours are of its SHA-1. They are kept under a mark of their
 * own until the first sign-in with the plain password renews them.
 */
const mark = 'plain:';

/** What a kept hash may cost to check: a row must not take all the memory or time that there is. */
const maxBcryptCost = 16;
const maxScryptBytes = 256 * 1024 * 1024;

const bcryptForm = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
/** As Python's passlib writes it: `$scrypt$ln=16,r=8,p=1$salt$hash`, in Base64 without padding. */
const scryptForm = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,86})\$([A-Za-z0-9+/]{22,171})$/;

interface Scrypt {
  readonly salt: Buffer;
  readonly digest: Buffer;
  readonly options: ScryptOptions & { readonly N: number; readonly r: number; readonly p: number };
}

/** Whether a stored hash is one that another system made of the plain password. */
export function isForeignHash(stored: string): boolean {
  return stored.startsWith(mark);
}

/**
 * A hash of another system's as it is stored; undefined for a form that can't be checked, or would cost too much.
 *
 * @param text bcrypt (`$2b$…`), scrypt (`$scrypt$ln=…`) or Argon2 (`$argon2id$…`, `$argon2i$…`, `$argon2d$…`)
 */
export function keepForeignHash(text: string): string | undefined {
  const isKept = isBcrypt(text) || readScrypt(text) !== undefined || isArgon2(text);
  return isKept ? mark + text : undefined;
}

function isBcrypt(text: string): boolean {
  const cost = Number(bcryptForm.exec(text)?.[1]);
  return cost >= 4 && cost <= maxBcryptCost;
}

function isArgon2(text: string): boolean {
  return /^\$argon2(?:id|i|d)\$/.test(text) && isBearableArgon2(text);
}

function readScrypt(text: string): Scrypt | undefined {
  const [, ln, r, p, salt = '', digest = ''] = scryptForm.exec(text) ?? [];
  const options = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const bytes = 128 * options.N * options.r;
  if (!(options.N >= 2 && options.r >= 1 && options.p >= 1 && options.p <= 16 && bytes <= maxScryptBytes))
    return undefined;
  return {
    salt: Buffer.from(salt, 'base64'),
    digest: Buffer.from(digest, 'base64'),
    options: { ...options, maxmem: bytes * 2 + 1_048_576 },
  };
}

/** Whether a stored hash of another system's is of this password; false for what is no such hash. */
export async function verifyForeignHash(stored: string, plain: string): Promise<boolean> {
  const text = stored.slice(mark.length);
  if (isBcrypt(text)) return verifyBcrypt(plain, text);
  const read = readScrypt(text);
  if (read !== undefined) return verifyScrypt(read, plain);
  return isArgon2(text) && verifyArgon2(text, plain);
}

async function verifyScrypt({ salt, digest, options }: Scrypt, plain: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(plain, salt, digest.length, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  return timingSafeEqual(await promise, digest);
}
