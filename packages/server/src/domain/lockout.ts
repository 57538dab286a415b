import { createHash } from 'node:crypto';
import { notFound, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { requestMail } from './mail-request.ts';
import { knownNetworkOf } from './network.ts';
import { announceNewNetwork } from './notice.ts';
import type { Stores } from './ports.ts';
import type { Lockout, LockoutKey, User } from './records.ts';
import type { TrustedDevice } from './second-factor-port.ts';
import type { Actor, Client, Service } from './service.ts';
import { changeState } from './state-change.ts';
import { organisationToTell } from './unconfirmed-username.ts';

/** Consecutive failures that lock (contract §3). */
const maxFailures = 3;
/** How long a lock holds, in milliseconds. */
const lockMs = 5 * 60 * 1000;
/** How long a completed sign-in keeps its network known, in milliseconds. */
export const knownNetworkMs = 30 * 24 * 60 * 60 * 1000;

/** The count of the account at large: of attempts from nowhere known. */
const accountScope = 'account';

/** Whose failures are counted. A name that doesn't exist is counted like one that does, by a hash of bounded length. */
export function lockoutSubject(user: Pick<User, 'id'> | undefined, usernameKey: string): string {
  if (user !== undefined) return `user:${user.id}`;
  return `name:${createHash('sha256').update(usernameKey).digest('base64url')}`;
}

/**
 * Which of an account's counts judges an attempt: that of the trusted device, where it comes from one; that of the network,
 * where the account completed a sign-in from it in the last 30 days; or else the account's own. So outsiders can't lock the
 * owner out.
 */
export async function findLockoutKey(
  service: Service,
  user: User | undefined,
  usernameKey: string,
  client: Client,
  device?: TrustedDevice,
): Promise<LockoutKey> {
  const subject = lockoutSubject(user, usernameKey);
  const network = knownNetworkOf(client.address);
  // Asked for names that don't exist as well, so that both take the same time.
  const known = await service.database.findKnownNetwork(user?.id ?? 0, network);
  const isKnown = known !== undefined && known.lastSignInAt > service.clock.now() - knownNetworkMs;
  if (device !== undefined) return { subject, scope: `device:${device.id}` };
  return { subject, scope: isKnown ? networkScope(network) : accountScope };
}

function networkScope(network: string): string {
  return `network:${network}`;
}

/**
 * @throws Refusal TooManyRequests while the lock holds
 */
export function requireUnlocked(service: Service, lockout: Lockout | undefined): void {
  const remainingMs = (lockout?.lockedUntil ?? 0) - service.clock.now();
  if (remainingMs > 0) {
    throw new Refusal('TooManyRequests', { reason: 'locked', retryAfterSeconds: Math.ceil(remainingMs / 1000) });
  }
}

/**
 * Counts a failed attempt; the one that reaches the limit locks, with an event in the same transaction.
 *
 * @throws Refusal TooManyRequests where another instance's failure locked meanwhile: this attempt then came too late
 */
export async function countFailure(
  service: Service,
  key: LockoutKey,
  user: User | undefined,
  client: Client,
): Promise<void> {
  const now = service.clock.now();
  const lockout = await changeState(service, async (stores) => {
    const counted = await stores.countFailure(key, {
      userId: user?.id ?? null,
      now,
      limit: maxFailures,
      lockUntil: now + lockMs,
    });
    const locks = counted.lockedUntil !== null && counted.wasLocked !== true;
    if (locks) await askForLockNotice(service, stores, key, client);
    const event = eventOf(service, client, {
      type: 'AccountLocked',
      organisationId: organisationToTell(user),
      userId: user?.id ?? null,
      description: `Locked for ${lockMs / 60_000} minutes after ${maxFailures} failures`,
      detail: { scope: key.scope },
    });
    return { result: counted, events: locks ? [event] : [] };
  });
  if (user === undefined) service.failures.noteUnknownName(now);
  if (lockout.wasLocked === true) requireUnlocked(service, lockout);
}

/** Asked for names that don't exist as well, so that both take the same time. */
async function askForLockNotice(service: Service, stores: Stores, key: LockoutKey, client: Client): Promise<void> {
  const request = { kind: 'account_locked', subject: key.subject, minutes: lockMs / 60_000 } as const;
  await requestMail(service, stores, request, client);
}

/**
 * Resets the counts that a completed sign-in proves wrong, and makes its network a known one; of a new one the user is told.
 *
 * @param key which count judged the sign-in: that of a device is reset as well
 */
export async function noteCompletedSignIn(
  service: Service,
  stores: Stores,
  user: User,
  client: Client,
  key: LockoutKey,
): Promise<void> {
  await announceNewNetwork(service, stores, user, client);
  const network = knownNetworkOf(client.address);
  await stores.deleteLockouts(lockoutSubject(user, user.usernameKey), [
    accountScope,
    networkScope(network),
    ...(key.scope.startsWith('device:') ? [key.scope] : []),
  ]);
  await stores.upsertKnownNetwork({ userId: user.id, network, lastSignInAt: service.clock.now() });
}

/**
 * Removes every lock of a user, and what was counted towards one.
 *
 * @returns whether there was anything to remove
 */
export async function unlockUser(service: Service, actor: Actor, userId: number): Promise<boolean> {
  const user = await service.database.findUser(userId);
  if (user === undefined) throw notFound('User', userId);
  return changeState(service, async (stores) => {
    const removed = await stores.deleteLockouts(lockoutSubject(user, user.usernameKey), 'all');
    const event = eventOf(service, actor.client, {
      type: 'AccountUnlocked',
      organisationId: user.organisationId,
      userId,
      description: `${user.username} was unlocked by ${actor.name}`,
    });
    return { result: removed > 0, events: removed > 0 ? [event] : [] };
  });
}
