import { Refusal } from './errors.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { type Permission, requirePermission } from './permission.ts';
import type { User } from './records.ts';
import type { Caller, Service } from './service.ts';
import { normaliseUsername } from './username.ts';

/**
 * Finds a user by `my`, by id or by username, as far as the caller may know: itself, and whoever is at home in or assigned
 * to one of its organisations.
 *
 * @throws Refusal NotFound, for those who exist elsewhere too
 */
export async function findVisibleUser(service: Service, caller: Caller, reference: string): Promise<User> {
  const user = await findReferred(service, caller, reference);
  if (user !== undefined && (user.id === caller.user.id || (await isVisible(service, caller, user)))) return user;
  throw new Refusal('NotFound', { message: `User with id ${reference.slice(0, 100)} not found` });
}

/** Finds a user by `my`, id or username, in any organisation: for those who may know of all. */
export async function findReferred(service: Service, caller: Caller, reference: string): Promise<User | undefined> {
  if (reference === 'my') return service.database.findUser(caller.user.id);
  if (/^[1-9]\d{0,15}$/.test(reference)) return service.database.findUser(Number(reference));
  return service.database.findUserByUsername(normaliseUsername(reference));
}

async function isVisible(service: Service, caller: Caller, user: User): Promise<boolean> {
  const organisationIds = await organisationIdsOf(service, caller);
  if (organisationIds.includes(user.organisationId)) return true;
  const workspaces = await service.database.findWorkspaces(user.id);
  return workspaces.some(({ id }) => organisationIds.includes(id));
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
): Promise<User> {
  const isOwn = await isOneself(service, caller, reference);
  requirePermission(caller, isOwn ? permissions.own : permissions.others);
  const user = await findVisibleUser(service, caller, reference);
  if (!isOwn && !(await organisationIdsOf(service, caller)).includes(user.organisationId)) {
    throw new Refusal('Forbidden', { message: "Only administrators of the user's home organisation may do this" });
  }
  return user;
}

async function isOneself(service: Service, caller: Caller, reference: string): Promise<boolean> {
  if (reference === 'my') return true;
  return (await findReferred(service, caller, reference))?.id === caller.user.id;
}
