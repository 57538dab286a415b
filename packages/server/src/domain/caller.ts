import { type Bearer, verifyAuthToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import { effectiveRoles } from './exchange.ts';
import { isPastExpiry } from './expiry-date.ts';
import { findFirstWorkspace } from './first-workspace.ts';
import type { SessionCaller } from './records.ts';
import { requireLiveSession } from './refresh.ts';
import { hasRole, namesRole, noRoles, type RoleSet } from './role.ts';
import type { Caller, Client, Service } from './service.ts';
import { normaliseUsername } from './username.ts';

/**
 * Finds who is calling with an `auth_token`. The token says who; status, session and roles are read from the store on
 * each call. Only a revoked or expired application token's auth tokens live out their time (contract §1).
 *
 * @throws Refusal InvalidToken, or TokenExpired for a genuine token past its time
 */
export async function identifyCaller(service: Service, token: string, client: Client): Promise<Caller> {
  const caller = await findCaller(service, await verifyAuthToken(service, token), client);
  if (caller.sessionId !== undefined) service.uses.recordSession(caller.sessionId, client.address);
  return caller;
}

/**
 * Judges by the store what a verified `auth_token` says of its bearer, who need not be the one who calls.
 *
 * @throws Refusal as {@link identifyCaller}
 */
export async function findCaller(service: Service, bearer: Bearer, client: Client): Promise<Caller> {
  if (bearer.kind === 'application_token') {
    return callerOfApplicationToken(service, bearer.applicationTokenId, client, bearer);
  }
  const present = await service.database.findSessionCaller(bearer.sessionId);
  const placed = await inWorkspace(service, present, bearer.organisationId);
  const found = requireLiveSession(service, placed, bearer.userId);
  requireIssuedSince(bearer.issuedAt, found.organisation.tokensFrom);
  return {
    ...client,
    user: { id: bearer.userId, username: found.username, name: found.name },
    organisation: { id: found.organisation.id, name: found.organisation.name },
    roles: found.roles,
    sessionId: found.session.id,
    ...supportOf(found, placed?.roles ?? noRoles),
  };
}

/**
 * A session as it is in the workspace that a token is for: the session's own, or one that it was in before and that the
 * user is still assigned to. Operators stay in the one that they support.
 */
async function inWorkspace(
  service: Service,
  present: SessionCaller | undefined,
  organisationId: number,
): Promise<SessionCaller | undefined> {
  if (present === undefined || present.organisation.id === organisationId) return present;
  const { userId, operatorId } = present.session;
  const workspace = operatorId === null ? await service.database.findWorkspace(userId, organisationId) : undefined;
  if (workspace === undefined) return { ...present, roles: noRoles };
  const { id, name, tokensFrom, roles } = workspace;
  return { ...present, organisation: { id, name, tokensFrom }, roles };
}

function supportOf({ session, operatorUsername }: SessionCaller, userRoles: RoleSet): Pick<Caller, 'support'> {
  if (session.operatorId === null) return {};
  return { support: { operatorId: session.operatorId, operatorUsername: operatorUsername ?? '', userRoles } };
}

/** Since when tokens count: everything that was issued before may have been revoked at once, see revoke-all.ts. */
function requireIssuedSince(issuedAt: number, tokensFrom: number): void {
  if (issuedAt < tokensFrom) throw new Refusal('InvalidToken', { reason: 'issued before everything was revoked' });
}

/**
 * The caller that an application token's auth tokens are.
 *
 * @param bearer what the one says that is judged; absent where the application token itself calls
 * @throws Refusal InvalidToken where its creator is not active, or has no more of its roles
 */
export async function callerOfApplicationToken(
  service: Service,
  id: number,
  client: Client,
  bearer?: Pick<Bearer & { kind: 'application_token' }, 'issuedAt' | 'version'>,
): Promise<Caller> {
  const token = await service.database.findApplicationTokenCaller(id);
  if (token === undefined || token.creatorId === null || token.creatorStatus !== 1) {
    throw new Refusal('InvalidToken', { reason: "the application token's creator is not active" });
  }
  if (bearer !== undefined) requireIssuedSince(bearer.issuedAt, token.tokensFrom);
  const roles = effectiveRoles(token);
  if (roles === noRoles)
    throw new Refusal('InvalidToken', { reason: "the application token's creator no longer has its roles" });
  return {
    ...client,
    user: { id: token.creatorId, username: token.creatorUsername ?? '', name: token.creatorName ?? '' },
    organisation: { id: token.organisationId, name: token.organisationName },
    roles,
    applicationToken: {
      id: token.id,
      // Among its roles as they are now: a maker who is demoted takes it along.
      namesAdministrator: namesRole(token.roles, 'Administrator') && hasRole(roles, 'Administrator'),
      ip: token.ip,
      expiresAt: token.expiresAt,
      hasEnded: token.revokedAt !== null || isPastExpiry(token, service.clock.now()),
      ...(bearer === undefined ? {} : { version: bearer.version }),
    },
  };
}

/**
 * Lets a command act as a user in the home organisation, with that user's roles.
 *
 * @throws Refusal NotFound
 */
export async function callerOfUser(service: Service, username: string, client: Client): Promise<Caller> {
  const user = await service.database.findUserByUsername(normaliseUsername(username));
  if (user === undefined) throw new Refusal('NotFound', { message: `There is no user ${username}` });
  const workspace = await findFirstWorkspace(service.database, user);
  if (workspace === undefined) throw new Refusal('NotFound', { message: `${username} is assigned to no organisation` });
  return {
    ...client,
    user: { id: user.id, username: user.username, name: user.name },
    organisation: { id: workspace.id, name: workspace.name },
    roles: workspace.roles,
  };
}
