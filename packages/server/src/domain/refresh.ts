import type { Authenticated } from '@keywright/contract';
import { issueAuthToken, verifyRefreshToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import type { SessionCaller } from './records.ts';
import { noRoles } from './role.ts';
import type { Client, Service } from './service.ts';

/**
 * Gives a new `auth_token` for a `refresh_token` (contract §3), again and again as long as the session lives.
 *
 * @throws Refusal InvalidToken once the session is ended or the user is not active; TokenExpired past the session's time
 * @throws Refusal TooManyRequests when refreshed too often
 */
export async function refreshSession(service: Service, refreshToken: string, client: Client): Promise<Authenticated> {
  const claims = await verifyRefreshToken(service, refreshToken);
  const found = requireLiveSession(service, await service.database.findSessionCaller(claims.sessionId), claims.userId);
  const retryAfterSeconds = service.limits.exchanges.hit(`session:${found.session.id}`);
  if (retryAfterSeconds > 0) throw new Refusal('TooManyRequests', { reason: 'refreshed too often', retryAfterSeconds });
  service.uses.recordSession(found.session.id, client.address);
  const auth_token = issueAuthToken(service, {
    subject: `user:${found.session.userId}`,
    organisation: found.organisation,
    roles: found.roles,
    version: found.userVersion,
    minutes: service.settings.authTokenMinutes,
    session: found.session,
  });
  return { auth_token };
}

/**
 * Judges a session by what the store says of it now: used for each refresh and each call.
 *
 * @throws Refusal InvalidToken
 */
export function requireLiveSession(service: Service, found: SessionCaller | undefined, userId: number): SessionCaller {
  const refuse = (reason: string): never => {
    throw new Refusal('InvalidToken', { reason });
  };
  if (found === undefined || found.session.userId !== userId) return refuse('no such session');
  if (found.session.endedAt !== null) return refuse('the session has ended');
  if (found.session.expiresAt <= service.clock.now()) return refuse('the session has expired');
  if (found.userStatus !== 1) return refuse('the user is not active');
  return found.roles === noRoles ? refuse('no longer assigned to the workspace') : found;
}
