import type { WorkspaceResource } from '@keywright/contract';
import { findAdministeredIds } from './administrator.ts';
import { notFound, type Refusal } from './errors.ts';
import { isInPerson, requirePermission } from './permission.ts';
import { type RoleSet, roleResources, roleSet } from './role.ts';
import type { Caller, Service } from './service.ts';
import { isUnused } from './unconfirmed-username.ts';
import { findVisibleUser, isOneself } from './user-access.ts';
import { statusResource } from './user-resource.ts';
import type { Assignment, SeenUser } from './workspace-port.ts';

/**
 * The workspaces of a user by id: one's own, invitations and a SuperAdmin's reach included; of others those that the caller
 * administers (contract §6). An application token acts in one organisation, and sees no more of its maker's.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function listWorkspaces(
  service: Service,
  caller: Caller,
  reference: string,
): Promise<WorkspaceResource[]> {
  requirePermission(caller, isOneself(caller, reference) ? 'workspace.list_own' : 'user.list');
  const user = await findVisibleUser(service, caller, reference);
  const places = await service.database.listAssignments(user.id);
  const isOwn = user.id === caller.user.id && isInPerson(caller);
  const shown = isOwn
    ? [...places.map((place) => workspaceResource(user, place)), ...(await listOwnBesides(service, user, places))]
    : (await filterAdministered(service, caller, places)).map((place) => workspaceResource(user, place));
  return shown.sort((one, other) => one.id - other.id);
}

/** What one's own list holds besides the assignments. */
async function listOwnBesides(
  service: Service,
  user: SeenUser,
  places: readonly Assignment[],
): Promise<WorkspaceResource[]> {
  const superAdmin = roleSet('SuperAdmin');
  const children = await service.database.findMainChildren(user.id, superAdmin);
  const invitations = await service.database.listInvitations(user.id);
  const known = new Set(places.map(({ organisation }) => organisation.id));
  const isNew = (id: number): boolean => !known.has(id);
  const invited = invitations
    .filter(
      ({ organisation, invitation }) => isNew(organisation.id) && invitation.pendingUsernameKey === user.usernameKey,
    )
    .map((place) => resourceOf(place.organisation, 0, place.roles));
  const invitedIds = new Set(invited.map(({ id }) => id));
  const reached = children
    .filter(({ id }) => isNew(id) && !invitedIds.has(id))
    .map((child) => resourceOf(child, 1, superAdmin));
  return [...invited, ...reached];
}

async function filterAdministered(
  service: Service,
  caller: Caller,
  places: readonly Assignment[],
): Promise<Assignment[]> {
  const administered = await findAdministeredIds(service, caller, 'user.list');
  return places.filter(({ userId, organisation }) => {
    const isOwn = userId === caller.user.id && organisation.id === caller.organisation.id;
    return isOwn || administered.has(organisation.id);
  });
}

/** The status of a place: whoever has yet to activate the account has yet to take it. */
export function placeStatus(user: SeenUser, place: Assignment): Assignment['status'] {
  return isUnused(user) && place.status === 1 ? 0 : place.status;
}

function workspaceResource(user: SeenUser, place: Assignment): WorkspaceResource {
  return resourceOf(place.organisation, placeStatus(user, place), place.roles);
}

function resourceOf(
  organisation: { readonly id: number; readonly name: string },
  status: number,
  roles: RoleSet,
): WorkspaceResource {
  return { id: organisation.id, name: organisation.name, status: statusResource(status), roles: roleResources(roles) };
}

/** Says that there is no such workspace, or that the user is not assigned to it. */
export function workspaceNotFound(id: number): Refusal {
  return notFound('Workspace', id);
}
