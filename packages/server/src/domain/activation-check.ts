import type { Activation } from '@keywright/contract';
import type { LiveActivationKey } from './activation-key.ts';
import { invalidInput, type Problem } from './errors.ts';
import { judgeRecordedAttempt, provePassword } from './judged-attempt.ts';
import { findNameProblems } from './name.ts';
import { wrongPassword } from './own-password.ts';
import { readPassword } from './password.ts';
import { findPasswordProblems } from './password-rules.ts';
import type { LockoutKey, User } from './records.ts';
import type { Client, Service } from './service.ts';
import { openSignUp } from './signup.ts';
import { isRenamed } from './unconfirmed-username.ts';

/** Whether a new password has to come with a key, may come, the present one has to, or none is looked at. */
export type PasswordUse = 'always' | 'maybe' | 'present' | 'never';

/** What an activation key is used with, checked and with the password hashed. */
export interface CheckedActivation {
  readonly passwordHash: string | undefined;
  readonly name: string | undefined;
  /** Which count judged the current password, where that was to be proved. */
  readonly lockoutKey: LockoutKey | undefined;
}

/** Says what a key does with a password. */
export function passwordUseOf(live: LiveActivationKey): PasswordUse {
  // Whoever signed up may have done so with somebody else's address: who has the mail says what the password is.
  if (live.kind === 'signup') return 'always';
  // An account in use may have been given somebody else's address: who has the mail is to be who has the account, too.
  if (isRenamed(live.user)) return 'present';
  if (live.user.passwordHash === null || live.key.purpose === 'password_reset') return 'always';
  return live.key.purpose === 'activation' ? 'maybe' : 'never';
}

/**
 * Checks what comes with a key.
 *
 * @throws Refusal InputValidationFailed, also for a current password that is wrong, which counts towards the lock-out;
 *   TooManyRequests while locked
 */
export async function checkActivation(
  service: Service,
  live: LiveActivationKey,
  { password, name }: Activation,
  client: Client,
): Promise<CheckedActivation> {
  const use = passwordUseOf(live);
  const problems: Problem[] = name === undefined ? [] : [...findNameProblems(name, 'name')];
  if (password === undefined && (use === 'always' || use === 'present'))
    problems.push({ token: 'Required', message: 'password is required' });
  const isNew = use === 'always' || use === 'maybe';
  const read = isNew && password !== undefined ? readPassword(password) : undefined;
  if (read !== undefined) {
    const username = live.kind === 'user' ? live.user.username : openSignUp(service, live.signUp).username;
    problems.push(...(await findPasswordProblems(service, read, { username })));
  }
  if (problems.length > 0) throw invalidInput(problems);
  const isProved = use === 'present' && live.kind === 'user' && password !== undefined;
  return {
    passwordHash: read === undefined ? undefined : await service.passwords.hash(read.sha1),
    name: name?.trim(),
    lockoutKey: isProved ? await provePresentPassword(service, live.user, password, client) : undefined,
  };
}

/** @returns the count that judged it */
async function provePresentPassword(
  service: Service,
  user: User,
  password: string,
  client: Client,
): Promise<LockoutKey> {
  return judgeRecordedAttempt(service, user, client, {
    attempt: async (key) => {
      await provePassword(service, user, password);
      return key;
    },
    refuse: wrongPassword,
  });
}
