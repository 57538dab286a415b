import { notFound, Refusal } from './errors.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { isInPerson, isPermitted, isPermittedTo, type Permission } from './permission.ts';
import type { Stores, TransactionLocks } from './ports.ts';
import type { User } from './records.ts';
import { grantableRoles, type RoleSet, roleNames, roleSet } from './role.ts';
import type { Caller, Service } from './service.ts';

/** The roles that administer an organisation. */
export const administratorRoles: RoleSet = roleSet('Administrator', 'SuperAdmin');

/**
 * Refuses to let anybody edit or take over a role above their own (contract §6).
 *
 * @param own what the caller may act as
 * @param roles what the user has who is to be changed
 * @throws Refusal Forbidden
 */
export function requireNotAbove(own: RoleSet, roles: RoleSet): void {
  const above = roles & ~grantableRoles(own);
  if (above === 0) return;
  throw new Refusal('Forbidden', {
    message: 'The user has a role above your own',
    reason: `the user is ${roleNames(above).join(', ')}`,
  });
}

/**
 * Refuses to let anybody take an account over that has a role above their own anywhere, suspended or yet to be accepted
 * places included, or that is a platform operator's: whoever may change its username could sign in as it.
 *
 * @throws Refusal Forbidden
 */
export async function requireAccountNotAbove(service: Service, own: RoleSet, userId: number): Promise<void> {
  if (await service.database.isOperator(userId)) {
    throw new Refusal('Forbidden', { message: 'The user has a role above your own', reason: 'a platform operator' });
  }
  const places = await service.database.listAssignments(userId);
  requireNotAbove(
    own,
    places.reduce((all, { roles }) => all | roles, 0),
  );
}

/**
 * Refuses to let an administrator take an account over that somebody uses out of the administrator's sight: whoever gives it
 * another username, or takes its second factors away, could work in those organisations too.
 *
 * Invitations that are yet to be accepted don't count: whoever invites somebody must not have a say about them at home.
 *
 * @param organisationIds those that the administrator sees
 * @param what the message begins with, and says that the user changes it: `username`, `Second factor`
 * @throws Refusal NotAllowed
 */
export async function requirePlacesInSight(
  stores: Stores,
  user: User,
  organisationIds: readonly number[],
  what: string,
): Promise<void> {
  const places = await stores.listAssignments(user.id);
  const unseen = places.find(({ status, organisation }) => status !== 0 && !organisationIds.includes(organisation.id));
  if (unseen === undefined) return;
  throw new Refusal('NotAllowed', {
    message: `${what} - ${user.username} also works in organisations that you do not see, so only the user in person changes this`,
    reason: `assigned to organisation ${unseen.organisation.id}`,
  });
}

/**
 * What a caller may act as in a workspace that it administers: the one it works in and that one's direct children, and
 * those of the user's own in which the user has the permission.
 *
 * @returns undefined where it administers it not
 */
export async function findAdministration(
  service: Service,
  caller: Caller,
  workspaceId: number,
  permission: Permission,
): Promise<RoleSet | undefined> {
  if (isPermittedTo(caller, permission)) {
    const organisationIds = await organisationIdsOf(service, caller);
    if (organisationIds.includes(workspaceId)) return caller.roles;
  }
  if (!isInPerson(caller)) return undefined;
  const own = await service.database.findWorkspace(caller.user.id, workspaceId);
  return own !== undefined && isPermitted(own.roles, permission) ? own.roles : undefined;
}

/** The ids of every workspace that a caller administers: see {@link findAdministration}. */
export async function findAdministeredIds(
  service: Service,
  caller: Caller,
  permission: Permission,
): Promise<ReadonlySet<number>> {
  const ids = new Set(isPermittedTo(caller, permission) ? await organisationIdsOf(service, caller) : []);
  if (!isInPerson(caller)) return ids;
  for (const { id, roles } of await service.database.listAssignedWorkspaces(caller.user.id)) {
    if (isPermitted(roles, permission)) ids.add(id);
  }
  for (const { id } of await service.database.findMainChildren(caller.user.id, roleSet('SuperAdmin'))) ids.add(id);
  return ids;
}

/**
 * Holds a user, and every organisation that the user is assigned to, until the transaction ends: so that two
 * administrators who remove each other at the same moment do so one after the other.
 *
 * @throws Refusal NotFound where the user is gone
 */
export async function holdUserWithPlaces(stores: Stores & TransactionLocks, userId: number): Promise<User> {
  const places = await stores.listAssignments(userId);
  await stores.holdOrganisations(places.map(({ organisation }) => organisation.id));
  const user = await stores.holdUser(userId);
  if (user === undefined) throw notFound('User', userId);
  return user;
}

/**
 * Refuses to take the last active administrator from an organisation (contract §6), once the user and the organisations
 * are held.
 *
 * @param organisationIds those that are concerned: what others are left with is for their own administrators
 * @throws Refusal NotAllowed
 */
export async function requireOtherAdministrator(
  stores: Stores,
  user: User,
  organisationIds: readonly number[],
): Promise<void> {
  if (user.status !== 1 || user.passwordHash === null) return;
  for (const place of await stores.listAssignments(user.id)) {
    const concerned = organisationIds.includes(place.organisation.id);
    if (!concerned || place.status !== 1 || (place.roles & administratorRoles) === 0) continue;
    const others = await stores.countOthersWithRoles(place.organisation.id, administratorRoles, user.id);
    if (others > 0) continue;
    throw new Refusal('NotAllowed', {
      message: `${user.username} is the last active administrator of an organisation: make somebody else one first`,
      reason: `the last administrator of organisation ${place.organisation.id}`,
    });
  }
}
