import type { AuthenticationCredential, NewTrustedDevice, Tokens } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { findFirstWorkspace } from './first-workspace.ts';
import { judgeAttemptOf, WrongProof } from './judged-attempt.ts';
import { requireUnlocked } from './lockout.ts';
import { readMfaToken, takeTry } from './mfa-token.ts';
import type { Stores } from './ports.ts';
import type { LockoutKey, NewEvent, User } from './records.ts';
import type { MfaChallenge } from './second-factor-port.ts';
import { type ProvedFactor, useCode, usePasskey, type VerifiedPasskey, verifyPasskeyOf } from './second-factor-use.ts';
import type { Client, Service } from './service.ts';
import { issueSessionTokens } from './session.ts';
import type { FailedAttempt } from './sign-in.ts';
import { beginSignedInSession } from './sign-in-completion.ts';
import { changeState } from './state-change.ts';
import { trustDevice } from './trusted-device.ts';

interface SecondStep {
  readonly mfa_token: string;
  /** From now on this device skips the second step. */
  readonly trusted_device?: NewTrustedDevice;
}

/** What the second step takes: a code, or what a passkey signed. */
export type SecondFactorCredentials =
  | (SecondStep & { readonly form: 'second_factor'; readonly code: string })
  | (SecondStep & { readonly form: 'passkey'; readonly credential: AuthenticationCredential });

/**
 * Completes a sign-in with the second factor (contract §3). Wrong codes count as wrong passwords do; each token has five
 * tries and one success, whichever instances they come to.
 *
 * @param onFailure told of each refusal, before it is thrown
 * @throws Refusal InvalidToken where the mfa token is wrong, used, void or tried five times; TokenExpired past its time
 * @throws Refusal InvalidCredentials where the code is wrong, or was used; TooManyRequests while locked
 */
export async function signInWithSecondFactor(
  service: Service,
  credentials: SecondFactorCredentials,
  client: Client,
  onFailure: (failed: FailedAttempt) => void,
): Promise<Tokens> {
  let user: User | undefined;
  try {
    const challenge = await readMfaToken(service, credentials.mfa_token);
    user = await service.database.findUser(challenge.userId);
    if (user === undefined) throw new Refusal('InvalidToken', { reason: 'mfa token of a deleted user' });
    requireEnrolled(challenge);
    return await judge(service, user, challenge, credentials, client);
  } catch (error) {
    if (error instanceof Refusal) onFailure({ refusal: error, user });
    throw error;
  }
}

function requireEnrolled(challenge: MfaChallenge): void {
  if (!challenge.enrolment) return;
  throw new Refusal('InvalidToken', {
    message: 'Set a second factor up first: POST /api/v1/user/mfa with this token as the bearer',
    reason: 'no second factor is set up yet',
  });
}

async function judge(
  service: Service,
  user: User,
  challenge: MfaChallenge,
  credentials: SecondFactorCredentials,
  client: Client,
): Promise<Tokens> {
  return judgeAttemptOf(service, user, client, {
    attempt: async (key) => {
      await takeTry(service, challenge);
      if (credentials.form === 'second_factor') {
        const { code } = credentials;
        return complete(service, user, challenge, { key, client, device: credentials.trusted_device }, (stores) =>
          useCode(service, stores, user.id, code),
        );
      }
      const verified = await requireVerified(verifyPasskeyOf(service, challenge, credentials.credential));
      return complete(service, user, challenge, { key, client, device: credentials.trusted_device }, (stores) =>
        usePasskey(stores, verified),
      );
    },
    refuse: (reason) => new Refusal('InvalidCredentials', { reason }),
  });
}

async function requireVerified(verifying: Promise<VerifiedPasskey | undefined>): Promise<VerifiedPasskey> {
  const verified = await verifying;
  if (verified === undefined) throw new WrongProof('wrong passkey');
  return verified;
}

async function complete(
  service: Service,
  user: User,
  challenge: MfaChallenge,
  step: { readonly key: LockoutKey; readonly client: Client; readonly device: NewTrustedDevice | undefined },
  prove: (stores: Stores) => Promise<ProvedFactor | undefined>,
): Promise<Tokens> {
  const { key, client, device } = step;
  const { session, workspace, held } = await changeState(service, async (stores) => {
    const held = await stores.holdUser(user.id);
    if (held?.status !== 1) throw new Refusal('InvalidCredentials', { reason: 'the user is not active' });
    requireUnlocked(service, await stores.findLockout(key));
    if (!(await stores.deleteMfaChallenge(challenge.id))) {
      throw new Refusal('InvalidToken', { reason: 'mfa token used, or void' });
    }
    const proved = await prove(stores);
    if (proved === undefined) throw new WrongProof('wrong code');
    const workspace = await findFirstWorkspace(stores, held);
    if (workspace === undefined) throw new Refusal('InvalidCredentials', { reason: 'assigned to no workspace' });
    const { session, event } = await beginSignedInSession(service, stores, {
      user: held,
      workspace,
      client,
      amr: ['pwd', proved.amr],
      lockoutKey: key,
      passedSecondFactor: true,
    });
    const trusted = device === undefined ? [] : await trustDevice(service, stores, held, client, device);
    const events = [event, ...recoveryCodeUse(service, held, client, proved), ...trusted];
    return { result: { session, workspace, held }, events };
  });
  return issueSessionTokens(service, held, workspace, session);
}

/** That a recovery code was used is worth an event of its own: the factor itself may be lost. */
function recoveryCodeUse(service: Service, user: User, client: Client, proved: ProvedFactor): NewEvent[] {
  if (proved.recoveryCodesLeft === undefined) return [];
  const event = eventOf(service, client, {
    type: 'MultiFactorAuthentication',
    organisationId: user.organisationId,
    userId: user.id,
    description: `${user.username} signed in with a recovery code; ${proved.recoveryCodesLeft} are left`,
  });
  return [event];
}
