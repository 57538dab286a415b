import type { MfaMethod } from '@keywright/contract';

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
}

/** Where somebody is on the way in. */
export type SignInStep =
  | { readonly kind: 'password'; readonly username: string; readonly hindrance?: Hindrance }
  | { readonly kind: 'locked'; readonly username: string; readonly endsAt: number }
  | SecondStep;

/** The handiest first. */
const order: readonly SecondFactorWay[] = ['passkey', 'totp', 'email_code', 'recovery_code'];

/** Sorts what a user has by what is handiest on this device. */
export function sortWays(methods: readonly MfaMethod[]): SecondFactorWay[] {
  const offered = order.filter((way) => methods.includes(way));
  const canUsePasskeys = typeof window.PublicKeyCredential === 'function';
  return canUsePasskeys
    ? offered
    : [...offered.filter((way) => way !== 'passkey'), ...offered.filter((way) => way === 'passkey')];
}
