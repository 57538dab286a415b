import { requireAllowedAddress } from './address-restriction.ts';
import { type AuthTokenClaims, readAuthTokenClaims } from './auth-token-claims.ts';
import { createKeySource } from './create-key-source.ts';
import { type Environment, platform } from './environment.ts';
import { parsePayload, requireType, verifySignature } from './jws.ts';
import { checkAudience, checkIssuer, checkTimes } from './jws-claims.ts';
import type { KeySource } from './key-source.ts';
import { TokenCache } from './token-cache.ts';
import type { VerifierOptions } from './verifier-options.ts';
import { VerifyError } from './verify-error.ts';
import type { VerifyingKey } from './verifying-key.ts';

/** What a verifier is told of a request beside its token. */
export interface RequestContext {
  /** The address that the request comes from, for `enforceAddress`. */
  readonly address?: string | undefined;
}

/** Verifies the auth tokens of one service. */
export interface Verifier {
  /**
   * Verifies an auth token: its signature, issuer, audience and times, and whether it has been revoked.
   *
   * @param token - the token alone, without `Bearer`.
   * @returns its claims, which several callers may be given: they are not to be changed.
   * @throws VerifyError, by the promise, with a stable `code`; never another error, whatever the token.
   */
  verify(token: string, context?: RequestContext): Promise<AuthTokenClaims>;
  /** The audience that tokens have to be for. */
  readonly audience: string;
  /** Whether requests' addresses are looked at, so that `verify` needs them. */
  readonly enforcesAddress: boolean;
}

/** A token whose signature, claims and times hold. */
interface VerifiedToken {
  readonly claims: AuthTokenClaims;
  /** The revision of the revocations in which it was last looked up, and not found. */
  unrevokedIn: number | undefined;
}

const defaultMaxEntries = 10_000;
const defaultMaxBytes = 33_554_432;

function createCache(options: Exclude<VerifierOptions['cache'], false | undefined>): TokenCache<VerifiedToken> {
  const { maxEntries = defaultMaxEntries, maxBytes = defaultMaxBytes } = options;
  if (!(maxEntries > 0 && maxBytes > 0)) throw new TypeError('maxEntries and maxBytes are numbers above 0');
  return new TokenCache({ maxEntries, maxBytes });
}

