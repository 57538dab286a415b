import type { MfaMethod } from '@keywright/contract';
import { hasPasskeys } from '../second-factor/passkey.ts';
import type { SecondFactorQuestion } from '../session/session.ts';

/** A way in which the second step can be taken. */
export type SecondFactorWay = Exclude<MfaMethod, 'enrolment'>;

/** Why somebody is back at the password. */
export type Hindrance = 'start-again' | 'unlocked';

/** What the second step goes by. */
export interface SecondStep {
  readonly kind: 'second-factor';
  readonly username: string;
  readonly mfaToken: string;
  readonly ways: readonly SecondFactorWay[];
  /** Whether the factor was set up a moment ago: the code that did it is used up. */
  readonly isFresh?: boolean;
}

/** What somebody has to do first whose organisation requires a second factor, and who has none. */
export interface EnrolmentStep {
  readonly kind: 'enrolment';
  readonly username: string;
  /** It is asked for once more by the call that begins. */
  readonly password: string;
  readonly mfaToken: string;
}

/** Where somebody is on the way in. */
export type SignInStep =
  | { readonly kind: 'password'; readonly username: string; readonly hindrance?: Hindrance }
  | { readonly kind: 'locked'; readonly username: string; readonly endsAt: number }
  | EnrolmentStep
  | SecondStep;

/** What a right password leads to where it is not enough. */
export function stepAfterPassword(
  { mfaToken, methods }: SecondFactorQuestion,
  { username, password }: { readonly username: string; readonly password: string },
): SignInStep {
  if (methods.includes('enrolment')) return { kind: 'enrolment', username, password, mfaToken };
  return { kind: 'second-factor', username, mfaToken, ways: sortWays(methods) };
}

/** The handiest first. */
const order: readonly SecondFactorWay[] = ['passkey', 'totp', 'email_code', 'recovery_code'];

/** Sorts what a user has by what is handiest on this device. */
function sortWays(methods: readonly MfaMethod[]): SecondFactorWay[] {
  const offered = order.filter((way) => methods.includes(way));
  if (hasPasskeys()) return offered;
  return [...offered.filter((way) => way !== 'passkey'), ...offered.filter((way) => way === 'passkey')];
}
