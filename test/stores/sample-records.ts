import { createHash } from 'node:crypto';
import type { TokenMeasures } from '../../packages/server/src/domain/application-token-port.ts';
import type { Stores } from '../../packages/server/src/domain/ports.ts';
import type {
  Filter,
  NewEvent,
  Organisation,
  PageQuery,
  Session,
  User,
} from '../../packages/server/src/domain/records.ts';

/** When everything in these tests happens, unless said otherwise. */
export const now = Date.UTC(2026, 6, 15, 12);
export const hour = 3_600_000;

export function sampleUser(organisationId: number, change: Partial<Omit<User, 'id'>> = {}): Omit<User, 'id'> {
  return {
    username: 'Jane@Example.com',
    usernameKey: 'jane@example.com',
    name: 'Jane',
    status: 1,
    passwordHash: '$argon2id$sample',
    organisationId,
    version: 1,
    createdAt: now,
    passwordChangedAt: null,
    language: 'en',
    pendingUsernameKey: null,
    invitedUserId: null,
    ...change,
  };
}

export function sampleSession(
  userId: number,
  organisationId: number,
  change: Partial<Omit<Session, 'id'>> = {},
): Omit<Session, 'id'> {
  return {
    userId,
    organisationId,
    createdAt: now,
    createdIp: '192.0.2.1',
    lastUsedAt: now,
    lastUsedIp: '192.0.2.1',
    userAgent: 'Browser/1.0',
    amr: ['pwd', 'otp'],
    expiresAt: now + 24 * hour,
    endedAt: null,
    endedReason: null,
    refreshGeneration: 0,
    rotatedAt: null,
    operatorId: null,
    supportRoles: null,
    ...change,
  };
}

/** By what tokens are measured at {@link now}. */
export const sampleMeasures: TokenMeasures = {
  now,
  recentSince: now,
  soon: now + 14 * 24 * hour,
  longAgo: now - 60 * 24 * hour,
  maxExchangeMinutes: 20 * 240,
  authTokenMinutes: 240,
};

type NewApplicationToken = Parameters<Stores['insertApplicationToken']>[0];

export function sampleToken(
  organisationId: number,
  creatorId: number,
  change: Partial<NewApplicationToken> = {},
): NewApplicationToken {
  return {
    organisationId,
    creatorId,
    description: 'Deploys',
    createdAt: now,
    expiresAt: null,
    revokedAt: null,
    ip: null,
    roles: null,
    authTokenMinutes: null,
    version: 1,
    prefix: 'kwt_abcdefgh',
    lastUsedAt: null,
    lastUsedIp: null,
    ...change,
  };
}

export function sampleEvent(organisationId: number | null, change: Partial<NewEvent> = {}): NewEvent {
  return {
    occurredAt: now,
    organisationId,
    userId: null,
    type: 1000,
    source: 2,
    severity: 0,
    alert: false,
    description: 'Something happened',
    requestId: null,
    detail: null,
    ...change,
  };
}

export function sampleHash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

/** An organisation with one user, who is its administrator. */
export async function seed(stores: Stores): Promise<{ organisation: Organisation; user: User }> {
  const organisation = await stores.insertOrganisation({ name: 'Acme', parentId: null, createdAt: now });
  const user = await stores.insertUser(sampleUser(organisation.id));
  await stores.upsertAssignment({ userId: user.id, organisationId: organisation.id, roles: 2, createdAt: now });
  return { organisation, user };
}

/** A token with a secret, by whose hash it is exchanged. */
export async function insertTokenWithSecret(
  stores: Stores,
  token: NewApplicationToken,
  secret: string,
): Promise<{ id: number; secretHash: Uint8Array }> {
  const id = await stores.insertApplicationToken(token);
  const secretHash = sampleHash(secret);
  await stores.insertApplicationTokenSecret({
    secretHash,
    applicationTokenId: id,
    createdAt: now,
    validUntil: null,
  });
  return { id, secretHash };
}

export function pageQuery(change: Partial<PageQuery> = {}): PageQuery {
  return { page: 1, perPage: 100, filters: [], sort: [], ...change };
}

export function textFilter(field: string, ...parts: string[]): Filter {
  return { field, kind: 'text', parts };
}

export function numberFilter(field: string, value: number): Filter {
  return { field, kind: 'number', value };
}
