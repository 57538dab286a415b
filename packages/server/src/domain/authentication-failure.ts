import { formatAddress } from '@keywright/verifier';
import type { Refusal } from './errors.ts';
import { eventOf, logEvent, type Occurrence } from './event.ts';
import { ExchangeRefusal } from './exchange.ts';
import { toPrintable } from './hidden-character.ts';
import { limitKey } from './network.ts';
import type { User } from './records.ts';
import type { Client, Service } from './service.ts';
import { organisationToTell } from './unconfirmed-username.ts';

/** Counts a refusal against its address, and keeps it as an event; one that says only that we are busy is neither. */
export function recordFailure(service: Service, client: Client, refusal: Refusal, occurrence: Occurrence): void {
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
  const printable = toPrintable(name);
  return printable.length > maxNameLength ? `${printable.slice(0, maxNameLength).toWellFormed()}…` : printable;
}

/** What happened when a user was refused: the name that was tried, why, and from where. */
export function userFailure(name: string, refusal: Refusal, user: User | undefined, client: Client): Occurrence {
  const reason = refusal.reason ?? refusal.token;
  return {
    type: 'UserAuthenticationFailed',
    organisationId: organisationToTell(user),
    userId: user?.id ?? null,
    description: `${shown(name)}: ${reason}, from ${formatAddress(client.address)}`,
    detail: { reason, error_token: refusal.token },
  };
}

/** What happened when an application token was refused. */
export function exchangeFailure(refusal: Refusal, client: Client): Occurrence {
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
