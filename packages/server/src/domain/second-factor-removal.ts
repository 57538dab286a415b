import { type DeleteMfaKey, mfaTypes } from '@keywright/contract';
import { requireAccountNotAbove, requirePlacesInSight } from './administrator.ts';
import { notFound, Refusal } from './errors.ts';
import { changeWithProof } from './factor-proof.ts';
import { hasFreshSecondFactor } from './fresh-sign-in.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { requireInPerson } from './permission.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import { announceFactorChange, factorEvent, mailedFactors, voidTrust } from './second-factor-change.ts';
import type { MfaKey } from './second-factor-port.ts';
import { mfaKeyNotFound, secondFactorPermissions } from './second-factor-rules.ts';
import { listActiveMfaKeys } from './second-factor-use.ts';
import { type Actor, actorOf, type Caller, type Service } from './service.ts';
import { endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { findManagedUser } from './user-access.ts';

/**
 * Removes a second factor (contract §5): the caller's own, for which an active one has to be proved anew unless the sign-in
 * with it was just now; or that of a user whose account the caller manages.
 *
 * @throws Refusal Forbidden for all but users in person, and for the factors of those with higher roles; NotFound
 * @throws Refusal NotAllowed where the proof is missing or wrong, and where others do not see everywhere that the user works;
 *   TooManyRequests while locked
 */
export async function deleteMfaKey(
  service: Service,
  caller: Caller,
  reference: string,
  keyId: number,
  input: () => DeleteMfaKey,
): Promise<void> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, secondFactorPermissions);
  const isOwn = user.id === caller.user.id;
  if (!isOwn) await requireAccountNotAbove(service, caller.roles, user.id);
  const key = (await service.database.listMfaKeys(user.id)).find(({ id }) => id === keyId);
  if (key === undefined) throw mfaKeyNotFound(keyId);
  const proof = input();
  const actor = actorOf(caller);
  const organisationIds = isOwn ? [] : await organisationIdsOf(service, caller);
  if (!isOwn || key.activatedAt === null || (await hasFreshSecondFactor(service, caller))) {
    await changeState(service, async (stores) => {
      await stores.holdUser(user.id);
      if (!isOwn) await requirePlacesInSight(stores, user, organisationIds, 'Second factor');
      return { result: undefined, events: await removeKey(service, stores, actor, user, key) };
    });
    return;
  }
  await removeWithProof(service, caller, user, key, proof);
}

async function removeWithProof(
  service: Service,
  caller: Caller,
  user: User,
  key: MfaKey,
  { password, code }: DeleteMfaKey,
): Promise<void> {
  if (password === undefined || code === undefined) throw proofNeeded();
  await changeWithProof(service, caller, user, {
    password,
    code,
    refuse: proofNeeded,
    change: async (stores) => {
      return { result: undefined, events: await removeKey(service, stores, actorOf(caller), user, key) };
    },
  });
}

function proofNeeded(reason = 'the second factor is not fresh'): Refusal {
  const message =
    'An active second factor is removed within ten minutes of a sign-in with it, or with the right password and code';
  return new Refusal('NotAllowed', { message, reason });
}

/** Removes a key within a transaction that holds the user; with the last one its recovery codes go. */
async function removeKey(service: Service, stores: Stores, actor: Actor, user: User, key: MfaKey): Promise<NewEvent[]> {
  if (!(await stores.deleteMfaKey(key.id))) throw mfaKeyNotFound(key.id);
  const type = mfaTypes[key.type]?.description;
  if (key.activatedAt === null) {
    const description = `${user.username} no longer has a second factor to confirm: ${type}`;
    return [factorEvent(service, { user, actor, description, keyId: key.id })];
  }
  if ((await listActiveMfaKeys(stores, user.id)).length === 0) {
    await stores.replaceRecoveryCodes(user.id, [], service.clock.now());
  }
  await voidTrust(stores, user.id);
  const event = await announceFactorChange(service, stores, {
    user,
    actor,
    factor: mailedFactors[key.type],
    change: 'removed',
    description: `${user.username} no longer has the second factor: ${type}`,
    keyId: key.id,
  });
  return [event];
}

/**
 * Takes every second factor, recovery code and trusted device of a user away, and ends the sessions that may have begun with
 * one: for operators, when all of them are lost.
 *
 * @returns how many factors there were
 */
export async function resetSecondFactors(service: Service, actor: Actor, userId: number): Promise<number> {
  return changeState(service, async (stores: Stores & TransactionLocks) => {
    const user = await stores.holdUser(userId);
    if (user === undefined) throw notFound('User', userId);
    const keys = await stores.listMfaKeys(userId);
    const events: NewEvent[] = [];
    for (const key of keys) events.push(...(await removeKey(service, stores, actor, user, key)));
    await stores.replaceRecoveryCodes(userId, [], service.clock.now());
    await endSessionsOf(service, stores, userId, { reason: 'second factors reset' });
    return { result: keys.length, events };
  });
}
