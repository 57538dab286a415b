import { mfaTypes, type UpdateMfaKey } from '@keywright/contract';
import { spendEmailCode } from './email-code.ts';
import { invalidInput, Refusal } from './errors.ts';
import { judgeOwnAttempt, WrongProof } from './judged-attempt.ts';
import { requireUnlocked } from './lockout.ts';
import { verifyPasskeyRegistration } from './passkey.ts';
import { requireInPerson, requirePermission } from './permission.ts';
import type { Stores } from './ports.ts';
import type { LockoutKey, User } from './records.ts';
import { announceFactorChange, mailedFactors, voidTrust } from './second-factor-change.ts';
import type { MfaKey, Passkey } from './second-factor-port.ts';
import { isStale, mfaKeyNotFound, secondFactorPermissions, wrongInput } from './second-factor-rules.ts';
import { openTotpSecret } from './second-factor-secret.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';
import { findTotpStep } from './totp.ts';

/**
 * Puts a second factor of the caller in force, once its first code, or its passkey, has proved that it works.
 *
 * @throws Refusal Forbidden for all but the user in person; NotFound
 * @throws Refusal Conflict where it is active already: judged before the code, which stays unused
 * @throws Refusal InputValidationFailed where the code is wrong; TooManyRequests while locked
 */
export async function activateMfaKey(
  service: Service,
  caller: Caller,
  keyId: number,
  input: () => UpdateMfaKey,
): Promise<void> {
  requireInPerson(caller);
  requirePermission(caller, secondFactorPermissions.own);
  const user = await service.database.findUser(caller.user.id);
  const key = await findOwnKey(service, service.database, caller.user.id, keyId);
  if (user === undefined) throw mfaKeyNotFound(keyId);
  const proof = readProof(key, input());
  requirePending(key);
  await judgeOwnAttempt(service, user, caller, {
    attempt: async (lockoutKey) => {
      const passkey = 'credential' in proof ? await requirePasskey(service, key, proof.credential) : undefined;
      await putInForce(service, caller, user, key, { lockoutKey, passkey, code: 'code' in proof ? proof.code : '' });
    },
    refuse: wrongInput,
  });
}

async function findOwnKey(service: Service, stores: Stores, userId: number, keyId: number): Promise<MfaKey> {
  const key = (await stores.listMfaKeys(userId)).find(({ id }) => id === keyId);
  if (key === undefined || isStale(service, key)) throw mfaKeyNotFound(keyId);
  return key;
}

function requirePending(key: MfaKey): void {
  if (key.activatedAt !== null) throw new Refusal('Conflict', { message: 'The second factor is already active' });
}

type Proof = { readonly code: string } | { readonly credential: NonNullable<UpdateMfaKey['credential']> };

function readProof(key: MfaKey, { status, code, credential }: UpdateMfaKey): Proof {
  if (status.id !== 1) {
    const message = 'Second factor - status.id must be 1: the only change is the activation.';
    throw invalidInput([{ token: 'InvalidReference', message }]);
  }
  if (key.type === 2 && credential !== undefined) return { credential };
  if (key.type !== 2 && code !== undefined) return { code: code.replaceAll(/[\s-]/g, '') };
  const name = key.type === 2 ? 'credential' : 'code';
  throw invalidInput([{ token: 'Required', message: `Second factor - ${name} is required.` }]);
}

async function requirePasskey(
  service: Service,
  key: MfaKey,
  credential: NonNullable<UpdateMfaKey['credential']>,
): Promise<Passkey> {
  const passkey =
    key.challenge === null ? undefined : await verifyPasskeyRegistration(service, credential, key.challenge);
  if (passkey === undefined) throw new WrongProof('wrong credential');
  return passkey;
}

async function putInForce(
  service: Service,
  caller: Caller,
  user: User,
  { id: keyId }: MfaKey,
  proof: { readonly lockoutKey: LockoutKey; readonly passkey: Passkey | undefined; readonly code: string },
): Promise<void> {
  await changeState(service, async (stores) => {
    await stores.holdUser(user.id);
    requireUnlocked(service, await stores.findLockout(proof.lockoutKey));
    const key = await findOwnKey(service, stores, user.id, keyId);
    requirePending(key);
    const lastStep = await proveCode(service, stores, key, proof.code);
    const activated = await stores.activateMfaKey(key.id, {
      activatedAt: service.clock.now(),
      ...(lastStep === undefined ? {} : { lastStep }),
      ...(proof.passkey === undefined ? {} : { passkey: proof.passkey }),
    });
    if (!activated) throw new Refusal('Conflict', { message: 'This passkey is registered already' });
    await voidTrust(stores, user.id, caller.enrolmentTokenId);
    if (caller.enrolmentTokenId !== undefined) await stores.completeEnrolment(caller.enrolmentTokenId);
    const event = await announceFactorChange(service, stores, {
      user,
      actor: actorOf(caller),
      factor: mailedFactors[key.type],
      change: 'added',
      description: `${user.username} has a new second factor: ${mfaTypes[key.type]?.description}`,
      keyId: key.id,
    });
    return { result: undefined, events: [event] };
  });
}

/**
 * Proves the first code; of a passkey there is none.
 *
 * @returns for a TOTP the step of the code, which is used up by the activation
 */
async function proveCode(service: Service, stores: Stores, key: MfaKey, code: string): Promise<number | undefined> {
  if (key.type === 2) return undefined;
  if (key.type === 1) {
    if (await spendEmailCode(service, stores, key.userId, 'activation', code)) return undefined;
    throw new WrongProof('wrong code');
  }
  const step = findTotpStep(openTotpSecret(service, key), code, service.clock.now(), null);
  if (step === undefined) throw new WrongProof('wrong code');
  return step;
}
