import type { Language } from './mail-port.ts';

/**
 * What the stores keep, as the domain sees it. Times are milliseconds since the Unix epoch; ids are integers that are
 * never given twice; role sets are bit sets (see role.ts).
 */

export interface Organisation {
  readonly id: number;
  readonly name: string;
  readonly parentId: number | null;
  readonly createdAt: number;
}

/** 0 Activation Pending, 1 Active, 2 Suspended. */
export type UserStatus = 0 | 1 | 2;

export interface User {
  readonly id: number;
  /** As it was typed in. */
  readonly username: string;
  /** As it is compared: see username.ts. */
  readonly usernameKey: string;
  readonly name: string;
  readonly status: UserStatus;
  /** Argon2id over the password's SHA-1, as a PHC string; null before activation. */
  readonly passwordHash: string | null;
  /** The home organisation, which is also where a sign-in begins. */
  readonly organisationId: number;
  /** Raised by whatever ends the user's tokens; tokens carry it as `ver`. */
  readonly version: number;
  readonly createdAt: number;
  readonly passwordChangedAt: number | null;
  /** In which the user is written to. */
  readonly language: Language;
  /** The username that is yet to be confirmed, as it is compared; null where `usernameKey` is. See unconfirmed-username.ts. */
  readonly pendingUsernameKey: string | null;
  /** Whom this row stands for until the invitation is accepted: see invitation.ts. */
  readonly invitedUserId: number | null;
}

/** A user to be inserted. */
export type NewStoredUser = Omit<User, 'id' | 'pendingUsernameKey' | 'invitedUserId'> &
  Partial<Pick<User, 'pendingUsernameKey' | 'invitedUserId'>>;

export interface UserWithRoles extends User {
  readonly organisationName: string;
  /** The roles in the home organisation. */
  readonly roles: number;
  /** Until when the longest of its locks holds, if it has any: of the account at large, of a network or of a device. */
  readonly lockedUntil: number | null;
}

/** An organisation in which a user may work. */
export interface Workspace {
  readonly id: number;
  readonly name: string;
  readonly roles: number;
}

export interface Session {
  readonly id: number;
  readonly userId: number;
  /** The workspace that the session's tokens are for. */
  readonly organisationId: number;
  readonly createdAt: number;
  readonly createdIp: string;
  readonly lastUsedAt: number;
  readonly lastUsedIp: string;
  readonly userAgent: string | null;
  /** How the user signed in (RFC 8176 values). */
  readonly amr: readonly string[];
  readonly expiresAt: number;
  readonly endedAt: number | null;
  readonly endedReason: string | null;
  /** How often the refresh token was rotated; only the token of this number is good. */
  readonly refreshGeneration: number;
  readonly rotatedAt: number | null;
  /** The platform operator who acts as the user in it; null where the user does. */
  readonly operatorId: number | null;
  /** What the operator may act as. */
  readonly supportRoles: number | null;
}

/** What is read on each call of a signed-in user, and on each refresh. */
export interface SessionCaller {
  readonly session: Session;
  readonly username: string;
  readonly name: string;
  readonly userStatus: UserStatus;
  readonly userVersion: number;
  /** The operator's name, in a session of an operator. */
  readonly operatorUsername: string | null;
  /** Tokens and sessions from before `tokensFrom` are refused. */
  readonly organisation: { readonly id: number; readonly name: string; readonly tokensFrom: number };
  /** The roles in the session's organisation; 0 where the user is no longer assigned to it. */
  readonly roles: number;
}

export interface ApplicationToken {
  readonly id: number;
  readonly organisation: { readonly id: number; readonly name: string };
  /** Null once the maker's account is deleted. */
  readonly creator: { readonly id: number; readonly name: string; readonly username: string } | null;
  readonly description: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** The network it may be exchanged from, in canonical CIDR notation. */
  readonly ip: string | null;
  /** Null: the maker's roles, whatever they are at the time. */
  readonly roles: number | null;
  readonly authTokenMinutes: number | null;
  readonly version: number;
  readonly prefix: string;
  readonly lastUsedAt: number | null;
  readonly lastUsedIp: string | null;
  /** Exchanges that are recent by the measures. */
  readonly recentExchanges: number;
  /** Where it was last exchanged from: an IPv4 /24 or an IPv6 /64. */
  readonly network: string | null;
  /** When it was last exchanged from another network. */
  readonly elsewhereAt: number | null;
  /** A bit for each reason to look at it, by the measures: see application-token-attention.ts. */
  readonly attention: number;
  /** The secret before the present one, as long as it works. */
  readonly formerSecret: {
    /** When the present one was made. */
    readonly replacedAt: number;
    readonly validUntil: number;
    readonly lastUsedAt: number | null;
    readonly lastUsedIp: string | null;
  } | null;
}

