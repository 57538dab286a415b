import type { Address } from '@keywright/verifier';
import type { FailureRecorder } from './failure-recorder.ts';
import type { HashQueue } from './hash-queue.ts';
import type { KeyRing } from './key-ring.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { Clock, CommonPasswords, Database, Log, Random } from './ports.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { RevocationFeed } from './revocation-feed.ts';
import type { RoleSet } from './role.ts';
import type { SecretBox } from './secret-box.ts';
import type { SerialQueue } from './serial-queue.ts';
import type { StreamPlaces } from './stream-places.ts';
import type { UseRecorder } from './use-recorder.ts';

/**
 * Which fingerprints can stand for a trusted device: all, as clients of the public API derive them from the browser; only the
 * random ones of our portal; or none.
 */
export type TrustedDeviceMode = 'any' | 'portal' | 'off';

/** What an operator decides and the domain needs to know. */
export interface Settings {
  /** The service's public URL without a trailing slash: the tokens' `iss`. */
  readonly publicUrl: () => string;
  /** The `aud` of auth tokens. */
  readonly audience: () => string;
  /** How long auth tokens live where the application token doesn't shorten it. */
  readonly authTokenMinutes: number;
  /** Whether each refresh gives the next refresh token and ends the one before. */
  readonly rotatesRefreshTokens: boolean;
  /** After how many days without use a session ends; undefined where only its age does. */
  readonly sessionIdleDays: number | undefined;
  /** Who gets an account: whoever confirms an address, whom an administrator makes or invites, or whom one makes. */
  readonly signUp: 'open' | 'invite' | 'closed';
  /** Which devices may skip the second step. */
  readonly trustedDevices: TrustedDeviceMode;
  /** Whether a password may come as its SHA-1, as the public API asks for. */
  readonly acceptsSha1Passwords: boolean;
  /** Whether mails go to a mail server; otherwise into files that only whoever runs the service reads. */
  readonly sendsMail: boolean;
}

/** In-memory counts per client address and per token (contract §3, Limits). */
export interface Limits {
  /** Password and code attempts per address. */
  readonly attempts: RateLimiter;
  /** Failures of any form per address. */
  readonly failures: RateLimiter;
  /** Successful exchanges and refreshes per token. */
  readonly exchanges: RateLimiter;
  /** Calls per address on the rest of the API. */
  readonly calls: RateLimiter;
  /** Mails of one kind that anybody asks for, per username. */
  readonly mailsPerName: RateLimiter;
  /** The same per address, whatever the username. */
  readonly mailsPerAddress: RateLimiter;
}

/** How attempts to authenticate end, for metrics. */
export interface AuthenticationMetrics {
  countAuthentication(form: string, result: string): void;
  /** Counts a right password that came as its SHA-1, by the program that sent it. */
  countSha1SignIn(client: string): void;
}

/** Everything that an operation works with: assembled once, in app.ts. */
export interface Service {
  readonly settings: Settings;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly keys: KeyRing;
  readonly box: SecretBox;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly hashQueue: HashQueue;
  /** Judges the sign-in attempts of one account one after another. */
  readonly signIns: SerialQueue;
  readonly limits: Limits;
  readonly uses: UseRecorder;
  readonly failures: FailureRecorder;
  readonly revocations: RevocationFeed;
  /** Counts those who follow the revocations. */
  readonly streams: StreamPlaces;
  readonly metrics: AuthenticationMetrics;
}

/** Where a request comes from; 1 Policy Control, 2 API, 3 Portal, 4 Command line (see the contract's event sources). */
export interface Client {
  readonly address: Address;
  readonly requestId: string;
  readonly source: 1 | 2 | 3 | 4;
  readonly userAgent: string | null;
}

/** Who is calling: read from the store on each call. */
export interface Caller extends Client {
  /** The user that signed in, or the maker of the application token. */
  readonly user: { readonly id: number; readonly username: string; readonly name: string };
  readonly organisation: { readonly id: number; readonly name: string };
  /** What the caller may act as now, in this organisation. */
  readonly roles: RoleSet;
  /** The session, where the caller is a user. */
  readonly sessionId?: number;
  /** The `mfa_token`, where the caller may do nothing but set a second factor up: see enrolment.ts. */
  readonly enrolmentTokenId?: string;
  /** The platform operator who acts as the user, where one does. */
  readonly support?: {
    readonly operatorId: number;
    readonly operatorUsername: string;
    /** What the user may act as: the operator gets nothing that it does not permit. */
    readonly userRoles: RoleSet;
  };
  /** The application token, where the caller is one. */
  readonly applicationToken?: {
    readonly id: number;
    /** Whether its own roles name Administrator, not just its maker's. */
    readonly namesAdministrator: boolean;
    readonly ip: string | null;
    readonly expiresAt: number | null;
    /** Whether it is revoked or expired: its auth tokens live out their time with us, and nowhere else that can tell. */
    readonly hasEnded: boolean;
    /** The counter of the auth token that it calls with; absent where it calls with its secret. */
    readonly version?: number;
  };
}

/** Who changes something: a caller over HTTP, or a command. */
export interface Actor {
  readonly client: Client;
  readonly userId: number | null;
  /** For events: a username, or `command line`. */
  readonly name: string;
}

/**
 * Who acts, where the client has signed in: the operator, where one acts as somebody; the maker of an application token.
 *
 * @returns undefined for whoever has not said who they are, as at a sign-in, and for commands
 */
export function actingUserOf(client: Client): { readonly id: number; readonly username: string } | undefined {
  if (!isCaller(client)) return undefined;
  const { support, user } = client;
  return support === undefined ? user : { id: support.operatorId, username: support.operatorUsername };
}

function isCaller(client: Client): client is Caller {
  return 'user' in client;
}

/** A caller as the one who changes something. */
export function actorOf(caller: Caller): Actor {
  return { client: caller, userId: caller.user.id, name: nameOf(caller) };
}

function nameOf({ applicationToken, support, user }: Caller): string {
  if (applicationToken !== undefined) return `application_token:${applicationToken.id}`;
  return support === undefined ? user.username : `${support.operatorUsername} (support) as ${user.username}`;
}