/**
 * Makes a verifier of the auth tokens of one Keywright.
 *
 * @example
 * const verifier = createVerifier({
 *   issuer: 'https://auth.example.com',
 *   audience: 'https://api.example.com',
 *   keys: 'https://auth.example.com/.well-known/jwks.json',
 * });
 * const { sub, org, roles } = await verifier.verify(token);
 *
 * @throws TypeError for options that can not be meant, a secret that is not allowed among them; RangeError for a clock
 * tolerance of more than 60 seconds.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return new TokenVerifier(options);
}

class TokenVerifier implements Verifier {
  readonly audience: string;
  readonly enforcesAddress: boolean;
  readonly #issuer: string;
  readonly #environment: Environment;
  readonly #skew: { readonly skewSeconds: number };
  readonly #source: KeySource;
  readonly #revocations: VerifierOptions['revocations'];
  readonly #cache: TokenCache<VerifiedToken> | undefined;
  /** The keys that the remembered tokens were verified with. */
  #cacheKeys: readonly VerifyingKey[] | undefined;
  /** The epoch of the revocations that the keys were last asked for in. */
  #epoch: number;
  #reloading: Promise<void> | undefined;

  constructor(options: VerifierOptions) {
    const { issuer, audience, clockToleranceSeconds = 30, cache = {} } = options;
    if (typeof issuer !== 'string' || issuer === '') throw new TypeError('issuer is a text');
    if (typeof audience !== 'string' || audience === '') throw new TypeError('audience is a text');
    this.#issuer = issuer;
    this.audience = audience;
    this.enforcesAddress = options.enforceAddress === true;
    this.#environment = { ...platform, ...options.environment };
    this.#skew = { skewSeconds: clockToleranceSeconds };
    if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 60)) {
      throw new RangeError('clockToleranceSeconds is 0 to 60');
    }
    this.#source = createKeySource(options, this.#environment);
    this.#revocations = options.revocations;
    this.#epoch = options.revocations?.epoch ?? 0;
    this.#cache = cache === false ? undefined : createCache(cache);
  }

  verify(token: string, context?: RequestContext): Promise<AuthTokenClaims> {
    try {
      const refreshing = this.#reloadInNewEpoch() ?? this.#source.refreshIfDue();
      if (refreshing !== undefined) return refreshing.then(() => this.#verifyLookingAgain(token, context));
      return Promise.resolve(this.#verifyNow(token, context));
    } catch (error) {
      return this.#lookAgainAfter(error, token, context);
    }
  }

  /** Where every token from before is revoked, a key may be out of use as well: no token is taken by the old ones. */
  #reloadInNewEpoch(): Promise<void> | undefined {
    const epoch = this.#revocations?.epoch ?? 0;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      const reloading = this.#source.reload()?.finally(() => {
        // Another epoch may have begun meanwhile, whose keys are yet to come.
        if (this.#reloading === reloading) this.#reloading = undefined;
      });
      this.#reloading = reloading;
    }
    return this.#reloading;
  }

  async #verifyLookingAgain(token: string, context: RequestContext | undefined): Promise<AuthTokenClaims> {
    try {
      return this.#verifyNow(token, context);
    } catch (error) {
      return this.#lookAgainAfter(error, token, context);
    }
  }

  async #lookAgainAfter(error: unknown, token: string, context: RequestContext | undefined): Promise<AuthTokenClaims> {
    let refusal = error;
    // Twice, since keys that were on their way already may be from before the token's key.
    for (let looks = 0; looks < 2; looks += 1) {
      if (!(refusal instanceof VerifyError) || refusal.code !== 'unknown_key') break;
      const looking = this.#source.lookAgain();
      if (looking === undefined) break;
      await looking;
      try {
        return this.#verifyNow(token, context);
      } catch (again) {
        refusal = again;
      }
    }
    throw refusal;
  }

  #verifyNow(token: string, context: RequestContext | undefined): AuthTokenClaims {
    const verified = this.#findRemembered(token) ?? this.#verifyToken(token);
    this.#requireUnrevoked(verified);
    if (this.enforcesAddress) requireAllowedAddress(verified.claims, context?.address);
    return verified.claims;
  }

  #findRemembered(token: string): VerifiedToken | undefined {
    if (this.#cache === undefined) return undefined;
    const { keys } = this.#source;
    if (keys !== this.#cacheKeys) {
      // A key that has gone takes the tokens with it that it vouched for.
      this.#cache.clear();
      this.#cacheKeys = keys;
    }
    const verified = this.#cache.find(token);
    if (verified !== undefined) this.#checkTimes(verified.claims);
    return verified;
  }

  #verifyToken(token: string): VerifiedToken {
    const { header, payload: bytes, key } = verifySignature(token, this.#source.keys);
    // Keywright's auth tokens say that they are some, where their key may sign others (RFC 9068 §2.1).
    requireType(header, key.algorithm === 'HS256' ? 'JWT' : 'at+jwt');
    const payload = parsePayload(bytes);
    checkIssuer(payload, this.#issuer);
    checkAudience(payload, this.audience);
    this.#checkTimes(payload);
    const verified: VerifiedToken = { claims: readAuthTokenClaims(payload), unrevokedIn: undefined };
    if (this.#cache !== undefined) {
      freezeDeeply(verified.claims);
      this.#cache.remember(token, verified, reckonBytes(bytes.length));
    }
    return verified;
  }

  #checkTimes(claims: object): void {
    checkTimes(claims as Readonly<Record<string, unknown>>, Math.floor(this.#environment.now() / 1000), this.#skew);
  }

  #requireUnrevoked(verified: VerifiedToken): void {
    if (this.#revocations === undefined) return;
    const { revision } = this.#revocations;
    if (verified.unrevokedIn !== revision) {
      if (this.#revocations.isRevoked(verified.claims)) throw new VerifyError('revoked', 'The token has been revoked');
      verified.unrevokedIn = revision;
    }
    if (this.#revocations.isTooStale()) {
      throw new VerifyError('revocations_stale', 'It is not known whether the token has been revoked');
    }
  }
}

/** Several callers are given the claims that are remembered, so none may change them. */
function freezeDeeply<Value extends object>(root: Value): Value {
  const containers: object[] = [root];
  for (const container of containers) {
    for (const value of Object.values(Object.freeze(container))) {
      if (typeof value === 'object' && value !== null) containers.push(value);
    }
  }
  return root;
}

/** What claims take in memory, reckoned from the length of their JSON. */
function reckonBytes(jsonLength: number): number {
  return 512 + 4 * jsonLength;
}
