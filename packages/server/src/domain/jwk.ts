import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  type webcrypto,
} from 'node:crypto';
import type { SigningAlgorithm } from '@keywright/contract';
import { importVerifyingKey, type VerifyingKey } from '@keywright/verifier';
import { type SigningKey, signingKey } from './jws-key.ts';
import type { Random } from './ports.ts';
import { drawId } from './random-id.ts';

/** A private or secret key as a JSON-able JWK (RFC 7517): never to be written anywhere unencrypted. */
export interface PrivateJwk extends JsonWebKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly use: 'sig';
}

/** A public key as the JWKS publishes it (RFC 7517 §4). */
export type PublicJwk = PublicMembers & {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly use: 'sig';
};

type PublicMembers =
  | { readonly crv: string; readonly kty: 'OKP'; readonly x: string }
  | { readonly crv: string; readonly kty: 'EC'; readonly x: string; readonly y: string }
  | { readonly e: string; readonly kty: 'RSA'; readonly n: string };

type JsonWebKey = webcrypto.JsonWebKey;

/**
 * Makes a key: 32 random bytes for HS256, Ed25519 for EdDSA, P-256 for ES256, 3072 bits for RS256.
 *
 * Its `kid` is the public key's thumbprint (RFC 7638), for HS256 a random id. An RSA key takes up to seconds to find,
 * during which the process does nothing else.
 *
 * @param random - where an HS256 secret and its id come from; key pairs are OpenSSL's, from its own generator.
 */
export function generateSigningKey(algorithm: SigningAlgorithm, random: Random): SigningKey {
  if (algorithm === 'HS256') {
    const key = createSecretKey(random.bytes(32));
    return signingKey({ kid: drawId(random), algorithm, key });
  }
  const key = generatePrivateKey(algorithm);
  return signingKey({ kid: computeThumbprint(createPublicKey(key)), algorithm, key });
}

/** The whole key as a JWK, private members included: for encryption under the master key. */
export function exportSigningKey({ kid, algorithm, key }: SigningKey): PrivateJwk {
  return { ...key.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
}

/**
 * Reads what `exportSigningKey` wrote.
 *
 * @throws TypeError where it is not such a JWK; the message tells nothing of the key.
 */
export function importSigningKey(jwk: unknown): SigningKey {
  if (typeof jwk !== 'object' || jwk === null) throw new TypeError('A JWK is an object');
  const { kid, alg, ...members }: Partial<PrivateJwk> = { ...jwk };
  if (typeof kid !== 'string' || alg === undefined) throw new TypeError('The JWK has no kid or no alg');
  const key = alg === 'HS256' ? importVerifyingKey(jwk).key : readPrivateKey(members);
  return signingKey({ kid, algorithm: alg, key });
}

/**
 * The public half of a key as a JWK.
 *
 * @throws TypeError for HS256, whose keys have no public half.
 */
export function publicJwk({ kid, algorithm, key }: SigningKey | VerifyingKey): PublicJwk {
  if (algorithm === 'HS256') throw new TypeError('An HS256 key is never published');
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return { ...readPublicMembers(publicKey), kid, alg: algorithm, use: 'sig' };
}

/** A public key's thumbprint: SHA-256 over the members that make it, in the order of their names (RFC 7638 §3). */
export function computeThumbprint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(JSON.stringify(readPublicMembers(publicKey)))
    .digest('base64url');
}

/** Picks the members by name, in the order of their names, so that no private one can slip in. */
function readPublicMembers(publicKey: KeyObject): PublicMembers {
  const { crv = '', e = '', kty, n = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  if (kty === 'RSA') return { e, kty, n };
  if (kty === 'EC') return { crv, kty, x, y };
  if (kty === 'OKP') return { crv, kty, x };
  throw new TypeError('Not a public key');
}

function generatePrivateKey(algorithm: Exclude<SigningAlgorithm, 'HS256'>): KeyObject {
  switch (algorithm) {
    case 'EdDSA':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
  }
}

function readPrivateKey(members: JsonWebKey): KeyObject {
  try {
    return createPrivateKey({ key: members, format: 'jwk' });
  } catch (cause) {
    throw new TypeError('The JWK is not a key of its kind', { cause });
  }
}
