import { issueAuthToken, supportMinutes } from './auth-token.ts';
import { invalidInput, notFound, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { findFirstWorkspace } from './first-workspace.ts';
import { requireInPerson } from './permission.ts';
import type { NewEvent, User, Workspace } from './records.ts';
import { type RoleSet, roleNames, roleSet, supportableRoles } from './role.ts';
import type { Actor, Caller, Service } from './service.ts';
import { beginSession, endSupportSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { findReferred } from './user-access.ts';

/** What an operator may act as, by the role's id as the request names it. */
const supportRoles: Readonly<Record<'1' | '3', RoleSet>> = { '1': roleSet('Administrator'), '3': roleSet('Observer') };

/** What an operator asks to act as; an observer where absent. */
export interface SupportRequest {
  readonly role?: '1' | '3';
}

/**
 * Lets a platform operator act as a user for 60 minutes (contract §6), with a token that names the operator in `act` and
 * with an event that the workspace's administrators see. The user sees and can end the session.
 *
 * @param reference the user's id or username, in any organisation
 * @throws Refusal Forbidden for whoever is no operator in person; NotFound
 * @throws Refusal InputValidationFailed where the user's own rights don't include the role
 */
export async function createSupportToken(
  service: Service,
  caller: Caller,
  reference: string,
  input: () => SupportRequest,
): Promise<{ support_token: string }> {
  requireInPerson(caller);
  if (!(await service.database.isOperator(caller.user.id))) {
    throw new Refusal('Forbidden', { message: 'Only platform operators may do this' });
  }
  const user = await findReferred(service, caller, reference);
  if (user === undefined) throw notFound('User', reference);
  const roles = supportRoles[input().role ?? '3'];
  const workspace = await findSupportedWorkspace(service, user, roles);
  const { session, version } = await changeState(service, async (stores) => {
    // Whatever ends the user's tokens at this moment comes before the session, or ends it.
    const held = await stores.holdUser(user.id);
    if (held?.status !== 1) throw notActive(user);
    const support = { operatorId: caller.user.id, roles, lifeMs: supportMinutes * 60_000 };
    const begun = await beginSession(service, stores, { user: held, workspace, client: caller, amr: [], support });
    const event = supportEvent(service, caller, user, workspace, roles, begun.id);
    return { result: { session: begun, version: held.version }, events: [event] };
  });
  const support_token = issueAuthToken(service, {
    subject: `user:${user.id}`,
    organisation: { id: workspace.id, name: workspace.name },
    roles,
    version,
    minutes: supportMinutes,
    session,
    operatorId: caller.user.id,
  });
  return { support_token };
}

async function findSupportedWorkspace(service: Service, user: User, roles: RoleSet): Promise<Workspace> {
  if (user.status !== 1) throw notActive(user);
  const workspace = await findFirstWorkspace(service.database, user);
  if (workspace === undefined)
    throw new Refusal('NotAllowed', { message: `${user.username} is assigned to no organisation` });
  if ((roles & ~supportableRoles(workspace.roles)) !== 0) {
    const message = `role - ${roleNames(roles).join()} goes beyond what ${user.username} may do (${roleNames(workspace.roles).join(', ')}).`;
    throw invalidInput([{ token: 'NotAllowed', message }]);
  }
  return workspace;
}

function notActive(user: User): Refusal {
  return new Refusal('NotAllowed', { message: `${user.username} is not active, so nobody can act as them` });
}

function supportEvent(
  service: Service,
  caller: Caller,
  user: User,
  workspace: Workspace,
  roles: RoleSet,
  sessionId: number,
): NewEvent {
  return eventOf(service, caller, {
    type: 'SupportAccess',
    organisationId: workspace.id,
    userId: user.id,
    description: `Platform operator ${caller.user.username} acts as ${user.username} for ${supportMinutes} minutes, as ${roleNames(roles).join()}`,
    detail: {
      operator_id: caller.user.id,
      operator: caller.user.username,
      roles: roleNames(roles),
      session_id: sessionId,
    },
  });
}

/** Makes a user a platform operator; false where it was one. */
export async function addOperator(service: Service, actor: Actor, user: User): Promise<boolean> {
  return changeState(service, async (stores) => {
    const added = await stores.insertOperator(user.id, service.clock.now());
    return { result: added, events: added ? [operatorEvent(service, actor, 'OperatorAdded', user)] : [] };
  });
}

/** Makes a platform operator an ordinary user again, and ends the support that is going on; false where it was none. */
export async function removeOperator(service: Service, actor: Actor, user: User): Promise<boolean> {
  return changeState(service, async (stores) => {
    const removed = await stores.deleteOperator(user.id);
    if (!removed) return { result: false, events: [] };
    await endSupportSessionsOf(service, stores, user.id, 'the operator was removed');
    return { result: true, events: [operatorEvent(service, actor, 'OperatorRemoved', user)] };
  });
}

function operatorEvent(
  service: Service,
  actor: Actor,
  type: 'OperatorAdded' | 'OperatorRemoved',
  user: User,
): NewEvent {
  const verb = type === 'OperatorAdded' ? 'became' : 'is no longer';
  return eventOf(service, actor.client, {
    type,
    organisationId: user.organisationId,
    userId: user.id,
    description: `${user.username} ${verb} a platform operator, by ${actor.name}`,
  });
}
