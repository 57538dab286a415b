import { Refusal } from './errors.ts';
import { freshMs, hasFreshSecondFactor } from './fresh-sign-in.ts';
import { judgeOwnAttempt, provePassword, WrongProof } from './judged-attempt.ts';
import { requireUnlocked } from './lockout.ts';
import { findOwnUser, holdWithPassword, type RefusePassword } from './own-password.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { User } from './records.ts';
import { wrongInput } from './second-factor-rules.ts';
import { listActiveMfaKeys, useCode } from './second-factor-use.ts';
import type { Caller, Service } from './service.ts';
import { type Change, changeState } from './state-change.ts';

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
  const user = await findOwnUser(service, caller);
  const asksCode = await isCodeAsked(service, service.database, caller);
  if (asksCode && code === undefined) throw codeNeeded();
  return changeWithProof(service, caller, user, {
    password,
    code: asksCode ? code : undefined,
    refuse: wrongInput,
    change: async (stores, held) => {
      if (!asksCode && (await isCodeAsked(service, stores, caller))) throw codeNeeded();
      return change(stores, held);
    },
  });
}

/**
 * Changes something once the calling user has proved the password and, where it is given, a code of a second factor; both
 * judged as one attempt at a sign-in.
 *
 * @throws Refusal as `refuse` has it where either is wrong; TooManyRequests while locked
 */
export async function changeWithProof<T>(
  service: Service,
  caller: Caller,
  user: User,
  proof: {
    readonly password: string;
    readonly code: string | undefined;
    readonly refuse: RefusePassword;
    /** Within a transaction that holds the user. */
    readonly change: (stores: Stores & TransactionLocks, held: User) => ReturnType<Change<T>>;
  },
): Promise<T> {
  const { password, code, refuse, change } = proof;
  return judgeOwnAttempt(service, user, caller, {
    attempt: async (lockoutKey) => {
      await provePassword(service, user, password);
      return changeState(service, async (stores) => {
        const held = await holdWithPassword(stores, user, refuse);
        // Another instance may have locked the account while the password was looked at here.
        requireUnlocked(service, await stores.findLockout(lockoutKey));
        if (code !== undefined && (await useCode(service, stores, user.id, code)) === undefined) {
          throw new WrongProof('wrong code');
        }
        return change(stores, held);
      });
    },
    refuse,
  });
}

async function isCodeAsked(service: Service, stores: Stores, caller: Caller): Promise<boolean> {
  const activated = (await listActiveMfaKeys(stores, caller.user.id)).map(({ activatedAt }) => activatedAt ?? 0);
  // Recovery codes and the like belong to setting the first one up.
  if (activated.length === 0 || Math.min(...activated) + freshMs > service.clock.now()) return false;
  return !(await hasFreshSecondFactor(service, caller));
}

function codeNeeded(): Refusal {
  const message =
    'While a second factor is active, this takes a sign-in with it within the last ten minutes, or one of its codes as code';
  return new Refusal('NotAllowed', { message, reason: 'the second factor is not fresh' });
}
