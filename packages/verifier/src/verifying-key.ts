import { KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from './signing-algorithm.ts';

declare const checked: unique symbol;

interface KeyParts {
  /** The key's name: what a token's `kid` says where it has one. */
  readonly kid: string;
  /** The one algorithm that this key is for, whatever a token may claim (RFC 8725 §3.1). */
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
}

/** A key that verifies: a secret for HS256, a public key otherwise. Only `verifyingKey` makes one. */
export interface VerifyingKey extends KeyParts {
  readonly [checked]: true;
}

const requirements: Record<SigningAlgorithm, { readonly text: string; readonly accept: (key: KeyObject) => boolean }> =
  {
    HS256: {
      text: 'a secret of 32 bytes or more (RFC 7518 §3.2)',
      accept: (key) => (key.symmetricKeySize ?? 0) >= 32,
    },
    EdDSA: {
      text: 'an Ed25519 key (RFC 8037 §3.1)',
      accept: (key) => key.asymmetricKeyType === 'ed25519',
    },
    ES256: {
      text: 'an EC key on P-256 (RFC 7518 §3.4)',
      accept: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    },
    RS256: {
      text: 'an RSA key of 2048 bits or more with an exponent of 65537 or more (RFC 7518 §3.3)',
      accept: (key) =>
        key.asymmetricKeyType === 'rsa' &&
        (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 &&
        (key.asymmetricKeyDetails?.publicExponent ?? 0n) >= 65537n,
    },
  };

/**
 * Binds a secret or public key to the one algorithm that it verifies with, so that a public key can never be taken
 * for a secret (RFC 8725 §2.1, §3.1).
 *
 * @throws TypeError where the key is not of the algorithm's kind.
 */
export function verifyingKey({ kid, algorithm, key }: KeyParts): VerifyingKey {
  if (typeof kid !== 'string' || kid === '') throw new TypeError('A key needs a kid');
  if (typeof algorithm !== 'string' || !Object.hasOwn(requirements, algorithm))
    throw new TypeError('Not an algorithm that Keywright signs with');
  const type = algorithm === 'HS256' ? 'secret' : 'public';
  const { text, accept } = requirements[algorithm];
  if (!(key instanceof KeyObject) || key.type !== type || !accept(key)) {
    throw new TypeError(`${algorithm} needs a ${type} key: ${text}`);
  }
  return Object.freeze({ kid, algorithm, key }) as VerifyingKey;
}
