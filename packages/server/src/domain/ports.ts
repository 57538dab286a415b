import type { ActivationKeyStore } from './activation-key-port.ts';
import type { ApplicationTokenStore } from './application-token-port.ts';
import type { EventChainStore } from './event-chain-port.ts';
import type { MailStore } from './mail-port.ts';
import type { MailRequestStore } from './mail-request-port.ts';
import type { NoticeStore } from './notice-port.ts';
import type { OperatorStore } from './operator-port.ts';
import type {
  ChainedEvent,
  EventScope,
  KnownNetwork,
  Lockout,
  LockoutKey,
  NewEvent,
  NewStoredUser,
  Organisation,
  Page,
  PageQuery,
  Session,
  SessionCaller,
  StoredKey,
  User,
  UserWithRoles,
} from './records.ts';
import type { RevocationStore } from './revocation-port.ts';
import type { SecondFactorStore } from './second-factor-port.ts';
import type { SetupStore } from './setup-port.ts';
import type { SignUpStore } from './signup-port.ts';
import type { StoreCareStore } from './store-care-port.ts';
import type { UserImportStore } from './user-import-port.ts';
import type { WorkspaceLocks, WorkspaceStore } from './workspace-port.ts';

/** Where time comes from. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back, whatever happens to the wall clock. */
  monotonic(): number;
}

/** Where randomness comes from: cryptographically strong in production, seeded in tests. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** The passwords that are tried first everywhere. */
export interface CommonPasswords {
  /** @param sha1 the password's SHA-1 as 40 lower-case hexadecimal digits */
  has(sha1: string): Promise<boolean>;
}

/** Where the one-line JSON log goes. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface OrganisationStore {
  insertOrganisation(organisation: Omit<Organisation, 'id'>): Promise<Organisation>;
  findOrganisation(id: number): Promise<Organisation | undefined>;
  findOrganisationsByName(name: string): Promise<Organisation[]>;
  /** By id; all of them, or the first `limit`. */
  listOrganisations(limit?: number): Promise<Organisation[]>;
  updateOrganisation(id: number, change: { readonly name: string }): Promise<void>;
  /** The ids of an organisation's direct children. */
  findChildIds(id: number): Promise<number[]>;
}

export interface UserStore {
  /** Throws `Refusal` Conflict where the username is taken. */
  insertUser(user: NewStoredUser): Promise<User>;
  findUser(id: number): Promise<User | undefined>;
  /** `usernameKey` is the normalised username. */
  findUserByUsername(usernameKey: string): Promise<User | undefined>;
  updateUser(id: number, change: Partial<Omit<User, 'id'>>): Promise<void>;
  /** Raises the counter that tokens carry as `ver`, and answers the new value. */
  raiseUserVersion(id: number): Promise<number>;
  /** Whether there is any user at all, or any whose home an organisation is. */
  hasUsers(organisationId?: number): Promise<boolean>;
  /** Every user with the roles in the home organisation, by id. */
  listUsers(): Promise<UserWithRoles[]>;
  /** Makes or replaces the user's place in an organisation. */
  upsertAssignment(assignment: {
    userId: number;
    organisationId: number;
    roles: number;
    createdAt: number;
  }): Promise<void>;
}

export interface SessionStore {
  insertSession(session: Omit<Session, 'id'>): Promise<Session>;
  findSession(id: number): Promise<Session | undefined>;
  /** A user's sessions that have neither ended nor expired. */
  listLiveSessions(userId: number, now: number, query: PageQuery): Promise<Page<Session>>;
  /** Ends one live session of a user; false where there is none. */
  endSession(id: number, change: { userId: number; endedAt: number; reason: string }): Promise<boolean>;
  /** Ends every live session that an operator has as somebody else; answers which, and whose they were. */
  endSupportSessions(
    operatorId: number,
    change: { endedAt: number; reason: string },
  ): Promise<{ readonly id: number; readonly userId: number }[]>;
  /**
   * Moves a live session on to its next refresh token, in one atomic statement; false where the session has ended, or the
   * generation is not the present one.
   */
  rotateRefreshToken(id: number, generation: number, rotatedAt: number): Promise<boolean>;
  /** Ends the user's live sessions, but for `exceptId`; answers the ids of those it ended. */
  endSessions(userId: number, change: { endedAt: number; reason: string; exceptId?: number }): Promise<number[]>;
  /** What a bearer's call needs to know; calls of one tick go to the database as one query. */
  findSessionCaller(sessionId: number): Promise<SessionCaller | undefined>;
  /** Notes the last use of sessions, one statement for all. Older than what stands is ignored. */
  noteSessionUses(uses: readonly { sessionId: number; at: number; ip: string }[]): Promise<void>;
}

