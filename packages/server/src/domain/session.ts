import { formatAddress } from '@keywright/verifier';
import { issueAuthToken, issueRefreshToken } from './auth-token.ts';
import { eventOf } from './event.ts';
import type { Stores } from './ports.ts';
import type { Session, User, Workspace } from './records.ts';
import { endAuthTokensOfSessions, endAuthTokensOfUser } from './revocation.ts';
import type { RoleSet } from './role.ts';
import { voidTrust } from './second-factor-change.ts';
import type { Actor, Client, Service } from './service.ts';
import { changeState } from './state-change.ts';

/** How long a session and its refresh token live, in milliseconds: 30 days. */
export const sessionMs = 30 * 24 * 60 * 60 * 1000;
const maxUserAgentLength = 512;

/** A session that begins. */
export interface NewSession {
  readonly user: User;
  readonly workspace: Workspace;
  readonly client: Client;
  /** How the user signed in (RFC 8176 values). */
  readonly amr: readonly string[];
  /** The operator whose session it is, where one acts as the user: as what, and for how long in milliseconds. */
  readonly support?: { readonly operatorId: number; readonly roles: RoleSet; readonly lifeMs: number };
}

/** Begins a session of a user who completed the sign-in, or of an operator who acts as one. */
export async function beginSession(
  service: Service,
  stores: Stores,
  { user, workspace, client, amr, support }: NewSession,
): Promise<Session> {
  const now = service.clock.now();
  const ip = formatAddress(client.address);
  return stores.insertSession({
    userId: user.id,
    organisationId: workspace.id,
    createdAt: now,
    createdIp: ip,
    lastUsedAt: now,
    lastUsedIp: ip,
    userAgent: client.userAgent?.slice(0, maxUserAgentLength) ?? null,
    amr,
    expiresAt: now + (support?.lifeMs ?? sessionMs),
    endedAt: null,
    endedReason: null,
    refreshGeneration: 0,
    rotatedAt: null,
    operatorId: support?.operatorId ?? null,
    supportRoles: support?.roles ?? null,
  });
}

/** The tokens that a completed sign-in answers. */
export function issueSessionTokens(
  service: Service,
  user: User,
  workspace: Workspace,
  session: Session,
): { auth_token: string; refresh_token: string } {
  const auth_token = issueAuthToken(service, {
    subject: `user:${user.id}`,
    organisation: { id: workspace.id, name: workspace.name },
    roles: workspace.roles,
    version: user.version,
    minutes: service.settings.authTokenMinutes,
    session,
  });
  return { auth_token, refresh_token: issueRefreshToken(service, session, { number: 0, at: session.createdAt }) };
}

/**
 * Ends a user's sessions and their auth tokens: the one way in which all of a user's tokens end. With them go the devices
 * that skip the second step, and the tokens that wait for it.
 *
 * @param change `exceptSessionId` goes on, e.g. the one in which the user changes the password
 * @returns the ids of the sessions that ended
 */
export async function endSessionsOf(
  service: Service,
  stores: Stores,
  userId: number,
  change: { readonly reason: string; readonly exceptSessionId?: number },
): Promise<number[]> {
  const { reason, exceptSessionId } = change;
  const ended = await stores.endSessions(userId, {
    endedAt: service.clock.now(),
    reason,
    ...(exceptSessionId === undefined ? {} : { exceptId: exceptSessionId }),
  });
  await voidTrust(stores, userId);
  if (exceptSessionId === undefined) await endAuthTokensOfUser(service, stores, userId);
  else await endAuthTokensOfSessions(service, stores, userId, ended);
  // What the user does as an operator is theirs too.
  await endSupportSessionsOf(service, stores, userId, `operator: ${reason}`);
  return ended;
}

/** Ends every session in which an operator acts as somebody else, and the auth tokens of these. */
export async function endSupportSessionsOf(
  service: Service,
  stores: Stores,
  operatorId: number,
  reason: string,
): Promise<void> {
  const ended = await stores.endSupportSessions(operatorId, { endedAt: service.clock.now(), reason });
  const byUser = Map.groupBy(ended, ({ userId }) => userId);
  for (const [userId, sessions] of [...byUser].sort(([one], [other]) => one - other)) {
    await endAuthTokensOfSessions(
      service,
      stores,
      userId,
      sessions.map(({ id }) => id),
    );
  }
}

/**
 * Ends one session, with an event.
 *
 * @returns false where it was not live any more
 */
export async function endOneSession(
  service: Service,
  actor: Actor,
  user: Pick<User, 'id' | 'username' | 'organisationId'>,
  change: {
    readonly sessionId: number;
    readonly reason: string;
    readonly type?: 'SessionsEnded' | 'RefreshTokenReused';
  },
): Promise<boolean> {
  const { sessionId, reason, type = 'SessionsEnded' } = change;
  return changeState(service, async (stores) => {
    const ended = await stores.endSession(sessionId, { userId: user.id, endedAt: service.clock.now(), reason });
    if (ended) await endAuthTokensOfSessions(service, stores, user.id, [sessionId]);
    const event = eventOf(service, actor.client, {
      type,
      organisationId: user.organisationId,
      userId: user.id,
      description: `A session of ${user.username} ended: ${reason}, by ${actor.name}`,
      detail: { session_ids: [sessionId] },
    });
    return { result: ended, events: ended ? [event] : [] };
  });
}
