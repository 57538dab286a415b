import { type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { decodeBase64url } from './base64url.ts';
import { HmacSha256 } from './hmac-sha256.ts';
import type { VerifyingKey } from './verifying-key.ts';

const zero = Buffer.alloc(32);

/**
 * Whether `signature`, in canonical Base64url, is that of `input` under `key` (RFC 7515 §5.2, step 8).
 *
 * The algorithm is the key's; what a token says of it plays no part here.
 */
export function isSignatureOf({ algorithm, key }: VerifyingKey, input: string, signature: string): boolean {
  if (algorithm === 'HS256') {
    // Compared as text, which leaves but one spelling.
    return isSameText(hmacOf(key).compute(input), signature);
  }
  const bytes = decodeBase64url(signature);
  if (bytes === undefined) return false;
  switch (algorithm) {
    case 'EdDSA':
      return verify(null, Buffer.from(input), key, bytes);
    case 'ES256':
      return (
        isP256SignatureForm(bytes) && verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, bytes)
      );
    case 'RS256':
      return verify('sha256', Buffer.from(input), key, bytes);
  }
}

/** Kept for as long as the key is. */
const hmacs = new WeakMap<KeyObject, HmacSha256>();

function hmacOf(secret: KeyObject): HmacSha256 {
  const known = hmacs.get(secret);
  if (known !== undefined) return known;
  const hmac = new HmacSha256(secret.export());
  hmacs.set(secret, hmac);
  return hmac;
}

/** Compares in a time that tells nothing of where two texts of one length differ. */
function isSameText(expected: string, given: string): boolean {
  const expectedBytes = Buffer.from(expected);
  const givenBytes = Buffer.from(given);
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}

/** R and S of 32 bytes each, neither of them zero (RFC 7518 §3.4; a zero is what CVE-2022-21449 let through). */
function isP256SignatureForm(bytes: Buffer): boolean {
  return bytes.length === 64 && !zero.equals(bytes.subarray(0, 32)) && !zero.equals(bytes.subarray(32));
}
