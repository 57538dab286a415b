import { isCount, isObject } from './json-value.ts';
import { VerifyError } from './verify-error.ts';

/** The claims of an `auth_token` of Keywright. */
export interface AuthTokenClaims {
  /** The service's public URL. */
  readonly iss: string;
  readonly aud: string | readonly string[];
  /** `user:42` or `application_token:7`. */
  readonly sub: string;
  /** Seconds since the Unix epoch. */
  readonly iat: number;
  /** Seconds since the Unix epoch. */
  readonly exp: number;
  readonly jti: string;
  /** The same as `sub`: whom the token was issued to (RFC 9068 §2.2). Only with public-key algorithms. */
  readonly client_id?: string;
  readonly org: { readonly id: number; readonly name: string };
  readonly roles: readonly string[];
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

type Payload = Readonly<Record<string, unknown>>;

const subjectForm = /^(?:user|application_token):[1-9]\d{0,15}$/;

/**
 * Reads the payload of an auth token, whose issuer, audience and times have been checked, as what it has to be.
 *
 * Beside the types it looks at what must not be missing: a user's token names its session, for instance, since else
 * no revocation of that session would find it.
 *
 * @throws VerifyError `malformed`, or `wrong_type` for a token of another kind of Keywright's.
 */
export function readAuthTokenClaims(payload: Payload): AuthTokenClaims {
  const { sub, iat, jti, org, roles, ver, sid, use } = payload;
  if (use !== undefined) throw new VerifyError('wrong_type', 'The token is no auth token');
  const isSound =
    typeof sub === 'string' &&
    subjectForm.test(sub) &&
    typeof iat === 'number' &&
    typeof jti === 'string' &&
    isOrganisation(org) &&
    isTextList(roles) &&
    isCount(ver) &&
    (sid === undefined ? !sub.startsWith('user:') : isCount(sid)) &&
    hasSoundOptionalClaims(payload);
  if (!isSound) throw new VerifyError('malformed', 'The claims are not those of an auth token');
  return payload as unknown as AuthTokenClaims;
}

function hasSoundOptionalClaims({ client_id, amr, act, ip }: Payload): boolean {
  return (
    (client_id === undefined || typeof client_id === 'string') &&
    (amr === undefined || isTextList(amr)) &&
    (ip === undefined || (isTextList(ip) && ip.length > 0)) &&
    (act === undefined || (isObject(act) && typeof act['sub'] === 'string'))
  );
}

function isOrganisation(value: unknown): boolean {
  return isObject(value) && isCount(value['id']) && typeof value['name'] === 'string';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
