import { issueAuthToken, issueRefreshToken } from './auth-token.ts';
import { formatAddress } from './network.ts';
import type { Stores } from './ports.ts';
import type { Session, User, Workspace } from './records.ts';
import type { Client, Service } from './service.ts';

/** How long a session and its refresh token live, in milliseconds: 30 days. */
const sessionMs = 30 * 24 * 60 * 60 * 1000;
const maxUserAgentLength = 512;

/** Begins a session of a user who completed the sign-in. */
export async function beginSession(
  service: Service,
  stores: Stores,
  user: User,
  workspace: Workspace,
  client: Client,
  amr: readonly string[],
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
    expiresAt: now + sessionMs,
    endedAt: null,
    endedReason: null,
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
  return { auth_token, refresh_token: issueRefreshToken(service, session) };
}
