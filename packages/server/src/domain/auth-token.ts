import type { AuthTokenClaims, RefreshTokenClaims } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { drawId } from './random-id.ts';
import { type RoleSet, roleNames } from './role.ts';
import type { Service } from './service.ts';
import { authenticateAudience, verifyClaims, verifyInternalToken } from './token-verification.ts';

/** How long support lasts, in minutes, and the auth token of it (contract §2). */
export const supportMinutes = 60;

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
  /** It never outlives its session either. */
  readonly session?: { readonly id: number; readonly amr: readonly string[]; readonly expiresAt: number };
  /** The user id of the platform operator who acts as the user. */
  readonly operatorId?: number;
  readonly ip?: string | null;
}

/** An auth token, and how long it lives from now on. */
export interface IssuedAuthToken {
  readonly auth_token: string;
  readonly expiresInSeconds: number;
}

/** Signs an `auth_token` (contract §2; RFC 9068 §2.2 with public-key algorithms). */
export function issueAuthToken(service: Service, grant: AuthTokenGrant): string {
  return issueTimedAuthToken(service, grant).auth_token;
}

/** Signs an `auth_token`, and says how long it lives. */
export function issueTimedAuthToken(service: Service, grant: AuthTokenGrant): IssuedAuthToken {
  const iat = Math.floor(service.clock.now() / 1000);
  const notAfter = Math.min(
    grant.notAfter ?? Number.POSITIVE_INFINITY,
    grant.session?.expiresAt ?? Number.POSITIVE_INFINITY,
  );
  const exp = Math.min(iat + grant.minutes * 60, Math.floor(notAfter / 1000));
  const claims: AuthTokenClaims = {
    iss: service.settings.publicUrl(),
    aud: service.settings.audience(),
    sub: grant.subject,
    ...(service.keys.algorithm === 'HS256' ? {} : { client_id: grant.subject }),
    iat,
    exp,
    jti: drawId(service.random),
    org: grant.organisation,
    roles: roleNames(grant.roles),
    ver: grant.version,
    ...(grant.session === undefined ? {} : { sid: grant.session.id, amr: grant.session.amr }),
    ...(grant.operatorId === undefined ? {} : { act: { sub: `user:${grant.operatorId}` } }),
    ...(grant.ip == null ? {} : { ip: [grant.ip] }),
  };
  return { auth_token: service.keys.signAuthToken(claims), expiresInSeconds: exp - iat };
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
export type Bearer = {
  /** Milliseconds since the Unix epoch, to the second. */
  readonly issuedAt: number;
} & (
  | { readonly kind: 'user'; readonly userId: number; readonly sessionId: number; readonly organisationId: number }
  | {
      readonly kind: 'application_token';
      readonly applicationTokenId: number;
      /** The counter that the token carries: see revocation.ts. */
      readonly version: number;
    }
);

/**
 * Verifies an `auth_token`.
 *
 * @throws Refusal InvalidToken, or TokenExpired for a genuine one past its time
 */
export async function verifyAuthToken(service: Service, token: string): Promise<Bearer> {
  return (await readAuthToken(service, token)).bearer;
}

/**
 * Verifies an `auth_token`, and answers all that it says.
 *
 * @throws Refusal as {@link verifyAuthToken}
 */
export async function readAuthToken(
  service: Service,
  token: string,
): Promise<{ readonly bearer: Bearer; readonly claims: AuthTokenClaims }> {
  const verifying = service.keys.verifyAuthToken(token);
  const payload = await verifyClaims(service, verifying, { name: 'token', audience: service.settings.audience() });
  // Nobody else signs with this key, so what it says beyond what is checked here is of the form that it was issued in.
  return { bearer: bearerOf(payload), claims: payload as unknown as AuthTokenClaims };
}

function bearerOf({ sub, sid, org, iat, ver }: Record<string, unknown>): Bearer {
  const subject = typeof sub === 'string' ? /^(user|application_token):([1-9]\d{0,15})$/.exec(sub) : null;
  const id = Number(subject?.[2]);
  const issuedAt = Number(iat) * 1000;
  if (subject?.[1] === 'application_token') {
    return { kind: 'application_token', applicationTokenId: id, version: Number(ver), issuedAt };
  }
  const organisationId = isRecord(org) ? org['id'] : undefined;
  if (subject?.[1] !== 'user' || !isId(sid) || !isId(organisationId))
    throw new Refusal('InvalidToken', { reason: 'no auth token of ours' });
  return { kind: 'user', userId: id, sessionId: sid, organisationId, issuedAt };
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
