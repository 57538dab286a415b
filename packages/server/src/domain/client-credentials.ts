import type { AccessToken } from '@keywright/contract';
import { requireWithinLimits } from './attempt-limit.ts';
import { countAttempt, orRecord } from './authenticate.ts';
import { exchangeFailure } from './authentication-failure.ts';
import { callerOfApplicationToken } from './caller.ts';
import { Refusal } from './errors.ts';
import { exchangeApplicationToken, judgeSecret } from './exchange.ts';
import { limitKey } from './network.ts';
import type { Caller, Client, Service } from './service.ts';

/** What an OAuth client authenticates with (RFC 6749 §2.3.1): the id of an application token, and its secret. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Gives an OAuth client an access token (RFC 6749 §4.4): the exchange of an application token by another form.
 *
 * @throws Refusal InvalidToken, TokenExpired, TooManyRequests
 */
export async function grantAccessToken(
  service: Service,
  { clientId, clientSecret }: ClientCredentials,
  client: Client,
): Promise<AccessToken> {
  const { auth_token, expiresInSeconds } = await countAttempt(service, 'client_credentials', async () => {
    requireWithinLimits(service, client, { guesses: false });
    const exchanging = exchangeApplicationToken(service, clientSecret, client, clientId);
    return orRecord(service, client, exchanging, (refusal) => exchangeFailure(refusal, client));
  });
  return { access_token: auth_token, token_type: 'Bearer', expires_in: expiresInSeconds };
}

/**
 * Finds out which application token calls with its credentials instead of an `auth_token`.
 *
 * Calls with good credentials are not counted, and none is refused for the bad ones of others from its address: whoever
 * introspects does so for each request of its own.
 *
 * @throws Refusal InvalidToken, TokenExpired; TooManyRequests where the address failed too often
 */
export async function identifyClient(
  service: Service,
  { clientId, clientSecret }: ClientCredentials,
  client: Client,
): Promise<Caller> {
  return countAttempt(service, 'client', async () => {
    const judging = judgeSecret(service, clientSecret, client.address, clientId);
    const { token, secretHash } = await orCount(service, client, judging);
    service.uses.recordUse(token.id, secretHash, client.address);
    return callerOfApplicationToken(service, token.id, client);
  });
}

/**
 * Refuses a client whose credentials can't be read, as one whose credentials are wrong.
 *
 * @throws Refusal the given one; TooManyRequests where the address failed too often
 */
export function refuseClient(service: Service, refusal: Refusal, client: Client): Promise<never> {
  return countAttempt(service, 'client', () => orCount<never>(service, client, Promise.reject(refusal)));
}

function orCount<T>(service: Service, client: Client, judging: Promise<T>): Promise<T> {
  return orRecord(service, client, orTooMany(service, client, judging), (refusal) => exchangeFailure(refusal, client));
}

/** Makes a refusal of an address that has failed too often already tell of that. */
async function orTooMany<T>(service: Service, client: Client, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isFailure = error instanceof Refusal && (error.token === 'InvalidToken' || error.token === 'TokenExpired');
    const retryAfterSeconds = isFailure ? service.limits.failures.check(limitKey(client.address)) : 0;
    if (retryAfterSeconds === 0) throw error;
    throw new Refusal('TooManyRequests', {
      reason: 'too many failures from this address',
      retryAfterSeconds,
      cause: error,
    });
  }
}
