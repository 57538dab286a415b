import type { AuthTokenClaims, RefreshTokenClaims } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { drawId } from './random-id.ts';
import { type RoleSet, roleNames } from './role.ts';
import type { Service } from './service.ts';
import { authenticateAudience, verifyClaims, verifyInternalToken } from './token-verification.ts';

/** Whom an auth token is for, and what it may say. */
export interface AuthTokenGrant {
  /** `user:42` or `application_token:7`. */
  readonly subject: string;
  readonly organisation: { readonly id: number; readonly name: string };
  readonly roles: RoleSet;
  readonly version: number;
  readonly minutes: number;
  /** It never outlives this: milliseconds since the Unix epoch. */
  readonly notAfter?: number | null;
  readonly session?: { readonly id: number; readonly amr: readonly string[] };
  /** The user id of the platform operator who acts as the user. */
  readonly operatorId?: number;
  readonly ip?: string | null;
}

/** Signs an `auth_token` (contract §2; RFC 9068 §2.2 with public-key algorithms). */
export function issueAuthToken(service: Service, grant: AuthTokenGrant): string {
  const iat = Math.floor(service.clock.now() / 1000);
  const exp = iat + grant.minutes * 60;
  const claims: AuthTokenClaims = {
    iss: service.settings.publicUrl(),
    aud: service.settings.audience(),
    sub: grant.subject,
    ...(service.keys.algorithm === 'HS256' ? {} : { client_id: grant.subject }),
    iat,
    exp: grant.notAfter == null ? exp : Math.min(exp, Math.floor(grant.notAfter / 1000)),
    jti: drawId(service.random),
    org: grant.organisation,
    roles: roleNames(grant.roles),
    ver: grant.version,
    ...(grant.session === undefined ? {} : { sid: grant.session.id, amr: grant.session.amr }),
    ...(grant.operatorId === undefined ? {} : { act: { sub: `user:${grant.operatorId}` } }),
    ...(grant.ip == null ? {} : { ip: [grant.ip] }),
  };
  return service.keys.signAuthToken(claims);
}

/** Which of a session's refresh tokens: the first is made with the session, and with rotation each use makes the next. */
export interface RefreshGeneration {
  readonly number: number;
  /** When it was made, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * Signs a `refresh_token` for a session; it expires with it. The same generation is the same token, so that callers who
 * refresh at the same moment get one successor.
 */
export function issueRefreshToken(
  service: Service,
  session: { readonly id: number; readonly userId: number; readonly expiresAt: number },
  generation: RefreshGeneration,
): string {
  const claims: RefreshTokenClaims = {
    iss: service.settings.publicUrl(),
    aud: authenticateAudience(service),
    sub: `user:${session.userId}`,
    iat: Math.floor(generation.at / 1000),
    exp: Math.floor(session.expiresAt / 1000),
    jti: `${session.id}.${generation.number}`,
    use: 'refresh',
    sid: session.id,
    gen: generation.number,
  };
  return service.keys.signInternalToken(claims);
}

/** What an auth token says of its bearer, once its signature, issuer, audience and times hold. */
export type Bearer =
  | { readonly kind: 'user'; readonly userId: number; readonly sessionId: number; readonly organisationId: number }
  | { readonly kind: 'application_token'; readonly applicationTokenId: number };

/**
 * Verifies an `auth_token`.
 *
 * @throws Refusal InvalidToken, or TokenExpired for a genuine one past its time
 */
export async function verifyAuthToken(service: Service, token: string): Promise<Bearer> {
  const verifying = service.keys.verifyAuthToken(token);
  const payload = await verifyClaims(service, verifying, { name: 'token', audience: service.settings.audience() });
  const { sub, sid, org } = payload;
  const subject = typeof sub === 'string' ? /^(user|application_token):([1-9]\d{0,15})$/.exec(sub) : null;
  const id = Number(subject?.[2]);
  if (subject?.[1] === 'application_token') return { kind: 'application_token', applicationTokenId: id };
  const organisationId = isRecord(org) ? org['id'] : undefined;
  if (subject?.[1] !== 'user' || !isId(sid) || !isId(organisationId))
    throw new Refusal('InvalidToken', { reason: 'no auth token of ours' });
  return { kind: 'user', userId: id, sessionId: sid, organisationId };
}

/**
 * Verifies a `refresh_token`.
 *
 * @throws Refusal InvalidToken, or TokenExpired for a genuine one past its time
 */
export async function verifyRefreshToken(
  service: Service,
  token: string,
): Promise<{ userId: number; sessionId: number; generation: number }> {
  const audience = authenticateAudience(service);
  const expected = { name: 'refresh token', use: 'refresh', audience } as const;
  const { sub, sid, gen } = await verifyInternalToken(service, token, expected);
  const subject = typeof sub === 'string' ? /^user:([1-9]\d{0,15})$/.exec(sub) : null;
  if (subject === null || !isId(sid) || typeof gen !== 'number') {
    throw new Refusal('InvalidToken', { reason: 'no refresh token' });
  }
  return { userId: Number(subject[1]), sessionId: sid, generation: gen };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
