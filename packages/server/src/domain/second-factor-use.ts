import type { AuthenticationCredential } from '@keywright/contract';
import { spendEmailCode } from './email-code.ts';
import { type PasskeyProof, verifyPasskey } from './passkey.ts';
import type { Stores } from './ports.ts';
import { hashRecoveryCode } from './recovery-code.ts';
import type { MfaChallenge, MfaKey } from './second-factor-port.ts';
import { openTotpSecret } from './second-factor-secret.ts';
import type { Service } from './service.ts';
import { findTotpStep } from './totp.ts';

/** A second factor that was proved, and is used up by that. */
export interface ProvedFactor {
  /** RFC 8176. */
  readonly amr: 'otp' | 'mca' | 'hwk' | 'swk';
  /** For people, in events. */
  readonly name: string;
  /** How many are left, where it was a recovery code. */
  readonly recoveryCodesLeft?: number;
}

/** The user's second factors that are confirmed. */
export async function listActiveMfaKeys(stores: Stores, userId: number): Promise<MfaKey[]> {
  return (await stores.listMfaKeys(userId)).filter(({ activatedAt }) => activatedAt !== null);
}

/**
 * Uses a code up, within the transaction of what it is for: of the authenticator app, from a mail, or a recovery code.
 *
 * @returns undefined where it is wrong or was used before; then nothing is changed
 */
export async function useCode(
  service: Service,
  stores: Stores,
  userId: number,
  code: string,
): Promise<ProvedFactor | undefined> {
  const keys = await listActiveMfaKeys(stores, userId);
  const text = code.replaceAll(/[\s-]/g, '');
  for (const key of keys) {
    if (key.type === 0 && (await useTotpCode(service, stores, key, text))) return { amr: 'otp', name: 'TOTP' };
    if (key.type === 1 && (await spendEmailCode(service, stores, userId, 'sign_in', text))) {
      return { amr: 'mca', name: 'e-mail code' };
    }
  }
  const hash = keys.length === 0 ? undefined : hashRecoveryCode(text);
  if (hash === undefined || !(await stores.deleteRecoveryCode(userId, hash))) return undefined;
  return { amr: 'otp', name: 'recovery code', recoveryCodesLeft: await stores.countRecoveryCodes(userId) };
}

async function useTotpCode(service: Service, stores: Stores, key: MfaKey, code: string): Promise<boolean> {
  const step = findTotpStep(openTotpSecret(service, key), code, service.clock.now(), key.lastStep);
  return step !== undefined && (await stores.acceptTotpStep(key.id, step));
}

/** A passkey's signature that was found good, before the transaction that lets it count. */
export interface VerifiedPasskey {
  readonly keyId: number;
  readonly proof: PasskeyProof;
}

/** Verifies what a passkey signed; undefined where that is not the user's passkey, or not our challenge. */
export async function verifyPasskeyOf(
  service: Service,
  challenge: MfaChallenge,
  credential: AuthenticationCredential,
): Promise<VerifiedPasskey | undefined> {
  const keys = await listActiveMfaKeys(service.database, challenge.userId);
  const key = keys.find(({ type }) => type === 2);
  if (key?.passkey == null || challenge.passkeyChallenge === null) return undefined;
  const proof = await verifyPasskey(service, key.passkey, credential, challenge.passkeyChallenge);
  return proof && { keyId: key.id, proof };
}

/** Lets a verified passkey count, within the transaction of what it is for; undefined where its counter has not grown. */
export async function usePasskey(stores: Stores, verified: VerifiedPasskey): Promise<ProvedFactor | undefined> {
  const { keyId, proof } = verified;
  if (!(await stores.acceptPasskeyCounter(keyId, proof.counter))) return undefined;
  return { amr: proof.amr, name: 'passkey' };
}
