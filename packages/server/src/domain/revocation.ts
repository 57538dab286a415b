import { supportMinutes } from './auth-token.ts';
import type { Stores } from './ports.ts';
import { drawId } from './random-id.ts';
import { audienceOf, audienceOfOrganisation, everybody } from './revocation-audience.ts';
import type { Audience, DelayReason, EndedTokens, RaisedApplicationToken, TokenPlace } from './revocation-port.ts';
import type { Service } from './service.ts';

/*
 * Whatever ends auth tokens before their time raises the counter that they carry as `ver`, and writes an entry of the
 * revocation feed, in its own transaction. Entries name a subject or a session with a counter, so that tokens given
 * afterwards are good, and no clock is compared.
 *
 * The counter of an application token counts in steps of two. Tokens that its present secret was exchanged for carry the
 * counter itself, and those of the secret before, as long as that works, one less: so the end of the overlap ends the latter
 * alone. See exchange.ts.
 */

/** How far a change that ends all tokens of an application token raises its counter. */
const wholeStep = 2;

/** No token lives longer than this, in minutes, where no server has said how long its own do. */
const longestMinutes = 1440;

/** For clocks that differ, and for tokens that are being signed at this moment, in milliseconds. */
const marginMs = 5 * 60 * 1000;

/** What is to be written, without what follows from it. */
interface Ending {
  readonly ended: EndedTokens;
  readonly audience: Audience;
  /** How long the tokens live at most; as long as any where absent. */
  readonly minutes?: number | null;
  /** From when on it counts, and why; from now on where absent. */
  readonly later?: { readonly at: number; readonly reason?: DelayReason };
}

/** How long auth tokens may live, in minutes: as the servers have it, since a command may run without their settings. */
async function findAuthTokenMinutes(stores: Stores): Promise<number> {
  return Math.max(supportMinutes, (await stores.findLongestAuthTokenMinutes()) ?? longestMinutes);
}

/** Writes entries of the feed, within a transaction of the caller's. */
async function writeRevocations(service: Service, stores: Stores, endings: readonly Ending[]): Promise<void> {
  if (endings.length === 0) return;
  const now = service.clock.now();
  const longest = await findAuthTokenMinutes(stores);
  await stores.insertRevocations(
    endings.map(({ ended, audience, minutes, later: { at: dueAt, reason } = { at: now } }) => ({
      id: drawId(service.random),
      ended,
      audience,
      dueAt,
      reason,
      expiresAt: dueAt + Math.min(minutes ?? longest, longest) * 60_000 + marginMs,
    })),
  );
}

/**
 * Ends every auth token of a user.
 *
 * @param besides places that the user has no more, for which there are tokens
 */
export async function endAuthTokensOfUser(
  service: Service,
  stores: Stores,
  userId: number,
  besides: readonly TokenPlace[] = [],
): Promise<void> {
  const below = await stores.raiseUserVersion(userId);
  const audience = audienceOf([...(await stores.listTokenPlaces(userId)), ...besides]);
  await writeRevocations(service, stores, [{ ended: { kind: 'subject', subject: `user:${userId}`, below }, audience }]);
}

/** Ends the auth tokens of some of a user's sessions. */
export async function endAuthTokensOfSessions(
  service: Service,
  stores: Stores,
  userId: number,
  sessionIds: readonly number[],
): Promise<void> {
  if (sessionIds.length === 0) return;
  const below = await stores.raiseUserVersion(userId);
  const audience = audienceOf(await stores.listTokenPlaces(userId));
  await writeRevocations(
    service,
    stores,
    sessionIds.map((sessionId) => ({ ended: { kind: 'session', sessionId, below }, audience })),
  );
}

/** Ends every auth token that application tokens were exchanged for. */
export async function endAuthTokensOfApplicationTokens(
  service: Service,
  stores: Stores,
  ids: readonly number[],
): Promise<void> {
  const raised = await raiseVersions(service, stores, ids, wholeStep);
  await writeRevocations(
    service,
    stores,
    raised.map((token) => endingOf(token, token.version - 1)),
  );
}

/**
 * Ends the auth tokens of an application token that now has a new secret: those of the secret before when that stops to
 * work, and those of any older one at once.
 *
 * @param validUntil when the secret before stops to work, in milliseconds since the Unix epoch
 */
