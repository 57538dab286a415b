import type { RoleName } from './role.ts';

/** What every token of Keywright's own says (RFC 7519 §4.1). */
export interface RegisteredClaims {
  /** The service's public URL. */
  readonly iss: string;
  readonly aud: string;
  /** `user:42` or `application_token:7`. */
  readonly sub: string;
  /** Seconds since the Unix epoch. */
  readonly iat: number;
  /** Seconds since the Unix epoch. */
  readonly exp: number;
  readonly jti: string;
}

/** The claims of an `auth_token`. */
export interface AuthTokenClaims extends RegisteredClaims {
  /** The same as `sub`: whom the token was issued to (RFC 9068 §2.2). Only with public-key algorithms. */
  readonly client_id?: string;
  readonly org: { readonly id: number; readonly name: string };
  readonly roles: readonly RoleName[];
  /** The subject's counter: the revocation feed refuses lower ones. */
  readonly ver: number;
  /** The session's id; for users only. */
  readonly sid?: number;
  /** How the user signed in (RFC 8176); for users only. */
  readonly amr?: readonly string[];
  /** Who really acts, where a platform operator acts as the user (RFC 8693 §4.1). */
  readonly act?: { readonly sub: string };
  /** The networks that the application token is restricted to, in CIDR notation. */
  readonly ip?: readonly string[];
}

/** The claims of a `refresh_token`. */
export interface RefreshTokenClaims extends RegisteredClaims {
  readonly use: 'refresh';
  readonly sid: number;
  /** The how-manieth refresh token of its session it is, from 0. */
  readonly gen: number;
}
