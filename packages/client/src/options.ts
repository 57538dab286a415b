import type { Environment } from './environment.ts';
import type { SecondFactorHandler, TrustedDevice } from './second-factor.ts';
import type { TokenStorage } from './token-storage.ts';

/** A secret, or a function that gives it each time that it is needed: from a file that is replaced, for example. */
export type Secret = string | (() => string | Promise<string>);

/** What a client is made with: exactly one way to authenticate, of which a refresh token may be the first part. */
export interface ClientOptions {
  /** Where Keywright is: `https://auth.example.com`. */
  readonly baseUrl: string | URL;
  readonly applicationToken?: Secret | undefined;
  /** With `password`. */
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  /** Of a user who has signed in already. Where it is refused, username and password follow, if there are any. */
  readonly refreshToken?: string | undefined;
  /** Is asked for the second factor of a user who has one. */
  readonly onSecondFactor?: SecondFactorHandler | undefined;
  /** Makes this a device that skips the second factor for 90 days, once it has passed it. */
  readonly trustedDevice?: TrustedDevice | undefined;
  /** Where tokens are kept; in memory where absent. One storage is for one user or application token. */
  readonly storage?: TokenStorage | undefined;
  /** Origins beside that of `baseUrl` that the auth token is for: the APIs that `fetch` calls. */
  readonly allowedOrigins?: readonly (string | URL)[] | undefined;
  /** Whether secrets may go over plain HTTP to other machines; false where absent. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** How long one call goes on trying while the service can't be reached, or asks for patience; 30 where absent. */
  readonly maxWaitSeconds?: number | undefined;
  /** How long one request may take; 30 where absent. */
  readonly timeoutSeconds?: number | undefined;
  /** Parts of the platform to replace, in tests above all. */
  readonly environment?: Partial<Environment> | undefined;
}
