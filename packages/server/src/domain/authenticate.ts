import type { Authenticated, AuthenticateForm } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { eventOf, logEvent, type Occurrence } from './event.ts';
import { ExchangeRefusal, exchangeApplicationToken } from './exchange.ts';
import { formatAddress, limitKey } from './network.ts';
import type { User } from './records.ts';
import { refreshSession } from './refresh.ts';
import type { Client, Service } from './service.ts';
import { signIn } from './sign-in.ts';

/** What a caller authenticates with: exactly one form. */
export type Credentials =
  | { readonly form: 'user'; readonly username: string; readonly password: string; readonly fingerprint?: string }
  | { readonly form: 'application_token'; readonly application_token: string }
  | { readonly form: 'refresh'; readonly refresh_token: string }
  | { readonly form: 'second_factor'; readonly mfa_token: string; readonly code: string };

/**
 * Exchanges credentials of any form for an `auth_token` (contract §3), within the limits per client address.
 *
 * Each refusal of a credential becomes an event, written in batches, that says what the caller is not told.
 *
 * @throws Refusal InvalidCredentials, InvalidToken, TokenExpired, TooManyRequests, Unavailable
 */
export async function authenticate(service: Service, credentials: Credentials, client: Client): Promise<Authenticated> {
  const { form } = credentials;
  try {
    requireWithinLimits(service, form, client);
    const tokens = await authenticateBy(service, credentials, client);
    service.metrics.countAuthentication(form, 'success');
    return tokens;
  } catch (error) {
    service.metrics.countAuthentication(form, error instanceof Refusal ? error.token : 'InternalError');
    throw error;
  }
}

function requireWithinLimits(service: Service, form: AuthenticateForm, client: Client): void {
  const address = limitKey(client.address);
  const guesses = form === 'user' || form === 'second_factor';
  const retryAfterSeconds =
    service.limits.failures.check(address) || (guesses ? service.limits.attempts.hit(address) : 0);
  if (retryAfterSeconds > 0) {
    throw new Refusal('TooManyRequests', { reason: 'too many attempts from this address', retryAfterSeconds });
  }
}

async function authenticateBy(service: Service, credentials: Credentials, client: Client): Promise<Authenticated> {
  switch (credentials.form) {
    case 'user':
      return signIn(service, credentials, client, ({ refusal, user }) => {
        recordFailure(service, client, refusal, userFailure(credentials.username, refusal, user, client));
      });
    case 'application_token':
      return orRecord(
        service,
        client,
        exchangeApplicationToken(service, credentials.application_token, client),
        (refusal) => exchangeFailure(refusal, client),
      );
    case 'refresh':
      return orRecord(service, client, refreshSession(service, credentials.refresh_token, client), (refusal) =>
        userFailure('a refresh token', refusal, undefined, client),
      );
    case 'second_factor': {
      const refusal = new Refusal('InvalidToken', { reason: 'no second factor was asked for' });
      recordFailure(service, client, refusal, userFailure('a second factor', refusal, undefined, client));
      throw refusal;
    }
  }
}

async function orRecord<T>(
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

/** Counts a refusal against its address, and keeps it as an event; one that says only that we are busy is neither. */
function recordFailure(service: Service, client: Client, refusal: Refusal, occurrence: Occurrence): void {
  if (refusal.token === 'Unavailable') return;
  // A caller over its limit was counted there already; counting it here too would take others of its address with it.
  if (refusal.token !== 'TooManyRequests') service.limits.failures.hit(limitKey(client.address));
  const event = eventOf(service, client, occurrence);
  logEvent(service, event);
  service.failures.record(event);
}

const maxNameLength = 100;
/** What people paste into the wrong field: one of our tokens, or a password's SHA-1. */
const secretLike = /kwt_|eyJ|^[0-9a-f]{40}$/i;

/** A name as an event holds it: bounded, on one line, and no secret by mistake. */
function shown(name: string): string {
  if (secretLike.test(name.trim())) return '(looks like a secret)';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
  const printable = name.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
  return printable.length > maxNameLength ? `${printable.slice(0, maxNameLength).toWellFormed()}…` : printable;
}

function userFailure(name: string, refusal: Refusal, user: User | undefined, client: Client): Occurrence {
  const reason = refusal.reason ?? refusal.token;
  return {
    type: 'UserAuthenticationFailed',
    organisationId: user?.organisationId ?? null,
    userId: user?.id ?? null,
    description: `${shown(name)}: ${reason}, from ${formatAddress(client.address)}`,
    detail: { reason, error_token: refusal.token },
  };
}

function exchangeFailure(refusal: Refusal, client: Client): Occurrence {
  const reason = refusal.reason ?? refusal.token;
  const token = refusal instanceof ExchangeRefusal ? refusal.applicationToken : undefined;
  const name = token === undefined ? 'An application token' : `Application token ${token.id}`;
  return {
    type: 'ApplicationAuthenticationFailed',
    organisationId: token?.organisationId ?? null,
    userId: token?.creatorId ?? null,
    description: `${name}: ${reason}, from ${formatAddress(client.address)}`,
    detail: { reason, error_token: refusal.token, ...(token === undefined ? {} : { application_token_id: token.id }) },
  };
}
