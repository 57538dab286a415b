import { roleIds } from '@keywright/contract';
import {
  administratorRoles,
  findAdministration,
  holdUserWithPlaces,
  requireOtherAdministrator,
} from './administrator.ts';
import { notFound, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { isPermittedTo, refuseApplicationToken, requirePermission } from './permission.ts';
import { losePlace } from './place-loss.ts';
import { grantableRoles, noRoles, type RoleSet, roleNames, roleSet } from './role.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';
import { findVisibleUser } from './user-access.ts';
import { workspaceNotFound } from './workspace.ts';
import type { SeenUser } from './workspace-port.ts';

/** Which role is given or taken, and where. */
export interface RoleChange {
  readonly roleId: number;
  readonly granted: boolean;
  /** The workspace; the one through which the caller sees the user where absent. */
  readonly workspaceId?: number;
}

/**
 * Gives a user a role in a workspace, or takes it away; what is so already stays (contract §6).
 *
 * @throws Refusal Forbidden, also for a role above the caller's own; NotFound, also for a role that there is not
 * @throws Refusal NotAllowed for oneself, for the role Service, and for the last active administrator
 */
export async function changeRole(
  service: Service,
  caller: Caller,
  reference: string,
  change: RoleChange,
): Promise<void> {
  refuseApplicationToken(caller);
  const { user, workspaceId, own } = await findPlace(service, caller, reference, change.workspaceId);
  const role = readRole(change.roleId);
  if (user.id === caller.user.id) throw new Refusal('NotAllowed', { message: 'Nobody changes their own roles' });
  if (role === roleSet('Service')) {
    throw new Refusal('NotAllowed', { message: 'The role Service is for application tokens only' });
  }
  if ((role & ~grantableRoles(own)) !== 0) {
    throw new Refusal('Forbidden', { message: 'The role is above your own' });
  }
  await changeState(service, async (stores) => {
    const held = await holdUserWithPlaces(stores, user.id);
    const place = await stores.findAssignment(user.id, workspaceId);
    const before = place?.roles ?? noRoles;
    const after = change.granted ? before | role : before & ~role;
    if (after === before) return { result: undefined, events: [] };
    if ((after & administratorRoles) === 0) await requireOtherAdministrator(stores, held, [workspaceId]);
    if (place === undefined) {
      const createdAt = service.clock.now();
      await stores.insertAssignment({
        userId: user.id,
        organisationId: workspaceId,
        roles: after,
        status: 1,
        createdAt,
      });
    } else if (change.granted) {
      await stores.changeAssignmentRoles(user.id, workspaceId, { added: role, removed: noRoles });
    } else {
      await losePlace(service, stores, place, after, () =>
        stores.changeAssignmentRoles(user.id, workspaceId, { added: noRoles, removed: role }),
      );
    }
    const done = change.granted ? 'was given' : 'lost';
    const event = eventOf(service, caller, {
      type: 'RolesChanged',
      organisationId: workspaceId,
      userId: user.id,
      description: `${user.username} ${done} the role ${roleNames(role).join()}, by ${actorOf(caller).name}`,
      detail: { before: roleNames(before), after: roleNames(after) },
    });
    return { result: undefined, events: [event] };
  });
}

/** Finds the user, the workspace in question, and what the caller may act as there. */
async function findPlace(
  service: Service,
  caller: Caller,
  reference: string,
  workspaceId: number | undefined,
): Promise<{ user: SeenUser; workspaceId: number; own: RoleSet }> {
  if (workspaceId === undefined) {
    requirePermission(caller, 'user.change_roles');
    const user = await findVisibleUser(service, caller, reference);
    // Who was taken from the last workspace is given a place at home again.
    return { user, workspaceId: user.seenIn?.organisationId ?? user.organisationId, own: caller.roles };
  }
  const own = await findAdministration(service, caller, workspaceId, 'user.change_roles');
  if (own === undefined && !isPermittedTo(caller, 'user.change_roles')) {
    throw new Refusal('Forbidden', { reason: 'needs user.change_roles' });
  }
  const user = await findVisibleUser(service, caller, reference);
  const place = await service.database.findAssignment(user.id, workspaceId);
  if (own === undefined || place === undefined) throw workspaceNotFound(workspaceId);
  return { user, workspaceId, own };
}

function readRole(id: number): RoleSet {
  if (!Object.values<number>(roleIds).includes(id)) {
    throw notFound('Role', id);
  }
  return 1 << id;
}
