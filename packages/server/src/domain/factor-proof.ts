import { Refusal } from './errors.ts';
import { hasFreshSecondFactor } from './fresh-sign-in.ts';
import { judgeOwnAttempt, provePassword, WrongProof } from './judged-attempt.ts';
import { requireUnlocked } from './lockout.ts';
import { holdWithPassword } from './own-password.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { User } from './records.ts';
import { wrongInput } from './second-factor-rules.ts';
import { listActiveMfaKeys, useCode } from './second-factor-use.ts';
import type { Caller, Service } from './service.ts';
import { type Change, changeState } from './state-change.ts';

/** How long after the first factor came into force what belongs to setting it up takes no code of it, in milliseconds. */
const setupMs = 10 * 60 * 1000;

/** What somebody gives who wants another second factor, or what stands in for one. */
export interface FactorProof {
  readonly password: string;
  readonly code?: string;
}

/**
 * Changes what the calling user can pass the second step with, given the password; and while a second factor is in force, a
 * code as well. Whoever holds a session that a trusted device let in, and the password, would else make themselves what the
 * second step asks for, and with it remove what was there.
 *
 * No code is asked for within ten minutes of a sign-in with the second factor, nor of putting the first one in force.
 *
 * @throws Refusal NotAllowed where the code is missing; InputValidationFailed where password or code is wrong;
 *   TooManyRequests while locked
 */
export async function changeWithFactorProof<T>(
  service: Service,
  caller: Caller,
  { password, code }: FactorProof,
  change: (stores: Stores & TransactionLocks, user: User) => ReturnType<Change<T>>,
): Promise<T> {
  const user = await service.database.findUser(caller.user.id);
  if (user === undefined) throw new Refusal('InvalidToken', { reason: 'the user was deleted meanwhile' });
  const asksCode = await isCodeAsked(service, service.database, caller);
  if (asksCode && code === undefined) throw codeNeeded();
  return judgeOwnAttempt(service, user, caller, {
    attempt: async (lockoutKey) => {
      await provePassword(service, user, password);
      return changeState(service, async (stores) => {
        const held = await holdWithPassword(stores, user, wrongInput);
        requireUnlocked(service, await stores.findLockout(lockoutKey));
        if (asksCode) await proveCode(service, stores, user, code ?? '');
        else if (await isCodeAsked(service, stores, caller)) throw codeNeeded();
        return change(stores, held);
      });
    },
    refuse: wrongInput,
  });
}

async function proveCode(service: Service, stores: Stores, user: User, code: string): Promise<void> {
  if ((await useCode(service, stores, user.id, code)) === undefined) throw new WrongProof('wrong code');
}

async function isCodeAsked(service: Service, stores: Stores, caller: Caller): Promise<boolean> {
  const activated = (await listActiveMfaKeys(stores, caller.user.id)).map(({ activatedAt }) => activatedAt ?? 0);
  if (activated.length === 0 || Math.min(...activated) + setupMs > service.clock.now()) return false;
  return !(await hasFreshSecondFactor(service, caller));
}

function codeNeeded(): Refusal {
  const message =
    'While a second factor is active, this takes a sign-in with it within the last ten minutes, or one of its codes as code';
  return new Refusal('NotAllowed', { message, reason: 'the second factor is not fresh' });
}
