import { type MfaKeyResource, mfaStatuses, mfaTypes } from '@keywright/contract';
import { invalidInput, notFound, Refusal } from './errors.ts';
import type { MfaKey, MfaType } from './second-factor-port.ts';
import type { Service } from './service.ts';

/** How long a factor may wait for its first code; then another one can take its place, in milliseconds. */
const pendingMs = 60 * 60 * 1000;

/** What a user may do about second factors, their own and others'. */
export const secondFactorPermissions = { own: 'second_factor.manage_own', others: 'second_factor.manage_any' } as const;

/** Whether a key was never confirmed and no longer can be. */
export function isStale(service: Service, key: MfaKey): boolean {
  return key.activatedAt === null && key.createdAt + pendingMs <= service.clock.now();
}

/** A user's second factors as they stand inside the user. */
export function mfaResources(service: Service, keys: readonly MfaKey[]): MfaKeyResource[] {
  return keys.filter((key) => !isStale(service, key)).map(mfaResource);
}

/** One second factor, with its status and type in words. */
export function mfaResource(key: MfaKey): MfaKeyResource {
  const status = mfaStatuses[key.activatedAt === null ? 0 : 1];
  const type = mfaTypes[key.type];
  if (status === undefined || type === undefined) throw new Error(`there is no second factor type ${key.type}`);
  return { id: key.id, status, type };
}

/**
 * Reads the type of a new second factor.
 *
 * @throws Refusal InputValidationFailed
 */
export function readMfaType(id: number): MfaType {
  if (id === 0 || id === 1 || id === 2) return id;
  const known = mfaTypes.map((type) => `${type.id} ${type.description}`).join(', ');
  throw invalidInput([
    { token: 'InvalidReference', message: `Second factor - there is no type ${id}; there are ${known}.` },
  ]);
}

/** Refuses a password, code or credential that is wrong (422): the session is good, so it is not 401. */
export function wrongInput(reason: string): Refusal {
  const what = /^wrong (code|credential)$/.exec(reason)?.[1] ?? 'password';
  const problem = { token: 'InvalidFormat', message: `Second factor - ${what} is wrong.` } as const;
  return new Refusal('InputValidationFailed', { problems: [problem], reason });
}

/** Says that there is no such second factor. */
export function mfaKeyNotFound(id: number): Refusal {
  return notFound('Second factor', id);
}
