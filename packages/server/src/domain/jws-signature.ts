import { createHmac, sign } from 'node:crypto';
import type { SigningKey } from './jws-key.ts';

/** Signs `input` (RFC 7515 §5.1, step 5) and answers the signature in Base64url. */
export function computeSignature({ algorithm, key }: SigningKey, input: string): string {
  switch (algorithm) {
    case 'HS256':
      return createHmac('sha256', key).update(input).digest('base64url');
    case 'EdDSA':
      return sign(null, Buffer.from(input), key).toString('base64url');
    case 'ES256':
      return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    case 'RS256':
      return sign('sha256', Buffer.from(input), key).toString('base64url');
  }
}
