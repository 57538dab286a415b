import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
  type webcrypto,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type SigningAlgorithm, signingAlgorithms } from '../src/signing-algorithm.ts';
import { type VerifyingKey, verifyingKey } from '../src/verifying-key.ts';

/** A key that tests sign with: the half that signs, and the half that verifies. */
export interface TestKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: KeyObject;
  readonly verifying: VerifyingKey;
}

/** Reads a file of `test-vectors/`. */
export function readVectorFile<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../test-vectors/${name}`, import.meta.url), 'utf8'));
}

/** The private keys of the RFCs, one for each algorithm. */
export const keyVectors = readVectorFile<{
  keys: { id: string; jwk: webcrypto.JsonWebKey & { alg: SigningAlgorithm } }[];
}>('keys.json').keys;

/** The test key of a private half. */
function testKey(kid: string, algorithm: SigningAlgorithm, privateKey: KeyObject): TestKey {
  const key = privateKey.type === 'secret' ? privateKey : createPublicKey(privateKey);
  return { kid, algorithm, privateKey, verifying: verifyingKey({ kid, algorithm, key }) };
}

/** The test key of an HS256 secret. */
export function secretKey(kid: string, secret: Uint8Array | string): TestKey {
  return testKey(kid, 'HS256', createSecretKey(Buffer.from(secret as string)));
}

/** The RFCs' key of each algorithm; its kid is `kid-` and the algorithm. */
export const testKeys = Object.fromEntries(
  signingAlgorithms.map((algorithm) => {
    const jwk = keyVectors.find(({ jwk: { alg } }) => alg === algorithm)!.jwk;
    const kid = `kid-${algorithm}`;
    if (jwk.k !== undefined) return [algorithm, secretKey(kid, Buffer.from(jwk.k, 'base64url'))];
    return [algorithm, testKey(kid, algorithm, createPrivateKey({ key: jwk, format: 'jwk' }))];
  }),
) as Record<SigningAlgorithm, TestKey>;

/** Base64url of a text, or of the JSON of an object. */
export function encodePart(part: string | object): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** The genuine signature of a text. */
export function signatureOf({ algorithm, privateKey }: TestKey, input: string): string {
  const bytes = Buffer.from(input);
  if (algorithm === 'HS256') return createHmac('sha256', privateKey).update(bytes).digest('base64url');
  if (algorithm === 'EdDSA') return sign(null, bytes, privateKey).toString('base64url');
  return sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

/** A token of exactly these texts, or of the JSON of these objects, with a genuine signature. */
export function signToken(key: TestKey, header: string | object, payload: string | object): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${signatureOf(key, input)}`;
}

/** The header of a token of a key's: with or without its kid. */
export function headerOf({ algorithm, kid }: TestKey, { withKid = true, typ = 'JWT' } = {}): object {
  return { alg: algorithm, typ, ...(withKid ? { kid } : {}) };
}

/** When the tests' tokens were issued: seconds since the Unix epoch. */
export const issuedAt = 1_800_000_000;

export const issuer = 'https://auth.example.com';
export const audience = 'https://api.example.com';

/** The claims of an auth token of a user's, as the service writes them. */
export const userClaims = {
  iss: issuer,
  aud: audience,
  sub: 'user:42',
  iat: issuedAt,
  exp: issuedAt + 14_400,
  jti: 'AAAAAAAAAAAAAAAAAAAAAA',
  org: { id: 7, name: 'Zoë’s' },
  roles: ['User', 'Observer'],
  ver: 3,
  sid: 12,
  amr: ['pwd', 'otp'],
};

/** The claims of an auth token that an application token was exchanged for. */
export const applicationClaims = {
  iss: issuer,
  aud: audience,
  sub: 'application_token:7',
  iat: issuedAt,
  exp: issuedAt + 14_400,
  jti: 'BBBBBBBBBBBBBBBBBBBBBB',
  org: { id: 7, name: 'Zoë’s' },
  roles: ['Service'],
  ver: 3,
};

/** Signs an auth token as the service does: with its kid and as at+jwt where the algorithm is a public-key one. */
export function issueToken(key: TestKey, claims: object = userClaims): string {
  const isShared = key.algorithm === 'HS256';
  return signToken(key, headerOf(key, { withKid: !isShared, typ: isShared ? 'JWT' : 'at+jwt' }), claims);
}

/** A key as verifiers are given it: the secret, or the public half. */
export function jwkOf({ kid, algorithm, verifying }: TestKey): Record<string, unknown> {
  return { ...verifying.key.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
}
