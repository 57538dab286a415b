import { requireWithinLimits } from './attempt-limit.ts';
import { recordFailure, userFailure } from './authentication-failure.ts';
import { Refusal } from './errors.ts';
import { countFailure, findLockoutKey, requireUnlocked } from './lockout.ts';
import { readPassword } from './password.ts';
import { findPasswordFault } from './password-check.ts';
import type { LockoutKey, User } from './records.ts';
import type { Client, Service } from './service.ts';

/** What somebody gave to prove who they are is wrong: the failure counts, and is not told in detail. */
export class WrongProof extends Error {
  override readonly name = 'WrongProof';
}

/**
 * Judges what a known user gives as proof, exactly as a sign-in is judged: one attempt of the account after another, each
 * wrong one counted in the lock-out counts, none judged while locked.
 *
 * @param attempt throws {@link WrongProof} where the proof is wrong; it is given the count that judges it, whose lock it
 *   looks at again where it begins something
 * @throws Refusal TooManyRequests while locked
 */
export async function judgeAttemptOf<T>(
  service: Service,
  user: User,
  client: Client,
  options: { readonly attempt: (key: LockoutKey) => Promise<T>; readonly refuse: (reason: string) => Refusal },
): Promise<T> {
  return service.signIns.run(user.usernameKey, async () => {
    const key = await findLockoutKey(service, user, user.usernameKey, client);
    requireUnlocked(service, await service.database.findLockout(key));
    try {
      return await options.attempt(key);
    } catch (error) {
      if (!(error instanceof WrongProof)) throw error;
      await countFailure(service, key, user, client);
      throw options.refuse(error.message);
    }
  });
}

/**
 * Lets a signed-in user do something that needs more proof than the session: {@link judgeRecordedAttempt}, within the limits
 * per client address.
 *
 * @param options.attempt as in {@link judgeAttemptOf}
 * @throws Refusal TooManyRequests while locked, and for an address that tries or fails too often
 */
export async function judgeOwnAttempt<T>(
  service: Service,
  user: User,
  client: Client,
  options: { readonly attempt: (key: LockoutKey) => Promise<T>; readonly refuse: (reason: string) => Refusal },
): Promise<T> {
  requireWithinLimits(service, client, { guesses: true });
  return judgeRecordedAttempt(service, user, client, options);
}

/**
 * Judges as {@link judgeAttemptOf} does, where the limits were looked at before; failures are events, as at a sign-in.
 *
 * @throws Refusal TooManyRequests while locked
 */
export async function judgeRecordedAttempt<T>(
  service: Service,
  user: User,
  client: Client,
  options: { readonly attempt: (key: LockoutKey) => Promise<T>; readonly refuse: (reason: string) => Refusal },
): Promise<T> {
  try {
    return await judgeAttemptOf(service, user, client, options);
  } catch (error) {
    if (error instanceof Refusal && (error.token === 'TooManyRequests' || error.reason !== undefined)) {
      recordFailure(service, client, error, userFailure(user.username, error, user, client));
    }
    throw error;
  }
}

/**
 * Checks a user's own password.
 *
 * @throws WrongProof
 */
export async function provePassword(service: Service, user: User, password: string): Promise<void> {
  const fault = await findPasswordFault(service, user, readPassword(password));
  if (fault !== undefined) throw new WrongProof(fault);
}
