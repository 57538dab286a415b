import type { SwitchWorkspace } from '@keywright/contract';
import { issueAuthToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { isInPerson, requirePermission } from './permission.ts';
import { requireFactorBehind } from './second-factor-requirement.ts';
import type { Caller, Service } from './service.ts';
import { changeState } from './state-change.ts';

/**
 * Moves the session of the call to another workspace of the user, and gives an `auth_token` for it (contract §3). Tokens
 * for the workspace before go on until they expire, as long as the user is assigned to it.
 *
 * @throws Refusal InvalidToken for whoever did not sign in, for a workspace that the user is not assigned to, and for one that
 *   requires a second factor where the session began without
 */
export async function switchWorkspace(
  service: Service,
  caller: Caller,
  input: () => SwitchWorkspace,
): Promise<{ auth_token: string }> {
  const { sessionId } = caller;
  if (sessionId === undefined || !isInPerson(caller)) {
    throw new Refusal('InvalidToken', {
      message: 'Only who signed in can switch to another workspace',
      reason: 'an application token or an operator switches no workspace',
    });
  }
  requirePermission(caller, 'workspace.switch');
  const { id } = input().target_organisation;
  const workspace = await service.database.findWorkspace(caller.user.id, id);
  const found = await service.database.findSessionCaller(sessionId);
  if (workspace === undefined || found === undefined) throw unassigned();
  if (found.session.createdAt < workspace.tokensFrom) {
    throw new Refusal('InvalidToken', {
      message: 'Sign in again to switch to this workspace',
      reason: 'the session began before everything of the workspace was revoked',
    });
  }
  await requireFactorBehind(service, found.session, workspace.id);
  await changeState(service, async (stores) => {
    if (!(await stores.moveSession(sessionId, workspace.id, service.clock.now()))) throw unassigned();
    const event = eventOf(service, caller, {
      type: 'WorkspaceSwitched',
      organisationId: workspace.id,
      userId: caller.user.id,
      description: `${caller.user.username} switched to ${workspace.name}`,
      detail: { session_id: sessionId },
    });
    return { result: undefined, events: [event] };
  });
  const auth_token = issueAuthToken(service, {
    subject: `user:${caller.user.id}`,
    organisation: { id: workspace.id, name: workspace.name },
    roles: workspace.roles,
    version: found.userVersion,
    minutes: service.settings.authTokenMinutes,
    session: found.session,
  });
  return { auth_token };
}

function unassigned(): Refusal {
  return new Refusal('InvalidToken', {
    message: 'You are not assigned to this workspace',
    reason: 'not assigned to the workspace',
  });
}
