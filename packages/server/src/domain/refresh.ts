import type { Authenticated } from '@keywright/contract';
import { issueAuthToken, issueRefreshToken, type RefreshGeneration, verifyRefreshToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import type { SessionCaller } from './records.ts';
import { noRoles, supportableRoles } from './role.ts';
import type { Client, Service } from './service.ts';
import { endOneSession } from './session.ts';

/** How long the refresh token before is honoured with rotation on, in milliseconds: several tabs refresh at once. */
const rotationGraceMs = 30_000;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Gives a new `auth_token` for a `refresh_token` (contract §3), again and again as long as the session lives; with rotation
 * on also the next `refresh_token`. One that was replaced while it was on stays replaced once it is off again.
 *
 * @throws Refusal InvalidToken once the session is ended or the user is not active; TokenExpired past the session's time
 * @throws Refusal TooManyRequests when refreshed too often
 */
export async function refreshSession(service: Service, refreshToken: string, client: Client): Promise<Authenticated> {
  const claims = await verifyRefreshToken(service, refreshToken);
  const found = requireLiveSession(service, await service.database.findSessionCaller(claims.sessionId), claims.userId);
  requireNotIdle(service, found);
  const retryAfterSeconds = service.limits.exchanges.hit(`session:${found.session.id}`);
  if (retryAfterSeconds > 0) throw new Refusal('TooManyRequests', { reason: 'refreshed too often', retryAfterSeconds });
  const successor = await findSuccessor(service, found, claims.generation, client);
  service.uses.recordSession(found.session.id, client.address);
  const auth_token = issueAuthToken(service, {
    subject: `user:${found.session.userId}`,
    organisation: { id: found.organisation.id, name: found.organisation.name },
    roles: found.roles,
    version: found.userVersion,
    minutes: service.settings.authTokenMinutes,
    session: found.session,
  });
  if (successor === undefined) return { auth_token };
  return { auth_token, refresh_token: issueRefreshToken(service, found.session, successor) };
}

/** The refresh token that comes after this one; undefined where this one goes on. */
async function findSuccessor(
  service: Service,
  found: SessionCaller,
  generation: number,
  client: Client,
): Promise<RefreshGeneration | undefined> {
  const { id, refreshGeneration } = found.session;
  if (!service.settings.rotatesRefreshTokens) {
    return generation === refreshGeneration ? undefined : judgeReplaced(service, found, generation, client);
  }
  const now = service.clock.now();
  // Moves the session on once, however many ask at the same moment (RFC 9700 §4.14.2).
  if (await service.database.rotateRefreshToken(id, generation, now)) return { number: generation + 1, at: now };
  return judgeReplaced(service, found, generation, client);
}

/**
 * Finds what a refresh token was replaced by, as long as it is honoured beside that.
 *
 * @throws Refusal InvalidToken for one that was replaced longer ago: whoever has it may have stolen it, so the session ends
 */
async function judgeReplaced(
  service: Service,
  found: SessionCaller,
  generation: number,
  client: Client,
): Promise<RefreshGeneration> {
  const now = service.clock.now();
  const { id } = found.session;
  const session = await service.database.findSession(id);
  const rotatedAt = session?.rotatedAt ?? null;
  if (session === undefined || session.endedAt !== null) {
    throw new Refusal('InvalidToken', { reason: 'the session has ended' });
  }
  const isBefore = generation === session.refreshGeneration - 1;
  if (isBefore && rotatedAt !== null && now - rotatedAt <= rotationGraceMs) {
    return { number: session.refreshGeneration, at: rotatedAt };
  }
  const user = { id: session.userId, username: found.username, organisationId: found.organisation.id };
  const reason = 'a refresh token was used again after it was replaced';
  const actor = { client, userId: user.id, name: 'the holder of an old refresh token' };
  await endOneSession(service, actor, user, { sessionId: id, reason, type: 'RefreshTokenReused' });
  throw new Refusal('InvalidToken', { reason });
}

function requireNotIdle(service: Service, { session }: SessionCaller): void {
  const { sessionIdleDays } = service.settings;
  if (sessionIdleDays === undefined) return;
  if (session.lastUsedAt + sessionIdleDays * dayMs <= service.clock.now()) {
    throw new Refusal('TokenExpired', { reason: `not used for ${sessionIdleDays} days` });
  }
}

/**
 * Judges a session by what the store says of it now: used for each refresh and each call.
 *
 * @returns the session; in one of an operator with the roles that the operator acts as
 * @throws Refusal InvalidToken, or TokenExpired past the session's time
 */
export function requireLiveSession(service: Service, found: SessionCaller | undefined, userId: number): SessionCaller {
  const refuse = (reason: string): never => {
    throw new Refusal('InvalidToken', { reason });
  };
  if (found === undefined || found.session.userId !== userId) return refuse('no such session');
  if (found.session.endedAt !== null) return refuse('the session has ended');
  if (found.session.expiresAt <= service.clock.now()) {
    throw new Refusal('TokenExpired', { reason: 'the session has expired' });
  }
  if (found.session.createdAt < found.organisation.tokensFrom) return refuse('it began before everything was revoked');
  if (found.userStatus !== 1) return refuse('the user is not active');
  const { supportRoles } = found.session;
  const roles = supportRoles === null ? found.roles : supportRoles & supportableRoles(found.roles);
  return roles === noRoles ? refuse('no longer assigned to the workspace') : { ...found, roles };
}
