import type { MfaMethod, MfaTokenClaims } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { checkAudience, checkIssuer, checkTimes } from './jws-claims.ts';
import { JwsError } from './jws-error.ts';
import type { Stores } from './ports.ts';
import type { User } from './records.ts';
import type { MfaChallenge, MfaKey, MfaType } from './second-factor-port.ts';
import type { Service } from './service.ts';

/** How long the second step may take, in milliseconds (contract §2). */
const lifeMs = 20 * 60 * 1000;
/** How many codes may be tried with one token (contract §2). */
const maxTries = 5;
/** How far the clocks of two instances may differ, in seconds; the store decides when a token's time is over. */
const clockSkewSeconds = 60;
/** How long a token that is past its time can still be told from one that never was, in milliseconds. */
const keptMs = 60 * 60 * 1000;

const methodOf: Readonly<Record<MfaType, MfaMethod>> = { 0: 'totp', 1: 'email_code', 2: 'passkey' };

/** Only the service itself reads it, and only to authenticate. */
function internalAudience(service: Service): string {
  return `${service.settings.publicUrl()}/api/v1/authenticate`;
}

/**
 * Makes the token of the second step, in the transaction that judged the password.
 *
 * @param factors the user's active ones; where there is none, the token serves to set one up
 */
export async function issueMfaToken(
  service: Service,
  stores: Stores,
  user: User,
  factors: readonly MfaKey[],
): Promise<string> {
  const now = service.clock.now();
  const id = Buffer.from(service.random.bytes(16)).toString('base64url');
  const enrolment = factors.length === 0;
  await stores.deleteExpiredMfaChallenges(now - keptMs);
  await stores.insertMfaChallenge({ id, userId: user.id, enrolment, createdAt: now, expiresAt: now + lifeMs });
  const hasRecoveryCodes = !enrolment && (await stores.countRecoveryCodes(user.id)) > 0;
  const methods = [
    ...factors.map(({ type }) => methodOf[type]),
    ...(hasRecoveryCodes ? (['recovery_code'] as const) : []),
  ];
  const claims: MfaTokenClaims = {
    iss: service.settings.publicUrl(),
    aud: internalAudience(service),
    sub: `user:${user.id}`,
    iat: Math.floor(now / 1000),
    exp: Math.floor((now + lifeMs) / 1000),
    jti: id,
    use: 'mfa',
    methods: enrolment ? ['enrolment'] : methods,
  };
  return service.keys.signInternalToken(claims);
}

/**
 * Finds what an `mfa_token` stands for, without using it up.
 *
 * @throws Refusal InvalidToken where it is no such token, was used, or is void; TokenExpired past its time
 */
export async function readMfaToken(service: Service, token: string): Promise<MfaChallenge> {
  const id = await verify(service, token);
  const challenge = await service.database.findMfaChallenge(id);
  if (challenge === undefined) throw new Refusal('InvalidToken', { reason: 'mfa token used, or void' });
  if (challenge.expiresAt <= service.clock.now()) throw new Refusal('TokenExpired', { reason: 'mfa token expired' });
  return challenge;
}

/**
 * Takes one of a token's tries, before a code is judged: so no more than five ever are, also over several instances.
 *
 * @throws Refusal InvalidToken where five are taken
 */
export async function takeTry(service: Service, challenge: MfaChallenge): Promise<void> {
  if (await service.database.takeMfaTry(challenge.id, maxTries)) return;
  throw new Refusal('InvalidToken', { reason: 'mfa token used, void, or tried five times' });
}

async function verify(service: Service, token: string): Promise<string> {
  try {
    const { payload } = await service.keys.verifyInternalToken(token);
    checkIssuer(payload, service.settings.publicUrl());
    checkAudience(payload, internalAudience(service));
    checkTimes(payload, Math.floor(service.clock.now() / 1000), { skewSeconds: clockSkewSeconds });
    const { use, jti } = payload;
    if (use === 'mfa' && typeof jti === 'string') return jti;
  } catch (error) {
    if (!(error instanceof JwsError)) throw error;
    throw new Refusal(error.code === 'expired' ? 'TokenExpired' : 'InvalidToken', {
      reason: `mfa token ${error.code}`,
      cause: error,
    });
  }
  throw new Refusal('InvalidToken', { reason: 'no mfa token' });
}
