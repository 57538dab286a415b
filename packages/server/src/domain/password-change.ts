import type { PasswordChange } from '@keywright/contract';
import { notFound, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { judgeOwnAttempt, provePassword } from './judged-attempt.ts';
import { requireUnlocked } from './lockout.ts';
import { announceNewPassword } from './notice.ts';
import { findOwnUser } from './own-password.ts';
import { readNewPassword } from './password-rules.ts';
import { requireInPerson, requirePermission } from './permission.ts';
import type { Stores } from './ports.ts';
import type { LockoutKey, NewEvent, User } from './records.ts';
import { type Actor, actorOf, type Caller, type Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';

/**
 * Changes the calling user's password (contract §6). The calling session goes on; every other session, every pending
 * `mfa_token` and every trusted device ends.
 *
 * @throws Refusal Forbidden for anybody but the user in person; InputValidationFailed for a wrong old password, which counts
 *   towards the lock-out, and for a new one that won't do; TooManyRequests while locked
 */
export async function changePassword(service: Service, caller: Caller, input: () => PasswordChange): Promise<void> {
  requirePermission(caller, 'user.update_own');
  requireInPerson(caller);
  const asked = input();
  const user = await findOwnUser(service, caller);
  const { username } = user;
  const sha1 = await readNewPassword(service, asked.new_password, { username, property: 'new_password' });
  await judgeOwnAttempt(service, user, caller, {
    refuse: (reason) =>
      new Refusal('InputValidationFailed', {
        reason,
        problems: [{ token: 'InvalidFormat', message: 'old_password is not your current password' }],
      }),
    attempt: async (key) => {
      await provePassword(service, user, asked.old_password);
      await setOwnPassword(service, caller, { user, key, passwordHash: await service.passwords.hash(sha1) });
    },
  });
}

async function setOwnPassword(
  service: Service,
  caller: Caller,
  change: { readonly user: User; readonly key: LockoutKey; readonly passwordHash: string },
): Promise<void> {
  const { user, key, passwordHash } = change;
  await changeState(service, async (stores) => {
    const held = await stores.holdUser(user.id);
    if (held?.passwordHash !== user.passwordHash || held.status !== 1) {
      throw new Refusal('InvalidToken', { reason: 'the account changed meanwhile' });
    }
    // Another instance may have locked the account while the old password was looked at here.
    requireUnlocked(service, await stores.findLockout(key));
    const { sessionId } = caller;
    const replacement = { passwordHash, ...(sessionId === undefined ? {} : { exceptSessionId: sessionId }) };
    return { result: undefined, events: [await replacePassword(service, stores, actorOf(caller), held, replacement)] };
  });
}

/**
 * Sets a user's password, whatever it was before; every session ends: for operators.
 *
 * @throws Refusal NotFound, InputValidationFailed
 */
export async function setPassword(service: Service, actor: Actor, userId: number, password: string): Promise<void> {
  const user = await service.database.findUser(userId);
  if (user === undefined) throw notFound('User', userId);
  const sha1 = await readNewPassword(service, password, { username: user.username });
  const passwordHash = await service.passwords.hash(sha1);
  await changeState(service, async (stores) => {
    const held = await stores.holdUser(userId);
    if (held === undefined) throw notFound('User', userId);
    return { result: undefined, events: [await replacePassword(service, stores, actor, held, { passwordHash })] };
  });
}

/** Replaces a user's password within a transaction that holds the user; every session ends but `exceptSessionId`. */
async function replacePassword(
  service: Service,
  stores: Stores,
  actor: Actor,
  user: User,
  change: { readonly passwordHash: string; readonly exceptSessionId?: number },
): Promise<NewEvent> {
  const { passwordHash, ...except } = change;
  const passwordChangedAt = service.clock.now();
  await stores.updateUser(user.id, { passwordHash, passwordChangedAt });
  if (user.passwordHash === null) await stores.keepInvitationKeys(user.id, passwordChangedAt);
  const ended = await endSessionsOf(service, stores, user.id, { reason: 'password changed', ...except });
  await announceNewPassword(service, stores, user, actor.client);
  return eventOf(service, actor.client, {
    type: 'PasswordChanged',
    organisationId: user.organisationId,
    userId: user.id,
    description: `${user.username} got a new password, by ${actor.name}`,
    detail: { ended_session_ids: ended },
  });
}
