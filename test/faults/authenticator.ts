import { stepAt } from '../support/totp.ts';

/** A user with an authenticator app, and the last step whose code was sent. */
export interface Authenticator {
  readonly username: string;
  readonly password: string;
  /** In Base32. */
  readonly secret: string;
  lastStep: number;
  /** Whether a writer is signing in with it. */
  isBusy: boolean;
}

/** The step whose code an authenticator may send next: a later one than the last, and at most one ahead of the clock. */
export function nextStep({ lastStep }: Authenticator): number | undefined {
  const step = Math.max(lastStep + 1, stepAt(Date.now()));
  return step <= stepAt(Date.now()) + 1 ? step : undefined;
}
