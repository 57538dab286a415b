import type { Challenge, PasskeyRequestOptions } from '@keywright/contract';
import { requireWithinLimits } from './attempt-limit.ts';
import { recordFailure, userFailure } from './authentication-failure.ts';
import { sendEmailCode } from './email-code.ts';
import { invalidInput, Refusal } from './errors.ts';
import { findLockoutKey, requireUnlocked } from './lockout.ts';
import { readMfaToken } from './mfa-token.ts';
import { createPasskeyChallenge, passkeyRequestOptions } from './passkey.ts';
import type { User } from './records.ts';
import type { MfaChallenge, Passkey } from './second-factor-port.ts';
import { listActiveMfaKeys } from './second-factor-use.ts';
import type { Client, Service } from './service.ts';
import { changeState } from './state-change.ts';

/**
 * Prepares the second step where the factor needs it (contract §3): mails a code, or answers what a passkey has to sign.
 *
 * @returns undefined once a mail is on its way
 * @throws Refusal InvalidToken, TokenExpired; InputValidationFailed where the user has no such factor
 * @throws Refusal TooManyRequests while locked, or within a minute of the code before
 */
export async function challengeSecondFactor(
  service: Service,
  { mfa_token, type }: Challenge,
  client: Client,
): Promise<PasskeyRequestOptions | undefined> {
  requireWithinLimits(service, client, { guesses: true });
  let user: User | undefined;
  try {
    const challenge = await readMfaToken(service, mfa_token);
    user = await service.database.findUser(challenge.userId);
    if (user?.status !== 1) throw new Refusal('InvalidToken', { reason: 'mfa token of a user who is not active' });
    return await challengeUser(service, user, challenge, type.id, client);
  } catch (error) {
    const isFailure = error instanceof Refusal && error.token !== 'InputValidationFailed';
    if (isFailure)
      recordFailure(service, client, error, userFailure(user?.username ?? 'a second factor', error, user, client));
    throw error;
  }
}

async function challengeUser(
  service: Service,
  user: User,
  challenge: MfaChallenge,
  type: number,
  client: Client,
): Promise<PasskeyRequestOptions | undefined> {
  const key = (await listActiveMfaKeys(service.database, user.id)).find((active) => active.type === type);
  if (key === undefined || key.type === 0) {
    const message = 'type - names no second factor of yours that needs a challenge.';
    throw invalidInput([{ token: 'InvalidReference', message }]);
  }
  const lockoutKey = await findLockoutKey(service, user, user.usernameKey, client);
  requireUnlocked(service, await service.database.findLockout(lockoutKey));
  if (key.passkey !== null) return challengePasskey(service, challenge, key.passkey);
  await changeState(service, async (stores) => {
    await stores.holdUser(user.id);
    await sendEmailCode(service, stores, user, 'sign_in');
    return { result: undefined, events: [] };
  });
  return undefined;
}

async function challengePasskey(
  service: Service,
  mfaChallenge: MfaChallenge,
  passkey: Passkey,
): Promise<PasskeyRequestOptions> {
  const challenge = createPasskeyChallenge(service.random);
  if (!(await service.database.setPasskeyChallenge(mfaChallenge.id, challenge))) {
    throw new Refusal('InvalidToken', { reason: 'mfa token used, or void' });
  }
  return passkeyRequestOptions(service, passkey, challenge);
}
