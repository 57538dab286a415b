import type { CreatedMfaKey, RecoveryCodes } from '@keywright/contract';
import { change, changeFor } from '../api/api.ts';
import type { FirstProof } from '../second-factor/factor-setup.tsx';
import { type FactorKind, factorTypeIds } from '../second-factor/factor-type.ts';

/** Begins a second factor; one of that kind that was begun before and never confirmed makes room for it. */
export async function beginFactor(kind: FactorKind, password: string, pendingId?: number): Promise<CreatedMfaKey> {
  if (pendingId !== undefined) await removeFactor(pendingId);
  return changeFor('POST', '/api/v1/user/mfa', { type: { id: factorTypeIds[kind] }, password });
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
export async function createRecoveryCodes(password: string): Promise<readonly string[]> {
  const made = await changeFor<RecoveryCodes>('POST', '/api/v1/user/mfa/recovery_code', { password });
  return made.recovery_codes;
}
