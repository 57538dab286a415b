import type { SessionResource } from '@keywright/contract';
import { requireAccountNotAbove } from './administrator.ts';
import { notFound } from './errors.ts';
import { eventOf } from './event.ts';
import { requireInPerson } from './permission.ts';
import type { Session } from './records.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { endOneSession, endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { findManagedUser } from './user-access.ts';
import { readUserAgent } from './user-agent.ts';

const permissions = { own: 'session.manage_own', others: 'session.manage_any' } as const;

/**
 * The live sessions of the caller, or of a user whose account the caller manages; the last used first.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function listSessions(service: Service, caller: Caller, reference: string): Promise<SessionResource[]> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  const sessions = await service.database.listLiveSessions(user.id, service.clock.now());
  return sessions.map((session) => sessionResource(session, caller));
}

/**
 * Ends one session: signs out.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function endSession(
  service: Service,
  caller: Caller,
  reference: string,
  sessionId: number,
): Promise<void> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  const ended = await endOneSession(service, actorOf(caller), user, { sessionId, reason: 'signed out' });
  if (!ended) throw notFound('Session', sessionId);
}

/**
 * Ends every session of a user: signs out everywhere.
 *
 * @param options `keepCurrent` lets the session of the call go on
 * @throws Refusal Forbidden, NotFound
 */
export async function endAllSessions(
  service: Service,
  caller: Caller,
  reference: string,
  options: { readonly keepCurrent: boolean },
): Promise<void> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  const kept = options.keepCurrent ? caller.sessionId : undefined;
  const reason = 'signed out everywhere';
  await changeState(service, async (stores) => {
    const ended = await endSessionsOf(service, stores, user.id, {
      reason,
      ...(kept === undefined ? {} : { exceptSessionId: kept }),
    });
    const event = eventOf(service, caller, {
      type: 'SessionsEnded',
      organisationId: user.organisationId,
      userId: user.id,
      description: `${ended.length} sessions of ${user.username} ended: ${reason}, by ${actorOf(caller).name}`,
      detail: { session_ids: ended },
    });
    return { result: undefined, events: ended.length > 0 ? [event] : [] };
  });
}

function sessionResource(session: Session, caller: Caller): SessionResource {
  const { browser, operatingSystem } = readUserAgent(session.userAgent);
  return {
    id: session.id,
    created: new Date(session.createdAt).toISOString(),
    last_used: new Date(session.lastUsedAt).toISOString(),
    ip: session.lastUsedIp,
    browser,
    operating_system: operatingSystem,
    current: session.id === caller.sessionId,
    support: session.operatorId !== null,
  };
}
