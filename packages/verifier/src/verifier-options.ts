import type { Environment } from './environment.ts';
import type { Jwk } from './jwk.ts';
import type { RevocationFollower } from './revocation-follower.ts';

/** Whose tokens a verifier accepts, and how. */
export interface VerifierOptions {
  /** The service's public URL, as tokens name it in `iss`, character by character. */
  readonly issuer: string;
  /** What tokens have to name in `aud`: the audience that the service is configured with. */
  readonly audience: string;
  /**
   * The keys: the address of the service's key set (`{public URL}/.well-known/jwks.json`), which is then followed; or
   * JWKs, public ones or HS256 secrets; or both, in an array with one address at most.
   */
  readonly keys: string | URL | readonly (Jwk | string | URL)[];
  /** The revocations to obey: see `followRevocations`. Without, tokens live out their time. */
  readonly revocations?: RevocationFollower | undefined;
  /**
   * Lets `keys` hold HS256 secrets. Whoever holds such a secret can mint tokens for anybody: with it, this program and
   * all that it trusts could sign in as anyone.
   */
  readonly allowSharedSecret?: boolean | undefined;
  /**
   * Holds the address that a request comes from against the networks that its token is restricted to (`ip`); a
   * restricted token whose request has no known address is refused.
   */
  readonly enforceAddress?: boolean | undefined;
  /** By how many seconds this machine's clock may differ from the service's: 0 to 60, 30 by default. */
  readonly clockToleranceSeconds?: number | undefined;
  /**
   * How many verified tokens are remembered, and in how much memory, so that one that comes again is only looked up; its
   * expiry and revocation are looked at each time. 10 000 tokens in 32 MiB by default; `false` remembers none.
   */
  readonly cache?: false | { readonly maxEntries?: number | undefined; readonly maxBytes?: number | undefined };
  /** How long a token with an unknown key does not make the keys be fetched after another one did; 30 by default. */
  readonly keyCoolDownSeconds?: number | undefined;
  /** How long keys go on where they can't be fetched anew; 86 400, a day, by default. */
  readonly maxKeyStalenessSeconds?: number | undefined;
  /** Called with what went wrong, each time that the keys could not be fetched. */
  readonly onProblem?: ((problem: Error) => void) | undefined;
  /** Lets the key set's address be http off loopback too, where whoever sits between can hand in keys. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Replaces parts of the world, such as the clock in tests. */
  readonly environment?: Partial<Environment> | undefined;
}
