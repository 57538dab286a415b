import type { Authenticated, AuthenticateForm } from '@keywright/contract';
import { requireWithinLimits } from './attempt-limit.ts';
import { exchangeFailure, recordFailure, userFailure } from './authentication-failure.ts';
import { Refusal } from './errors.ts';
import type { Occurrence } from './event.ts';
import { exchangeApplicationToken } from './exchange.ts';
import { refreshSession } from './refresh.ts';
import { type SecondFactorCredentials, signInWithSecondFactor } from './second-factor-sign-in.ts';
import type { Client, Service } from './service.ts';
import { signIn } from './sign-in.ts';

/** What a caller authenticates with: exactly one form. */
export type Credentials =
  | { readonly form: 'user'; readonly username: string; readonly password: string; readonly fingerprint?: string }
  | { readonly form: 'application_token'; readonly application_token: string }
  | { readonly form: 'refresh'; readonly refresh_token: string }
  | SecondFactorCredentials;

/**
 * Exchanges credentials of any form for an `auth_token` (contract §3), within the limits per client address.
 *
 * Each refusal of a credential becomes an event, written in batches, that says what the caller is not told.
 *
 * @throws Refusal InvalidCredentials, InvalidToken, TokenExpired, TooManyRequests, Unavailable
 */
export async function authenticate(service: Service, credentials: Credentials, client: Client): Promise<Authenticated> {
  const { form } = credentials;
  return countAttempt(service, form, async () => {
    requireWithinLimits(service, client, { guesses: guessingForms.has(form) });
    return authenticateBy(service, credentials, client);
  });
}

/** Counts in the metrics how an attempt to authenticate ends. */
export async function countAttempt<T>(service: Service, form: string, attempt: () => Promise<T>): Promise<T> {
  try {
    const result = await attempt();
    service.metrics.countAuthentication(form, 'success');
    return result;
  } catch (error) {
    service.metrics.countAuthentication(form, error instanceof Refusal ? error.token : 'InternalError');
    throw error;
  }
}

/** The forms whose credentials somebody may try to guess. */
const guessingForms: ReadonlySet<AuthenticateForm> = new Set(['user', 'second_factor', 'passkey']);

async function authenticateBy(service: Service, credentials: Credentials, client: Client): Promise<Authenticated> {
  switch (credentials.form) {
    case 'user':
      return signIn(service, credentials, client, ({ refusal, user }) => {
        recordFailure(service, client, refusal, userFailure(credentials.username, refusal, user, client));
      });
    case 'application_token': {
      const exchanging = exchangeApplicationToken(service, credentials.application_token, client);
      const { auth_token } = await orRecord(service, client, exchanging, (refusal) => exchangeFailure(refusal, client));
      return { auth_token };
    }
    case 'refresh':
      return orRecord(service, client, refreshSession(service, credentials.refresh_token, client), (refusal) =>
        userFailure('a refresh token', refusal, undefined, client),
      );
    case 'second_factor':
    case 'passkey':
      return signInWithSecondFactor(service, credentials, client, ({ refusal, user }) => {
        const name = user?.username ?? 'a second factor';
        recordFailure(service, client, refusal, userFailure(name, refusal, user, client));
      });
  }
}

/** Lets the refusal of a credential become an event. */
export async function orRecord<T>(
  service: Service,
  client: Client,
  work: Promise<T>,
  describe: (refusal: Refusal) => Occurrence,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // A program over its limit may come back thousands of times a second: the metrics count it, no event does.
    const counts = error instanceof Refusal && error.token !== 'TooManyRequests';
    if (counts) recordFailure(service, client, error, describe(error));
    throw error;
  }
}
