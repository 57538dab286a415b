import { verifyRefreshToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import type { Client, Service } from './service.ts';
import { endOneSession } from './session.ts';

/**
 * Ends the session of a refresh token (contract §9). One that is none, has expired, or whose session has ended already
 * changes nothing, so whoever signs out twice is as well signed out.
 */
export async function signOut(service: Service, refreshToken: string, client: Client): Promise<void> {
  const claims = await readClaims(service, refreshToken);
  const user = claims && (await service.database.findUser(claims.userId));
  if (user === undefined || claims === undefined) return;
  const actor = { client, userId: user.id, name: user.username };
  await endOneSession(service, actor, user, { sessionId: claims.sessionId, reason: 'signed out' });
}

async function readClaims(
  service: Service,
  refreshToken: string,
): Promise<{ readonly userId: number; readonly sessionId: number } | undefined> {
  try {
    return await verifyRefreshToken(service, refreshToken);
  } catch (error) {
    if (error instanceof Refusal && (error.token === 'InvalidToken' || error.token === 'TokenExpired'))
      return undefined;
    throw error;
  }
}
