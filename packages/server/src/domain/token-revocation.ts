import { findChangeableToken, findToken } from './application-token-access.ts';
import { revokeApplicationToken } from './application-token-change.ts';
import { hashApplicationTokenSecret, isWellFormedApplicationToken } from './application-token-secret.ts';
import { readAuthToken, verifyRefreshToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import { OAuthRefusal } from './oauth-refusal.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { requirePermission } from './permission.ts';
import { requireLiveSession } from './refresh.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { endOneSession } from './session.ts';

/**
 * Revokes a token (RFC 7009 §2.1): an application token, or by one of its tokens a session.
 *
 * An application token is revoked by those who may do so over the API. A session is ended by whoever holds one of its
 * tokens, who could do so with that token as bearer. What is unknown, over already or another organisation's is left alone
 * without a word (RFC 7009 §2.2).
 *
 * @throws Refusal Forbidden
 * @throws OAuthRefusal `unsupported_token_type` for an application token's `auth_token`, which can't end by itself
 */
export async function revokeToken(service: Service, caller: Caller, token: string): Promise<void> {
  if (isWellFormedApplicationToken(token)) return revokeBySecret(service, caller, token);
  const session = await orUndefined(findSession(service, token));
  if (session === undefined) return;
  const user = await service.database.findUser(session.userId);
  const isOwn = caller.user.id === session.userId && caller.sessionId !== undefined;
  if (user === undefined || (!isOwn && !(await organisationIdsOf(service, caller)).includes(session.organisationId))) {
    return;
  }
  requirePermission(caller, 'session.manage_own');
  await endOneSession(service, actorOf(caller), user, {
    sessionId: session.id,
    reason: 'one of its tokens was revoked',
  });
}

async function revokeBySecret(service: Service, caller: Caller, secret: string): Promise<void> {
  const found = await service.database.findApplicationTokenExchange(hashApplicationTokenSecret(secret));
  if (found === undefined || found.revokedAt !== null) return;
  const isRotatedAway = found.secretValidUntil !== null && found.secretValidUntil <= service.clock.now();
  // Whether the caller may know of it comes before whether the caller may change it.
  if (isRotatedAway || (await orUndefined(findToken(service, caller, found.id))) === undefined) return;
  await revokeApplicationToken(service, actorOf(caller), await findChangeableToken(service, caller, found.id));
}

/**
 * The live session that a refresh token or an auth token is of.
 *
 * @throws Refusal InvalidToken, TokenExpired where it is neither, or the session has ended
 */
async function findSession(
  service: Service,
  token: string,
): Promise<{ readonly id: number; readonly userId: number; readonly organisationId: number }> {
  const { sessionId, userId } =
    (await orUndefined(verifyRefreshToken(service, token))) ?? (await ofAuthToken(service, token));
  const found = await service.database.findSessionCaller(sessionId);
  return requireLiveSession(service, found, userId).session;
}

async function ofAuthToken(service: Service, token: string): Promise<{ sessionId: number; userId: number }> {
  const { bearer } = await readAuthToken(service, token);
  if (bearer.kind === 'user') return bearer;
  throw new OAuthRefusal(
    'unsupported_token_type',
    "An application token's access tokens end by themselves; revoke the application token, and they are inactive",
  );
}

/** Undefined where a token is refused, or something does not exist. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal && undefinedFor.has(error.token)) return undefined;
    throw error;
  }
}

const undefinedFor: ReadonlySet<string> = new Set(['InvalidToken', 'TokenExpired', 'NotFound']);
