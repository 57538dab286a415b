import { Refusal } from './errors.ts';
import { judgeOwnAttempt, provePassword } from './judged-attempt.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { User } from './records.ts';
import type { Caller, Service } from './service.ts';

/** How a wrong password is refused; the reason is for the event. */
export type RefusePassword = (reason: string) => Refusal;

/** How a `password` that has to be the present one is refused; the reason is for the event. */
export function wrongPassword(reason: string): Refusal {
  const message = 'password is not your current password';
  return new Refusal('InputValidationFailed', { problems: [{ token: 'InvalidFormat', message }], reason });
}

/**
 * The user who calls, to be asked for a proof.
 *
 * @throws Refusal InvalidToken
 */
export async function findOwnUser(service: Service, caller: Caller): Promise<User> {
  const user = await service.database.findUser(caller.user.id);
  if (user === undefined) throw new Refusal('InvalidToken', { reason: 'the user was deleted meanwhile' });
  return user;
}

/**
 * Lets the calling user prove the own password, judged as at a sign-in.
 *
 * @returns the user with the password that was proved, for {@link holdWithPassword}
 * @throws Refusal as `refuse` has it where the password is wrong; TooManyRequests while locked, and beyond the limits
 */
export async function confirmOwnPassword(
  service: Service,
  caller: Caller,
  password: string,
  refuse: RefusePassword,
): Promise<User> {
  const user = await findOwnUser(service, caller);
  await judgeOwnAttempt(service, user, caller, { attempt: () => provePassword(service, user, password), refuse });
  return user;
}

/**
 * Holds the user; a password that was changed since it was proved proves nothing.
 *
 * @throws Refusal as `refuse` has it
 */
export async function holdWithPassword(
  stores: Stores & TransactionLocks,
  proved: User,
  refuse: RefusePassword,
): Promise<User> {
  const held = await stores.holdUser(proved.id);
  if (held?.passwordHash !== proved.passwordHash || held.status !== 1) throw refuse('wrong password');
  return held;
}