export async function endAuthTokensOfSecret(
  service: Service,
  stores: Stores,
  id: number,
  validUntil: number,
): Promise<void> {
  const now = service.clock.now();
  await stores.moveRevocationsToCome(subjectOf(id), 'rotation', { dueAt: now, now });
  const raised = await raiseVersions(service, stores, [id], 1);
  await writeRevocations(
    service,
    stores,
    raised.map((token) => ({ ...endingOf(token, token.version), ...laterAt(validUntil, 'rotation', now) })),
  );
}

/**
 * Ends the auth tokens of an application token, as far as they outlive its new expiry date, when that comes.
 *
 * @param change when it expired before and when it does now, in milliseconds since the Unix epoch; null for never
 */
export async function endAuthTokensAtExpiry(
  service: Service,
  stores: Stores,
  id: number,
  { before, after }: { readonly before: number | null; readonly after: number | null },
): Promise<void> {
  const now = service.clock.now();
  // What an earlier change left to come moves along, or goes where nothing expires any more.
  await stores.moveRevocationsToCome(subjectOf(id), 'expiry', { dueAt: after, now });
  const isLater = after === null || (before !== null && before <= after);
  if (isLater || after >= now + (await findAuthTokenMinutes(stores)) * 60_000 + marginMs) return;
  const raised = await raiseVersions(service, stores, [id], wholeStep);
  await writeRevocations(
    service,
    stores,
    raised.map((token) => ({ ...endingOf(token, token.version - 1), ...laterAt(after, 'expiry', now) })),
  );
}

/**
 * Ends every auth token that was issued before a time, for one organisation or for all; sessions that began before it are
 * refused too. Our own API obeys as well.
 *
 * @param issuedBefore milliseconds since the Unix epoch, a whole second
 */
export async function revokeIssuedBefore(
  service: Service,
  stores: Stores,
  organisationId: number | 'all',
  issuedBefore: number,
): Promise<void> {
  await stores.setTokensFrom(organisationId, issuedBefore);
  const ending: Ending =
    organisationId === 'all'
      ? { ended: { kind: 'all', issuedBefore }, audience: everybody }
      : {
          ended: { kind: 'organisation', organisationId, issuedBefore },
          audience: await audienceOfOrganisation(stores, organisationId),
        };
  // Whoever is in the middle of a sign-in has shown a password before that time.
  if (organisationId === 'all') await stores.deleteAllMfaChallenges();
  await writeRevocations(service, stores, [ending]);
}

/**
 * Has everybody who follows the revocations refuse every auth token that was issued before a time, and look for new keys;
 * sessions and application tokens stay. Our own API refuses them by their key.
 *
 * @param issuedBefore milliseconds since the Unix epoch, a whole second
 */
export async function endAuthTokensIssuedBefore(service: Service, stores: Stores, issuedBefore: number): Promise<void> {
  await writeRevocations(service, stores, [{ ended: { kind: 'all', issuedBefore }, audience: everybody }]);
}

async function raiseVersions(
  service: Service,
  stores: Stores,
  ids: readonly number[],
  by: number,
): Promise<(RaisedApplicationToken & { readonly audience: Audience })[]> {
  const raised = await stores.raiseApplicationTokenVersions(ids, by);
  if (raised.length === 0) return [];
  await stores.raiseRevocationsToCome(ids.map(subjectOf), by, service.clock.now());
  const organisationIds = new Set(raised.map(({ organisationId }) => organisationId));
  const audiences = new Map<number, Audience>();
  for (const id of organisationIds) audiences.set(id, await audienceOfOrganisation(stores, id));
  return raised.map((token) => ({ ...token, audience: audiences.get(token.organisationId) ?? [] }));
}

function endingOf(token: RaisedApplicationToken & { readonly audience: Audience }, below: number): Ending {
  const { id, audience, authTokenMinutes: minutes } = token;
  return { ended: { kind: 'subject', subject: subjectOf(id), below }, audience, minutes };
}

function laterAt(at: number, reason: DelayReason, now: number): Pick<Ending, 'later'> {
  return at > now ? { later: { at, reason } } : {};
}

function subjectOf(applicationTokenId: number): string {
  return `application_token:${applicationTokenId}`;
}
