import type { PasswordChange } from '@keywright/contract';
import { invalidInput, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { judgeOwnAttempt, provePassword } from './judged-attempt.ts';
import { requireUnlocked } from './lockout.ts';
import { announceNewPassword } from './notice.ts';
import { readPassword } from './password.ts';
import { findPasswordProblems } from './password-rules.ts';
import { requireInPerson, requirePermission } from './permission.ts';
import type { LockoutKey, User } from './records.ts';
import { actorOf, type Caller, type Service } from './service.ts';
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
  const user = await service.database.findUser(caller.user.id);
  if (user === undefined) throw new Refusal('InvalidToken', { reason: 'the user was deleted' });
  const read = readPassword(asked.new_password);
  const problems = await findPasswordProblems(service, read, { username: user.username, property: 'new_password' });
  if (problems.length > 0) throw invalidInput(problems);
  await judgeOwnAttempt(service, user, caller, {
    refuse: (reason) =>
      new Refusal('InputValidationFailed', {
        reason,
        problems: [{ token: 'InvalidFormat', message: 'old_password is not your present password' }],
      }),
    attempt: async (key) => {
      await provePassword(service, user, asked.old_password);
      await setOwnPassword(service, caller, { user, key, passwordHash: await service.passwords.hash(read.sha1) });
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
    await stores.updateUser(user.id, { passwordHash, passwordChangedAt: service.clock.now() });
    const { sessionId } = caller;
    const ended = await endSessionsOf(service, stores, user.id, {
      reason: 'password changed',
      ...(sessionId === undefined ? {} : { exceptSessionId: sessionId }),
    });
    await announceNewPassword(service, stores, user, caller);
    const event = eventOf(service, caller, {
      type: 'PasswordChanged',
      organisationId: user.organisationId,
      userId: user.id,
      description: `${user.username} got a new password, by ${actorOf(caller).name}`,
      detail: { ended_session_ids: ended },
    });
    return { result: undefined, events: [event] };
  });
}
