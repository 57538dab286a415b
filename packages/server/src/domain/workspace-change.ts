import { type UpdateWorkspace, type UserResource, userStatuses } from '@keywright/contract';
import {
  findAdministration,
  holdUserWithPlaces,
  requireAccountNotAbove,
  requireNotAbove,
  requireOtherAdministrator,
} from './administrator.ts';
import { invalidInput, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { declineInvitation } from './invitation.ts';
import { isPermittedTo, refuseApplicationToken, requireInPerson } from './permission.ts';
import { losePlace } from './place-loss.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import { grantableRoles, noRoles } from './role.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';
import { findVisibleUser, isOneself } from './user-access.ts';
import { userResource } from './user-resource.ts';
import { placeStatus, workspaceNotFound } from './workspace.ts';
import type { Assignment, SeenUser } from './workspace-port.ts';

/**
 * Suspends a user in a workspace, or lets them work there again (contract §6); the account itself stays as it is.
 *
 * @throws Refusal Forbidden, NotFound, InputValidationFailed; NotAllowed for oneself, for an invitation that is not yet
 *   accepted, and for the last active administrator
 */
export async function updateWorkspace(
  service: Service,
  caller: Caller,
  reference: string,
  workspaceId: number,
  input: () => UpdateWorkspace,
): Promise<void> {
  const { user, place } = await findManagedPlace(service, caller, reference, workspaceId);
  const status = readStatus(input());
  if (user.id === caller.user.id) throw new Refusal('NotAllowed', { message: 'status - nobody changes their own' });
  if (placeStatus(user, place) === 0) {
    if (status === 0) return;
    throw new Refusal('NotAllowed', { message: 'status - the invitation is not yet accepted; DELETE withdraws it' });
  }
  await changeState(service, async (stores) => {
    const held = await holdUserWithPlaces(stores, user.id);
    const present = await stores.findAssignment(user.id, workspaceId);
    if (present === undefined) throw workspaceNotFound(workspaceId);
    if (present.status === status) return { result: undefined, events: [] };
    if (status === 0)
      throw new Refusal('NotAllowed', { message: 'status - 1 Active and 2 Suspended follow each other' });
    if (status === 2) await requireOtherAdministrator(stores, held, [workspaceId]);
    const change = () => stores.setAssignmentStatus(user.id, workspaceId, status);
    await (status === 2 ? losePlace(service, stores, present, noRoles, change) : change());
    const [type, done] =
      status === 2
        ? (['WorkspaceSuspended', 'was suspended in'] as const)
        : (['WorkspaceActivated', 'was activated in'] as const);
    return { result: undefined, events: [placeEvent(service, caller, user, place, type, done)] };
  });
}

function readStatus({ status }: UpdateWorkspace): 0 | 1 | 2 {
  const { id } = status;
  if (id === 0 || id === 1 || id === 2) return id;
  const known = userStatuses.map(({ id: known, description }) => `${known} ${description}`).join(', ');
  throw invalidInput([
    { token: 'InvalidReference', message: `status.id - there is no status ${id}; there are ${known}.` },
  ]);
}

/**
 * Takes a user from a workspace, withdraws an invitation, or lets oneself leave or decline (contract §6). Whoever is taken
 * from the default workspace gets the next one as default; from the last, they stay at home there without a place.
 *
 * @throws Refusal Forbidden, NotFound; NotAllowed for the last active administrator
 */
export async function leaveWorkspace(
  service: Service,
  caller: Caller,
  reference: string,
  workspaceId: number,
): Promise<void> {
  const { user, place } = isOneself(caller, reference)
    ? await findOwnPlace(service, caller, reference, workspaceId)
    : await findManagedPlace(service, caller, reference, workspaceId);
  if (user.id === caller.user.id) requireInPerson(caller);
  if (place === undefined) return decline(service, caller, user, workspaceId);
  await changeState(service, async (stores) => {
    const held = await holdUserWithPlaces(stores, user.id);
    await requireOtherAdministrator(stores, held, [workspaceId]);
    const present = await stores.findAssignment(user.id, workspaceId);
    if (present === undefined) throw workspaceNotFound(workspaceId);
    await losePlace(service, stores, present, noRoles, async () => {
      await stores.deleteAssignment(user.id, workspaceId);
    });
    const events = [
      user.id === caller.user.id
        ? placeEvent(service, caller, user, place, 'WorkspaceLeft', 'left')
        : placeEvent(service, caller, user, place, 'WorkspaceRemoved', 'was removed from'),
    ];
    if (held.organisationId === workspaceId) events.push(...(await moveHome(service, stores, caller, held)));
    return { result: undefined, events };
  });
}

/** Makes the place that is held longest the default. */
async function moveHome(service: Service, stores: Stores, caller: Caller, user: User): Promise<NewEvent[]> {
  const next = (await stores.listAssignments(user.id)).find(({ status }) => status === 1);
  if (next === undefined) return [];
  await stores.updateUser(user.id, { organisationId: next.organisation.id });
  return [placeEvent(service, caller, user, next, 'DefaultWorkspaceChanged', 'has a new default workspace:')];
}

async function decline(service: Service, caller: Caller, user: User, workspaceId: number): Promise<void> {
  await changeState(service, async (stores) => {
    if (!(await declineInvitation(stores, user.id, workspaceId))) throw workspaceNotFound(workspaceId);
    // In the chain of the own home: the inviter does not learn of it.
    const event = eventOf(service, caller, {
      type: 'InvitationDeclined',
      organisationId: user.organisationId,
      userId: user.id,
      description: `${user.username} declined an invitation`,
    });
    return { result: undefined, events: [event] };
  });
}

/**
 * Makes another workspace of a user the default one, and so the organisation that the account belongs to (contract §6).
 *
 * @throws Refusal Forbidden for whoever is not Administrator in both; NotFound
 */
export async function setDefaultWorkspace(
  service: Service,
  caller: Caller,
  reference: string,
  workspaceId: number,
): Promise<UserResource> {
  refuseApplicationToken(caller);
  const there = await findAdministration(service, caller, workspaceId, 'workspace.manage');
  if (there === undefined) throw notInBoth();
  const user = await findVisibleUser(service, caller, reference);
  const here = await findAdministration(service, caller, user.organisationId, 'workspace.manage');
  if (here === undefined) throw notInBoth();
  await requireAccountNotAbove(service, grantableRoles(here) & grantableRoles(there), user.id);
  await changeState(service, async (stores) => {
    const held = await holdUserWithPlaces(stores, user.id);
    const place = await stores.findAssignment(user.id, workspaceId);
    if (place?.status !== 1) throw workspaceNotFound(workspaceId);
    if (held.organisationId === workspaceId) return { result: undefined, events: [] };
    if (held.organisationId !== user.organisationId) throw notInBoth();
    await stores.updateUser(user.id, { organisationId: workspaceId });
    const done = 'has a new default workspace:';
    const event = placeEvent(service, caller, user, place, 'DefaultWorkspaceChanged', done);
    return { result: undefined, events: [event, { ...event, organisationId: held.organisationId }] };
  });
  return userResource(service, await findVisibleUser(service, caller, String(user.id)));
}

function notInBoth(): Refusal {
  return new Refusal('Forbidden', { message: 'Only who is Administrator in both workspaces may do this' });
}

interface Place {
  readonly user: SeenUser;
  readonly place: Assignment;
}

/** Finds somebody's place in a workspace that the caller administers. */
async function findManagedPlace(
  service: Service,
  caller: Caller,
  reference: string,
  workspaceId: number,
): Promise<Place> {
  refuseApplicationToken(caller);
  const own = await findAdministration(service, caller, workspaceId, 'workspace.manage');
  if (own === undefined && !isPermittedTo(caller, 'workspace.manage')) {
    throw new Refusal('Forbidden', { reason: 'needs workspace.manage' });
  }
  const user = await findVisibleUser(service, caller, reference);
  const place = await service.database.findAssignment(user.id, workspaceId);
  if (own === undefined || place === undefined) throw workspaceNotFound(workspaceId);
  requireNotAbove(own, place.roles);
  return { user, place };
}

/** Finds the caller's own place; there is none where an invitation waits. */
async function findOwnPlace(
  service: Service,
  caller: Caller,
  reference: string,
  workspaceId: number,
): Promise<{ readonly user: SeenUser; readonly place: Assignment | undefined }> {
  const user = await findVisibleUser(service, caller, reference);
  return { user, place: await service.database.findAssignment(user.id, workspaceId) };
}

function placeEvent(
  service: Service,
  caller: Caller,
  user: User,
  place: Assignment,
  type: 'WorkspaceSuspended' | 'WorkspaceActivated' | 'WorkspaceRemoved' | 'WorkspaceLeft' | 'DefaultWorkspaceChanged',
  done: string,
): NewEvent {
  return eventOf(service, caller, {
    type,
    organisationId: place.organisation.id,
    userId: user.id,
    description: `${user.username} ${done} ${place.organisation.name}, by ${actorOf(caller).name}`,
    detail: { organisation_id: place.organisation.id },
  });
}
