import { createPublicKey, KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@keywright/contract';
import { type VerifyingKey, verifyingKey } from '@keywright/verifier';

declare const checked: unique symbol;

interface KeyParts {
  /** The key's name: what a token's `kid` says where it has one. */
  readonly kid: string;
  /** The one algorithm that this key signs with. */
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
}

/** A key that signs: a secret for HS256, a private key otherwise. Only `signingKey` makes one. */
export interface SigningKey extends KeyParts {
  readonly [checked]: true;
}

/**
 * Binds a secret or private key to the one algorithm that it signs with.
 *
 * @throws TypeError where the key is not of the algorithm's kind.
 */
export function signingKey({ kid, algorithm, key }: KeyParts): SigningKey {
  toVerifyingKey({ kid, algorithm, key });
  return Object.freeze({ kid, algorithm, key }) as SigningKey;
}

/**
 * The key that verifies what `key` signs: its public half, or the same secret for HS256.
 *
 * @throws TypeError where the key is not of the algorithm's kind.
 */
export function toVerifyingKey({ kid, algorithm, key }: KeyParts): VerifyingKey {
  if (algorithm === 'HS256') return verifyingKey({ kid, algorithm, key });
  if (!(key instanceof KeyObject) || key.type !== 'private') throw new TypeError(`${algorithm} needs a private key`);
  return verifyingKey({ kid, algorithm, key: createPublicKey(key) });
}
