import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from './ports.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts what must not rest readable in the database, under a key that is not in it. */
export interface SecretBox {
  /** `purpose` is bound to the result, so that one secret can't be put in another's place. */
  seal(plain: string, purpose: string): string;
  /** Throws where the text was changed, sealed for another purpose, or under another key. */
  open(sealed: string, purpose: string): string;
}

/**
 * Seals with AES-256-GCM (NIST SP 800-38D), a random nonce each time.
 *
 * @param masterKey 32 bytes
 */
export function createSecretBox(masterKey: Uint8Array, random: Random): SecretBox {
  if (masterKey.length !== 32) throw new TypeError('the master key must be 32 bytes');
  return {
    seal(plain, purpose) {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', masterKey, nonce);
      cipher.setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}