/** What is read on each exchange of an application token, by the hash of the secret. */
export interface ApplicationTokenExchange {
  readonly id: number;
  readonly secretValidUntil: number | null;
  readonly revokedAt: number | null;
  readonly expiresAt: number | null;
  readonly ip: string | null;
  readonly roles: number | null;
  readonly authTokenMinutes: number | null;
  readonly version: number;
  readonly organisationId: number;
  readonly organisationName: string;
  readonly creatorId: number | null;
  readonly creatorStatus: UserStatus | null;
  /** The maker's roles in the token's organisation; 0 where no longer assigned to it. */
  readonly creatorRoles: number;
}

/** What is read on each call with an `auth_token` that came from an application token. */
export interface ApplicationTokenCaller extends Omit<ApplicationTokenExchange, 'secretValidUntil'> {
  readonly creatorUsername: string | null;
  readonly creatorName: string | null;
  /** Auth tokens that were issued before it are refused. */
  readonly tokensFrom: number;
}

/** Whose failures, and in which of the counts that the account has. */
export interface LockoutKey {
  /** `user:42`, or a name that doesn't exist as `name:{hash}`. */
  readonly subject: string;
  /** `account`, `network:{network}` or `device:{id}`. */
  readonly scope: string;
}

export interface Lockout {
  readonly failures: number;
  readonly lockedUntil: number | null;
  /** For `countFailure`: whether the lock held already, so that this failure was not counted. */
  readonly wasLocked?: boolean;
}

export interface KnownNetwork {
  readonly userId: number;
  readonly network: string;
  readonly lastSignInAt: number;
}

export interface NewEvent {
  readonly occurredAt: number;
  /** Null: of the platform, of no organisation. */
  readonly organisationId: number | null;
  readonly userId: number | null;
  readonly type: number;
  readonly source: number;
  readonly severity: number;
  readonly alert: boolean;
  readonly description: string;
  readonly requestId: string | null;
  /** Plain JSON; never holds a secret. */
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** An event as it stands in its organisation's chain. */
export interface ChainedEvent extends NewEvent {
  /** Counts the events of all organisations in the order in which they were written, so it is no caller's to see. */
  readonly id: number;
  readonly organisationName: string | null;
  readonly username: string | null;
  readonly userName: string | null;
  /** Counts from 1 within the chain. */
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

export interface StoredKey {
  readonly id: number;
  readonly kid: string;
  /** `auth` signs auth tokens; `internal` signs refresh and MFA tokens and never leaves the service. */
  readonly purpose: 'auth' | 'internal';
  readonly algorithm: 'HS256' | 'EdDSA' | 'ES256' | 'RS256';
  readonly state: 'next' | 'current' | 'retired';
  /** The private JWK, encrypted under the master key. */
  readonly encryptedKey: string;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly retiredAt: number | null;
}

/** Whose events. */
export interface EventScope {
  readonly organisationIds: readonly number[] | 'all';
}

/** Which page of a collection, filtered and sorted how. Field names are those on the wire. */
export interface PageQuery {
  readonly page: number;
  readonly perPage: number;
  readonly filters: readonly Filter[];
  readonly sort: readonly { readonly field: string; readonly descending: boolean }[];
}

export type Filter =
  | { readonly field: string; readonly kind: 'number'; readonly value: number }
  /** Compared without regard to case; `*` in the request became parts between which anything may stand. */
  | { readonly field: string; readonly kind: 'text'; readonly parts: readonly string[] }
  /** A span of time, the end not included. */
  | { readonly field: string; readonly kind: 'time'; readonly from?: number; readonly until?: number };

export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
  /** The page that this is, after clamping. */
  readonly page: number;
}