export interface LockoutStore {
  findLockout(key: LockoutKey): Promise<Lockout | undefined>;
  /**
   * Counts one failure in one atomic statement. A lock that has run out starts the count anew; a lock that holds is left as it is.
   * `limit` failures lock until `lockUntil`.
   */
  countFailure(
    key: LockoutKey,
    change: { userId: number | null; now: number; limit: number; lockUntil: number },
  ): Promise<Lockout>;
  deleteLockouts(subject: string, scopes: readonly string[] | 'all'): Promise<number>;
  /**
   * Keeps the number of rows bounded that names which don't exist can cause: of the accounts' counts that hold no lock, it
   * removes the longest untouched over `keep`. Those of users go with them, or what is left would tell who exists.
   */
  trimOpenCounts(keep: number, now: number): Promise<void>;
  findKnownNetwork(userId: number, network: string): Promise<KnownNetwork | undefined>;
  upsertKnownNetwork(network: KnownNetwork): Promise<void>;
}

export interface EventStore extends EventChainStore {
  /** Appends to the chains of the events' organisations; call it last in a transaction, since it locks the chains' heads. */
  appendEvents(events: readonly NewEvent[]): Promise<void>;
  listEvents(scope: EventScope & { userId?: number }, query: PageQuery): Promise<Page<ChainedEvent>>;
  /** The first events after an id that the filters let through, in order of their ids; counts nothing. */
  readEventsAfter(
    scope: EventScope,
    filters: PageQuery['filters'],
    afterId: number,
    limit: number,
  ): Promise<ChainedEvent[]>;
  /** Makes sure that there is a place (PostgreSQL: a partition per month) for events of this time and the following two months. */
  prepareEvents(now: number): Promise<void>;
}

export interface KeyStore {
  listKeys(): Promise<StoredKey[]>;
  insertKey(key: Omit<StoredKey, 'id'>): Promise<void>;
  updateKey(kid: string, change: Partial<Pick<StoredKey, 'state' | 'activatedAt' | 'retiredAt'>>): Promise<void>;
  deleteKey(kid: string): Promise<void>;
}

/** Every store, over one connection pool or inside one transaction. */
export interface Stores
  extends OrganisationStore,
    UserStore,
    SessionStore,
    ApplicationTokenStore,
    LockoutStore,
    EventStore,
    KeyStore,
    MailStore,
    MailRequestStore,
    ActivationKeyStore,
    SignUpStore,
    NoticeStore,
    SetupStore,
    OperatorStore,
    SecondFactorStore,
    UserImportStore,
    WorkspaceStore,
    RevocationStore,
    StoreCareStore {}

/** The database: stores outside of transactions, and transactions. */
export interface Database extends Stores {
  readonly kind: 'sqlite' | 'postgres';
  /** Runs `work` in one transaction; what it throws rolls everything back. A lost database is a `Refusal` Unavailable. */
  transaction<T>(work: (stores: Stores & TransactionLocks) => Promise<T>): Promise<T>;
  /** Applies what is missing under a lock that one process at a time holds; answers the names of what it applied. */
  migrate(): Promise<string[]>;
  /** Whether nothing was ever migrated here. */
  isEmpty(): Promise<boolean>;
  /** The names of migrations not yet applied. */
  pendingMigrations(): Promise<string[]>;
  /**
   * Calls `wake` when revocations were written: in this process at once, in others where the database tells. Not every time:
   * ask now and then as well.
   *
   * @returns how to stop
   */
  watchRevocations(wake: () => void): () => void;
  /** Resolves when the database answers; throws `Refusal` Unavailable otherwise. */
  ping(): Promise<void>;
  /** Connections by state, for metrics. */
  poolState(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

export interface TransactionLocks extends WorkspaceLocks {
  /** Holds a named lock until the transaction ends, across all processes. */
  lock(name: 'setup' | 'keys'): Promise<void>;
  /** Reads a user and holds the row until the transaction ends, so that a sign-in and a change of the password take turns. */
  holdUser(id: number): Promise<User | undefined>;
}
