import type { Environment } from './environment.ts';
import { importVerifyingKey, type Jwk } from './jwk.ts';
import { KeyFollower } from './key-follower.ts';
import type { KeySource } from './key-source.ts';
import { readServiceUrl } from './service-url.ts';
import type { VerifierOptions } from './verifier-options.ts';
import type { VerifyingKey } from './verifying-key.ts';

const defaultCoolDownSeconds = 30;
const defaultMaxStalenessSeconds = 86_400;

/**
 * Makes the source of a verifier's keys: those as given, or a follower of the address among them.
 *
 * @throws TypeError where they are no keys, or not allowed.
 */
export function createKeySource(options: VerifierOptions, environment: Environment): KeySource {
  const given = Array.isArray(options.keys) ? options.keys : [options.keys];
  const fixedKeys = readKeys(
    given.filter((key): key is Jwk => !isAddress(key)),
    options.allowSharedSecret === true,
  );
  const [address, ...others] = given.filter(isAddress);
  if (others.length > 0) throw new TypeError('keys may hold one address');
  if (address === undefined) {
    if (fixedKeys.length === 0) throw new TypeError('keys holds no key');
    return { keys: fixedKeys, refreshIfDue: () => undefined, lookAgain: () => undefined, reload: () => undefined };
  }
  const { onProblem } = options;
  const followed = {
    url: readServiceUrl(address, options),
    fixedKeys,
    coolDownSeconds: readSeconds('keyCoolDownSeconds', options.keyCoolDownSeconds ?? defaultCoolDownSeconds),
    maxStaleSeconds: readSeconds(
      'maxKeyStalenessSeconds',
      options.maxKeyStalenessSeconds ?? defaultMaxStalenessSeconds,
    ),
    // On its own turn: what it throws is no business of the follower's.
    onProblem: (problem: Error) => onProblem && queueMicrotask(() => onProblem(problem)),
  };
  return new KeyFollower(followed, environment);
}

function isAddress(key: unknown): key is string | URL {
  return typeof key === 'string' || key instanceof URL;
}

function readSeconds(name: string, value: number): number {
  if (!(value > 0)) throw new TypeError(`${name} is a number above 0`);
  return value;
}

function readKeys(jwks: readonly Jwk[], allowSharedSecret: boolean): VerifyingKey[] {
  const keys: VerifyingKey[] = [];
  for (const jwk of jwks) {
    const key = importVerifyingKey(jwk);
    if (key.algorithm === 'HS256' && !allowSharedSecret) {
      throw new TypeError(
        'keys holds an HS256 secret, whose holders can mint tokens: allowSharedSecret: true says that this is known',
      );
    }
    if (keys.some(({ kid }) => kid === key.kid)) throw new TypeError('keys holds two keys of one kid');
    keys.push(key);
  }
  return keys;
}
