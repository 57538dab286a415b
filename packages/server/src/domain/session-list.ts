import type { SessionResource } from '@keywright/contract';
import { requireAccountNotAbove } from './administrator.ts';
import type { CollectionFields } from './collection-fields.ts';
import { notFound } from './errors.ts';
import { eventOf } from './event.ts';
import { requireInPerson } from './permission.ts';
import type { Page, PageQuery, Session } from './records.ts';
import { actorOf, type Caller, type Service } from './service.ts';
import { endOneSession, endSessionsOf } from './session.ts';
import { changeState } from './state-change.ts';
import { findManagedUser } from './user-access.ts';
import { readUserAgent } from './user-agent.ts';

const permissions = { own: 'session.manage_own', others: 'session.manage_any' } as const;

/** What sessions can be filtered and sorted on. */
export const sessionFields: CollectionFields = {
  id: { kind: 'number', sortable: true },
  created: { kind: 'time', sortable: true },
  last_used: { kind: 'time', sortable: true },
};

const lastUsedFirst: PageQuery['sort'] = [{ field: 'last_used', descending: true }];

/**
 * The live sessions of the caller, or of a user whose account the caller manages; the last used first, unless the query
 * sorts them.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function listSessions(
  service: Service,
  caller: Caller,
  reference: string,
  query: () => PageQuery,
): Promise<Page<SessionResource>> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  const asked = query();
  const sorted = asked.sort.length === 0 ? { ...asked, sort: lastUsedFirst } : asked;
  const page = await service.database.listLiveSessions(user.id, service.clock.now(), sorted);
  return { ...page, rows: page.rows.map((session) => sessionResource(session, caller)) };
}

/** Every live session of the caller, the last used first. */
export async function listOwnSessions(service: Service, caller: Caller): Promise<SessionResource[]> {
  const sessions: SessionResource[] = [];
  for (let page = 1; ; page++) {
    const query = { page, perPage: 1_000, filters: [], sort: [] };
    const { rows, total } = await listSessions(service, caller, 'my', () => query);
    sessions.push(...rows);
    if (sessions.length >= total || rows.length === 0) return sessions;
  }
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
 * @param keepCurrent whether the session of the call goes on
 * @throws Refusal Forbidden, NotFound, InputValidationFailed
 */
export async function endAllSessions(
  service: Service,
  caller: Caller,
  reference: string,
  keepCurrent: () => boolean,
): Promise<void> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  const kept = keepCurrent() ? caller.sessionId : undefined;
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
