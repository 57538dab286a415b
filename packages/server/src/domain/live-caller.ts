import { readAuthToken } from './auth-token.ts';
import { findCaller } from './caller.ts';
import { Refusal } from './errors.ts';
import type { Caller, Client, Service } from './service.ts';

/** Who a token is of, and what else it says. */
type ReadAuthToken = Awaited<ReturnType<typeof readAuthToken>>;

/**
 * Judges an `auth_token` by the store as those judge it who follow the revocation feed: not only by what our own API looks
 * at, but also by what ended an application token's auth tokens before their time. That is its revocation and its expiry, the
 * end of a secret that was rotated away, and a network that became smaller.
 *
 * @throws Refusal InvalidToken
 */
export async function findLiveCaller(
  service: Service,
  { bearer, claims }: ReadAuthToken,
  client: Client,
): Promise<Caller> {
  const caller = await findCaller(service, bearer, client);
  // Of users the store knows which sessions have ended, which is more exact than a counter of all of them.
  if (caller.applicationToken === undefined) return caller;
  if (caller.applicationToken.hasEnded) {
    throw new Refusal('InvalidToken', { reason: 'the application token is revoked or expired' });
  }
  const below = await service.database.findEndedBelow(claims.sub, service.clock.now());
  if (claims.ver < below) throw new Refusal('InvalidToken', { reason: 'it was ended before its time' });
  return caller;
}

/**
 * Finds who is calling, as {@link findLiveCaller} does.
 *
 * @throws Refusal InvalidToken, or TokenExpired for a genuine token past its time
 */
export async function identifyLiveCaller(service: Service, token: string, client: Client): Promise<Caller> {
  const caller = await findLiveCaller(service, await readAuthToken(service, token), client);
  if (caller.sessionId !== undefined) service.uses.recordSession(caller.sessionId, client.address);
  return caller;
}
