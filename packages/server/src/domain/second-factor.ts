import {
  type CreatedMfaKey,
  type CreateMfaKey,
  type CreateRecoveryCodes,
  mfaTypes,
  type RecoveryCodes,
} from '@keywright/contract';
import { sendEmailCode } from './email-code.ts';
import { Refusal } from './errors.ts';
import { changeWithFactorProof } from './factor-proof.ts';
import { createPasskeyChallenge, passkeyCreationOptions } from './passkey.ts';
import { requireInPerson, requirePermission } from './permission.ts';
import type { Stores } from './ports.ts';
import type { User } from './records.ts';
import { createRecoveryCodes, hashRecoveryCode } from './recovery-code.ts';
import { announceFactorChange, factorEvent } from './second-factor-change.ts';
import type { MfaKey, MfaType } from './second-factor-port.ts';
import { isStale, mfaResource, readMfaType, secondFactorPermissions } from './second-factor-rules.ts';
import { sealTotpSecret } from './second-factor-secret.ts';
import { listActiveMfaKeys } from './second-factor-use.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { createTotpSecret, totpUri } from './totp.ts';

/**
 * Begins to set a second factor of the caller up (contract §5); it is in force once its first code has confirmed it, within
 * an hour. Beside one that is in force it takes that one's proof: see {@link changeWithFactorProof}.
 *
 * @throws Refusal Forbidden for all but the user in person
 * @throws Refusal NotAllowed where a code is missing; InputValidationFailed where the password or the code is wrong;
 *   TooManyRequests while locked
 * @throws Refusal Conflict where one of the type is active, or waits for its first code
 */
export async function createMfaKey(
  service: Service,
  caller: Caller,
  input: () => CreateMfaKey,
): Promise<CreatedMfaKey> {
  requireInPerson(caller);
  requirePermission(caller, secondFactorPermissions.own);
  const asked = input();
  const type = readMfaType(asked.type.id);
  return changeWithFactorProof(service, caller, asked, async (stores, user) => {
    await makeRoom(service, stores, user, { type, isEnrolment: caller.enrolmentTokenId !== undefined });
    const secret = type === 0 ? createTotpSecret(service.random) : undefined;
    const challenge = type === 2 ? createPasskeyChallenge(service.random) : null;
    const key = await stores.insertMfaKey({
      userId: user.id,
      type,
      createdAt: service.clock.now(),
      sealedSecret: secret === undefined ? null : sealTotpSecret(service, user.id, secret),
      challenge,
    });
    if (type === 1) await sendEmailCode(service, stores, user, 'activation');
    const result: CreatedMfaKey = {
      ...mfaResource(key),
      creation_date: new Date(key.createdAt).toISOString(),
      ...(secret === undefined ? {} : { secret_key: secret, otpauth: totpUri(secret, user.username) }),
      ...(challenge === null ? {} : { public_key: passkeyCreationOptions(service, user, challenge) }),
    };
    const description = `${user.username} began to set up: ${mfaTypes[type]?.description}`;
    return { result, events: [factorEvent(service, { user, actor: actorOf(caller), description, keyId: key.id })] };
  });
}

async function makeRoom(
  service: Service,
  stores: Stores,
  user: User,
  { type, isEnrolment }: { readonly type: MfaType; readonly isEnrolment: boolean },
): Promise<void> {
  const same = (await stores.listMfaKeys(user.id)).find((key: MfaKey) => key.type === type);
  if (same === undefined) return;
  // Whoever is not let in before has no other way to be rid of one that they began and lost.
  const isLeft = isEnrolment && same.activatedAt === null;
  if (!isStale(service, same) && !isLeft) {
    const state = same.activatedAt === null ? 'waits for its first code' : 'is active';
    throw new Refusal('Conflict', { message: `A second factor of this type ${state} already` });
  }
  await stores.deleteMfaKey(same.id);
}

/**
 * Makes the caller a set of recovery codes, in the place of any before, with the proof of {@link changeWithFactorProof}.
 *
 * @throws Refusal Forbidden for all but the user in person
 * @throws Refusal NotAllowed where no second factor is active, in whose place a code could be used, and where a code is missing
 * @throws Refusal InputValidationFailed where the password or the code is wrong; TooManyRequests while locked
 */
export async function replaceRecoveryCodes(
  service: Service,
  caller: Caller,
  input: () => CreateRecoveryCodes,
): Promise<RecoveryCodes> {
  requireInPerson(caller);
  requirePermission(caller, secondFactorPermissions.own);
  const proof = input();
  await requireActiveFactor(service.database, caller.user.id);
  const codes = createRecoveryCodes(service.random);
  const hashes = codes.map(hashRecoveryCode).filter((hash) => hash !== undefined);
  return changeWithFactorProof(service, caller, proof, async (stores, user) => {
    await requireActiveFactor(stores, user.id);
    await stores.replaceRecoveryCodes(user.id, hashes, service.clock.now());
    const event = await announceFactorChange(service, stores, {
      user,
      actor: actorOf(caller),
      factor: 'recovery_codes',
      change: 'added',
      description: `${user.username} got new recovery codes`,
    });
    return { result: { recovery_codes: codes }, events: [event] };
  });
}

async function requireActiveFactor(stores: Stores, userId: number): Promise<void> {
  if ((await listActiveMfaKeys(stores, userId)).length > 0) return;
  const message = 'Recovery codes stand in for a second factor: put one in force first';
  throw new Refusal('NotAllowed', { message });
}
