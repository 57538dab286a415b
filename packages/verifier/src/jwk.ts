import { createPublicKey, createSecretKey, type KeyObject, type webcrypto } from 'node:crypto';
import { decodeBase64url } from './base64url.ts';
import { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts';
import { type VerifyingKey, verifyingKey } from './verifying-key.ts';

type JsonWebKey = webcrypto.JsonWebKey;

/** A key as a JWK (RFC 7517): a public one, or a secret for HS256. It needs `kid` and `alg`. */
export type Jwk = Readonly<Record<string, unknown>>;

/** The members of private keys (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/**
 * Reads a key that verifies: a public JWK, or a secret one for HS256.
 *
 * It has to name its `alg`, since a token must not choose it, and must not be meant for anything but signatures
 * (RFC 7517 §4.2–4.4, RFC 8725 §3.1). A private key is refused: it has no business where tokens are verified.
 *
 * @throws TypeError where it is not such a JWK; the message tells nothing of the key.
 */
export function importVerifyingKey(jwk: unknown): VerifyingKey {
  const { kid, alg, members } = readMembers(jwk);
  const { use, key_ops: operations } = members;
  if ((use !== undefined && use !== 'sig') || !(operations === undefined || isForVerifying(operations))) {
    throw new TypeError('The JWK is not for verifying signatures');
  }
  if (hasPrivateMembers(members)) throw new TypeError('The JWK is a private key');
  const key = alg === 'HS256' ? readSecret(members) : readPublicKey(members);
  return verifyingKey({ kid, algorithm: alg, key });
}

/** Whether an object has members that only a private key has. */
export function hasPrivateMembers(jwk: object): boolean {
  return privateMembers.some((member) => Object.hasOwn(jwk, member));
}

function readMembers(jwk: unknown): { kid: string; alg: SigningAlgorithm; members: JsonWebKey } {
  if (typeof jwk !== 'object' || jwk === null) throw new TypeError('A JWK is an object');
  const members: JsonWebKey & Record<string, unknown> = { ...jwk };
  const alg = signingAlgorithms.find((algorithm) => algorithm === members['alg']);
  if (alg === undefined) throw new TypeError('The JWK does not name an algorithm that Keywright signs with');
  const kid = members['kid'];
  if (typeof kid !== 'string') throw new TypeError('The JWK has no kid');
  return { kid, alg, members };
}

function readSecret({ kty, k }: JsonWebKey): KeyObject {
  const secret = kty === 'oct' && typeof k === 'string' ? decodeBase64url(k) : undefined;
  if (secret === undefined) throw new TypeError('The JWK is not a secret');
  return createSecretKey(secret);
}

function readPublicKey(members: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: members, format: 'jwk' });
  } catch (cause) {
    throw new TypeError('The JWK is not a key of its kind', { cause });
  }
}

function isForVerifying(operations: unknown): boolean {
  return Array.isArray(operations) && operations.includes('verify');
}
