import { decodeBase64url } from './base64url.ts';
import { copyText } from './copy-text.ts';
import { isSignatureOf } from './jws-signature.ts';
import { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts';
import { parseStrictJsonObject } from './strict-json.ts';
import { VerifyError } from './verify-error.ts';
import type { VerifyingKey } from './verifying-key.ts';

/** Longer tokens are refused unread. */
const maxTokenLength = 8192;

/** What a token's `typ` may say (RFC 7519 §5.1, RFC 9068 §2.1). */
export type TokenType = 'JWT' | 'at+jwt';

/** What Keywright reads of a header. All else in it (`jku`, `x5u`, `jwk`, `x5c` …) is ignored, and never fetched. */
export interface JwsHeader {
  readonly alg: SigningAlgorithm;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
}

/** A token whose signature has been verified. */
export interface VerifiedSignature {
  readonly header: JwsHeader;
  readonly payload: Uint8Array;
  /** The key that the signature was made with. */
  readonly key: VerifyingKey;
}

/** A token whose signature and type have been verified; its times, issuer and audience have not. */
export interface VerifiedJws {
  readonly header: JwsHeader;
  readonly payload: Record<string, unknown>;
  /** The key that the signature was made with. */
  readonly key: VerifyingKey;
}

/**
 * Verifies a token's signature and type, and reads its claims (RFC 7515 §5.2, RFC 7519 §7.2, RFC 8725 §3).
 *
 * The claims are those of a JSON object without duplicate names, all of them own properties. Check them with
 * `checkTimes`, `checkIssuer` and `checkAudience`.
 *
 * @param keys - the live keys; the algorithm is fixed by the key, never by the token.
 * @param options - `typ`: the type, or types, that the token may have.
 * @throws VerifyError and nothing else, whatever the token.
 */
export function verifyJws(
  token: string,
  keys: readonly VerifyingKey[],
  options: { readonly typ: TokenType | readonly TokenType[] },
): VerifiedJws {
  const { header, payload: bytes, key } = verifySignature(token, keys);
  requireType(header, options.typ);
  return { header, payload: parsePayload(bytes), key };
}

/**
 * Requires a token to be of a type, or of one of several (RFC 7515 §4.1.9, RFC 8725 §3.11).
 *
 * @throws VerifyError `wrong_type`.
 */
export function requireType(header: JwsHeader, typ: TokenType | readonly TokenType[]): void {
  if (!isOfType(header.typ, typ)) throw new VerifyError('wrong_type', 'The token is of another type');
}

/**
 * Reads a payload as claims: a JSON object without duplicate names.
 *
 * @throws VerifyError `malformed`.
 */
export function parsePayload(bytes: Uint8Array): Record<string, unknown> {
  const payload = parseStrictJsonObject(bytes);
  if (payload === undefined) throw new VerifyError('malformed', 'The payload is not a JSON object of unique names');
  return payload;
}

/**
 * Verifies the signature of a token in the compact serialisation, whatever its payload is (RFC 7515 §5.2).
 *
 * @throws VerifyError and nothing else, whatever the token.
 */
export function verifySignature(token: string, keys: readonly VerifyingKey[]): VerifiedSignature {
  const parts = splitToken(token);
  const known = knownHeaders.get(parts.header);
  const header = known ?? readHeader(parts.header);
  const key = findKey(header, parts, keys);
  if (known === undefined) rememberHeader(parts.header, header);
  const payload = decodeBase64url(parts.payload);
  if (payload === undefined) throw new VerifyError('malformed', 'The payload is not canonical Base64url');
  return { header, payload, key };
}

function findKey(header: JwsHeader, parts: TokenParts, keys: readonly VerifyingKey[]): VerifyingKey {
  let isKnown = false;
  for (const key of keys) {
    if (key.algorithm !== header.alg || (header.kid !== undefined && header.kid !== key.kid)) continue;
    if (isSignatureOf(key, parts.input, parts.signature)) return key;
    isKnown = true;
  }
  if (!isKnown) throw new VerifyError('unknown_key', describeUnknownKey(header, keys));
  throw new VerifyError('bad_signature', 'The signature is not that of the token');
}

/** The service's default is an algorithm whose keys it publishes nowhere, so that case has its way out in the message. */
function describeUnknownKey(header: JwsHeader, keys: readonly VerifyingKey[]): string {
  if (header.alg !== 'HS256' || keys.some(({ algorithm }) => algorithm === 'HS256')) {
    return 'No key is known for the token';
  }
  return 'No key is known for the token, which names HS256: its secrets are in no published key set. Have the service sign with a public-key algorithm (KEYWRIGHT_SIGNING_ALGORITHM=ES256), or give the secrets in `keys`';
}

/**
 * The headers of tokens that were verified, by their very text: a service's tokens have one or a few between them, so
 * that one of these need not be read again. What it means does not depend on the token or its key.
 */
const knownHeaders = new Map<string, JwsHeader>();
const maxKnownHeaders = 32;

function rememberHeader(text: string, header: JwsHeader): void {
  if (knownHeaders.size >= maxKnownHeaders) knownHeaders.clear();
  // A part of a string keeps the whole one in memory.
  knownHeaders.set(copyText(text), Object.freeze(header));
}

interface TokenParts {
  readonly header: string;
  readonly payload: string;
  readonly input: string;
  readonly signature: string;
}

/** Finds the three parts, without looking further than the third dot. */
function splitToken(token: string): TokenParts {
  if (typeof token !== 'string') throw new VerifyError('malformed', `A token is a text, and this is ${typeof token}`);
  if (token.length > maxTokenLength) {
    throw new VerifyError('malformed', `A token is a text of at most ${maxTokenLength} characters`);
  }
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < first + 2 || second === token.length - 1 || token.includes('.', second + 1)) {
    throw new VerifyError('malformed', 'A token has three parts, none of them empty');
  }
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    input: token.slice(0, second),
    signature: token.slice(second + 1),
  };
}

function readHeader(text: string): JwsHeader {
  const bytes = decodeBase64url(text);
  const header = bytes && parseStrictJsonObject(bytes);
  if (header === undefined) throw new VerifyError('malformed', 'The header is not a JSON object of unique names');
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !isTextOrAbsent(kid) || !isTextOrAbsent(typ)) {
    throw new VerifyError('malformed', 'A header member is of the wrong type');
  }
  // Keywright knows no extension, so any that must be understood ends it here (RFC 7515 §4.1.11, RFC 7797 §6).
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
    throw new VerifyError('critical_header', 'The header has an extension that must be understood');
  }
  if (!isSigningAlgorithm(alg)) throw new VerifyError('unsupported_algorithm', 'The algorithm is not supported');
  return { alg, kid, typ };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isSigningAlgorithm(alg: string): alg is SigningAlgorithm {
  return (signingAlgorithms as readonly string[]).includes(alg);
}

/** Types are media types: their case means nothing, and `application/` may be left out (RFC 7515 §4.1.9). */
function isOfType(typ: string | undefined, wanted: TokenType | readonly TokenType[]): boolean {
  if (typ === undefined) return false;
  const types = typeof wanted === 'string' ? [wanted] : wanted;
  return types.some((type) => type === typ || `application/${type}`.toLowerCase() === toMediaType(typ));
}

function toMediaType(typ: string): string {
  return (typ.includes('/') ? typ : `application/${typ}`).toLowerCase();
}
