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
  { bearer }: Pick<ReadAuthToken, 'bearer'>,
  client: Client,
): Promise<Caller> {
  const caller = await findCaller(service, bearer, client);
  const reason = await findEnd(service, caller);
  if (reason !== undefined) throw new Refusal('InvalidToken', { reason });
  return caller;
}

/**
 * What ended the auth tokens of the application token that calls, which live out their time with us; undefined where nothing
 * did. Of users the store knows which sessions have ended, which is more exact than a counter of all of them.
 */
export async function findEnd(service: Service, { applicationToken }: Caller): Promise<string | undefined> {
  if (applicationToken === undefined) return undefined;
  const { id, hasEnded, version } = applicationToken;
  if (hasEnded) return 'the application token is revoked or expired';
  if (version === undefined) return undefined;
  const below = await service.database.findEndedBelow(`application_token:${id}`, service.clock.now());
  return version < below ? 'it was ended before its time' : undefined;
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
