import { hash, verify } from '@node-rs/argon2';
import { isBearableArgon2, readArgon2 } from './argon2-cost.ts';
import { isForeignHash, verifyForeignHash } from './foreign-hash.ts';
import type { HashQueue } from './hash-queue.ts';
import type { Password } from './password.ts';
import type { Random } from './ports.ts';

/** Hashes and checks passwords by their SHA-1; every computation passes through the hash queue. */
export interface PasswordHasher {
  /** The Argon2id of a password's SHA-1, as a PHC string with today's parameters and a salt of its own. */
  hash(sha1: string): Promise<string>;
  /**
   * Whether a stored hash is of this password; false for a text that is no hash, in the same time. A hash that another
   * system made of the plain password matches no SHA-1.
   */
  verify(stored: string, password: Password): Promise<boolean>;
  /** False, after the time that `verify` takes: for a user that does not exist, or has no password. */
  verifyAbsent(sha1: string): Promise<false>;
  /** Whether the hash was made with weaker parameters than today's, or by another system. */
  needsRehash(stored: string): boolean;
}

// OWASP Password Storage Cheat Sheet; the memory is in KiB. The package's algorithm is Argon2id unless told otherwise.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const saltLength = 16;
const phcStart = '$argon2id$v=19$';

function needsRehash(phc: string): boolean {
  const found = readArgon2(phc);
  return (
    found === undefined ||
    !phc.startsWith(phcStart) ||
    found.memoryCost < parameters.memoryCost ||
    found.timeCost < parameters.timeCost ||
    found.outputLen < parameters.outputLen ||
    found.saltLen < saltLength
  );
}

/** A hash that costs what a real one costs to check and that no password is known for: its digest is random. */
export function createAbsentHash(random: Random): string {
  const { memoryCost, timeCost, parallelism, outputLen } = parameters;
  const encode = (count: number) => Buffer.from(random.bytes(count)).toString('base64').replaceAll('=', '');
  return `${phcStart}m=${memoryCost},t=${timeCost},p=${parallelism}$${encode(saltLength)}$${encode(outputLen)}`;
}

/**
 * Makes the password hasher. All of its functions but `needsRehash` throw the queue's `Refusal` Unavailable where too
 * many wait already.
 */
export function createPasswordHasher(options: { readonly queue: HashQueue; readonly random: Random }): PasswordHasher {
  const { queue, random } = options;
  const absentHash = createAbsentHash(random);

  async function verifyAbsent(sha1: string): Promise<false> {
    await queue.run(() => verify(absentHash, sha1));
    return false;
  }

  return {
    hash: (sha1) => queue.run(() => hash(sha1, { ...parameters, salt: random.bytes(saltLength) })),
    async verify(stored, { sha1, plain }) {
      if (isForeignHash(stored) && plain !== undefined) return queue.run(() => verifyForeignHash(stored, plain));
      return isBearableArgon2(stored) ? queue.run(() => verify(stored, sha1)) : verifyAbsent(sha1);
    },
    verifyAbsent,
    needsRehash,
  };
}
