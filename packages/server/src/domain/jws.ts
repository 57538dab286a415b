import type { TokenType } from '@keywright/verifier';
import { encodeBase64url } from './base64url.ts';
import type { SigningKey } from './jws-key.ts';
import { computeSignature } from './jws-signature.ts';

/** Signs the claims of one kind of token with one key. */
export interface JwsSigner {
  /** The claims as a signed token in the compact serialisation (RFC 7515 §7.1). */
  sign(claims: object): string;
}

/**
 * Makes a signer, whose header is encoded once and for all: `{"alg":…,"typ":…}`, and `"kid"` after them on request.
 */
export function createSigner({
  key,
  typ = 'JWT',
  withKid,
}: {
  readonly key: SigningKey;
  readonly typ?: TokenType;
  readonly withKid: boolean;
}): JwsSigner {
  const header = { alg: key.algorithm, typ, ...(withKid ? { kid: key.kid } : {}) };
  const start = `${encodeBase64url(JSON.stringify(header))}.`;
  return {
    sign(claims) {
      const input = start + encodeBase64url(JSON.stringify(claims));
      return `${input}.${computeSignature(key, input)}`;
    },
  };
}
