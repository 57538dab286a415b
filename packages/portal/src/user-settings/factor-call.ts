import type { CreatedMfaKey, RecoveryCodes } from '@keywright/contract';
import { change, changeFor } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import type { FirstProof } from '../second-factor/factor-setup.tsx';
import { type FactorKind, factorTypeIds } from '../second-factor/factor-type.ts';

/** Who the reader is: the password, and a code where the sign-in with a second factor was too long ago. */
export interface FactorProof {
  readonly password: string;
  readonly code?: string;
}

/** Begins a second factor; one of that kind that was begun before and never confirmed makes room for it. */
export async function beginFactor(kind: FactorKind, proof: FactorProof, pendingId?: number): Promise<CreatedMfaKey> {
  if (pendingId !== undefined) await removePending(pendingId);
  return changeFor('POST', '/api/v1/user/mfa', { type: { id: factorTypeIds[kind] }, ...proof });
}

async function removePending(id: number): Promise<void> {
  try {
    await removeFactor(id);
  } catch (error) {
    // It has gone at an attempt before, after which password or code was wrong.
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

/** Puts a second factor in force. */
export async function activateFactor(id: number, proof: FirstProof): Promise<void> {
  await change('PATCH', `/api/v1/user/mfa/${id}`, { status: { id: 1 }, ...proof });
}

/** Removes a second factor. */
export async function removeFactor(
  id: number,
  proof?: { readonly password: string; readonly code: string },
): Promise<void> {
  await change('DELETE', `/api/v1/user/my/mfa/${id}`, proof);
}

/** Makes ten recovery codes in the place of those from before. */
export async function createRecoveryCodes(proof: FactorProof): Promise<readonly string[]> {
  const made = await changeFor<RecoveryCodes>('POST', '/api/v1/user/mfa/recovery_code', proof);
  return made.recovery_codes;
}
