import { isObject } from './json-value.ts';
import { hasPrivateMembers, importVerifyingKey } from './jwk.ts';
import { parseStrictJsonObject } from './strict-json.ts';
import type { VerifyingKey } from './verifying-key.ts';

const maxKeys = 100;

/** A key set that is refused as a whole. Its message says why. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError';
}

/**
 * Reads a published key set (RFC 7517 §5): its public keys for one of Keywright's algorithms.
 *
 * A key for another purpose or algorithm, or without `alg` or `kid`, is passed over, as RFC 7517 §5 asks. A set with a
 * secret, a private key, or two keys of one `kid` is refused whole: whoever publishes that has lost more than a key.
 *
 * @throws KeySetError
 */
export function readJwks(bytes: Uint8Array): readonly VerifyingKey[] {
  const jwks = parseStrictJsonObject(bytes)?.['keys'];
  if (!Array.isArray(jwks)) throw new KeySetError('not a JSON object of unique names with an array of keys');
  if (jwks.length > maxKeys) throw new KeySetError(`more than ${maxKeys} keys`);
  const keys: VerifyingKey[] = [];
  for (const jwk of jwks) {
    if (!isObject(jwk)) throw new KeySetError('a key that is no object');
    if (jwk['kty'] === 'oct' || Object.hasOwn(jwk, 'k')) throw new KeySetError('a secret among public keys');
    if (hasPrivateMembers(jwk)) throw new KeySetError('a private key among public keys');
    const key = tryImport(jwk);
    if (key === undefined) continue;
    if (keys.some(({ kid }) => kid === key.kid)) throw new KeySetError('two keys of one kid');
    keys.push(key);
  }
  return keys;
}

function tryImport(jwk: object): VerifyingKey | undefined {
  try {
    return importVerifyingKey(jwk);
  } catch {
    return undefined;
  }
}
