import { notFound, Refusal } from './errors.ts';
import { sightScopeOf } from './organisation-scope.ts';
import { type Permission, requirePermission } from './permission.ts';
import type { User } from './records.ts';
import type { Caller, Service } from './service.ts';
import { normaliseUsername } from './username.ts';
import type { SeenUser, SightScope } from './workspace-port.ts';

const idForm = /^[1-9]\d{0,15}$/;

/**
 * Finds a user by `my`, by id or by username, as far as the caller may know: itself, and whoever is at home in or assigned
 * to one of its organisations.
 *
 * @throws Refusal NotFound, for those who exist elsewhere too
 */
export async function findVisibleUser(service: Service, caller: Caller, reference: string): Promise<SeenUser> {
  return findVisible(service, caller, await sightScopeOf(service, caller), reference);
}

async function findVisible(service: Service, caller: Caller, scope: SightScope, reference: string): Promise<SeenUser> {
  const user = isOneself(caller, reference)
    ? await findOneself(service, caller)
    : await findSeen(service, scope, reference);
  if (user === undefined) throw notFound('User', reference);
  return user;
}

/** The caller's own user, with the roles in the workspace that the caller works in, assigned to it or not. */
async function findOneself(service: Service, caller: Caller): Promise<SeenUser | undefined> {
  const user = await service.database.findUser(caller.user.id);
  if (user === undefined) return undefined;
  const home = await service.database.findOrganisation(user.organisationId);
  const workspace = await service.database.findWorkspace(user.id, caller.organisation.id);
  const seenIn =
    workspace === undefined ? null : { organisationId: workspace.id, roles: workspace.roles, status: 1 as const };
  return { ...user, organisationName: home?.name ?? '', seenIn };
}

async function findSeen(service: Service, scope: SightScope, reference: string): Promise<SeenUser | undefined> {
  if (!idForm.test(reference)) {
    return service.database.findSeenUser(scope, { usernameKey: normaliseUsername(reference) });
  }
  const id = Number(reference);
  const found = await service.database.findSeenUser(scope, { id });
  if (found !== undefined) return found;
  const successor = await service.database.findSuccessor(id);
  return successor && service.database.findSeenUser(scope, { id: successor.id });
}

/** Finds a user by `my`, id or username, in any organisation: for those who may know of all. */
export async function findReferred(service: Service, caller: Caller, reference: string): Promise<User | undefined> {
  if (reference === 'my') return service.database.findUser(caller.user.id);
  if (!idForm.test(reference)) return service.database.findUserByUsername(normaliseUsername(reference));
  const id = Number(reference);
  return (await service.database.findUser(id)) ?? service.database.findSuccessor(id);
}

/**
 * Finds a user whose account the caller may manage: oneself, or with a permission whoever is at home in one of the caller's
 * organisations. Being assigned to a workspace of the caller's is not enough (contract §6).
 *
 * @param permissions what the roles must permit for oneself, and for others
 * @throws Refusal Forbidden, NotFound
 */
export async function findManagedUser(
  service: Service,
  caller: Caller,
  reference: string,
  permissions: { readonly own: Permission; readonly others: Permission },
): Promise<SeenUser> {
  requirePermission(caller, isOneself(caller, reference) ? permissions.own : permissions.others);
  const scope = await sightScopeOf(service, caller);
  const user = await findVisible(service, caller, scope, reference);
  if (user.id !== caller.user.id && !scope.organisationIds.includes(user.organisationId)) {
    throw new Refusal('Forbidden', { message: "Only administrators of the user's home organisation may do this" });
  }
  return user;
}

/** Whether a reference is `my`, or the caller's own id or username. */
export function isOneself(caller: Caller, reference: string): boolean {
  const { id, username } = caller.user;
  return reference === 'my' || reference === String(id) || normaliseUsername(reference) === normaliseUsername(username);
}
