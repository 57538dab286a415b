import type { MfaMethod, MfaTokenClaims } from '@keywright/contract';
import { Refusal } from './errors.ts';
import type { Stores } from './ports.ts';
import { drawId } from './random-id.ts';
import type { User } from './records.ts';
import type { MfaChallenge, MfaKey, MfaType } from './second-factor-port.ts';
import type { Service } from './service.ts';
import { authenticateAudience, verifyInternalToken } from './token-verification.ts';

/** How long the second step may take, in milliseconds (contract §2). */
const lifeMs = 20 * 60 * 1000;
/** How many codes may be tried with one token (contract §2). */
const maxTries = 5;

const methodOf: Readonly<Record<MfaType, MfaMethod>> = { 0: 'totp', 1: 'email_code', 2: 'passkey' };

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
  const id = drawId(service.random);
  const enrolment = factors.length === 0;
  await stores.insertMfaChallenge({ id, userId: user.id, enrolment, createdAt: now, expiresAt: now + lifeMs });
  const hasRecoveryCodes = !enrolment && (await stores.countRecoveryCodes(user.id)) > 0;
  const methods = [
    ...factors.map(({ type }) => methodOf[type]),
    ...(hasRecoveryCodes ? (['recovery_code'] as const) : []),
  ];
  const claims: MfaTokenClaims = {
    iss: service.settings.publicUrl(),
    aud: authenticateAudience(service),
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
  const audience = authenticateAudience(service);
  const expected = { name: 'mfa token', use: 'mfa', audience, endsInStore: true } as const;
  const { jti: id } = await verifyInternalToken(service, token, expected);
  if (typeof id !== 'string') throw new Refusal('InvalidToken', { reason: 'no mfa token' });
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
