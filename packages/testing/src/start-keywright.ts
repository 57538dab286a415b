import { type Clock, startThrowAwayServer } from '@keywright/server';
import { createPlannedFailures, type Failure, type FailureOptions } from './planned-failures.ts';
import { createTurnableClock } from './turnable-clock.ts';

export interface KeywrightOptions {
  /**
   * Settings of the service by their variables, such as `{ KEYWRIGHT_SIGNING_ALGORITHM: 'EdDSA' }`. Rate limits are off
   * unless they are set here.
   */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Where its clock stands at first; now, where absent. */
  readonly startAt?: Date | undefined;
  /** Takes each line of its log. */
  readonly writeLog?: ((line: string) => void) | undefined;
}

export type RoleName = 'Administrator' | 'User' | 'Observer' | 'SuperAdmin';

export interface NewUser {
  /** An e-mail address; one of its own where absent. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly name?: string | undefined;
  /** Administrator where absent. */
  readonly role?: RoleName | undefined;
  /** The name of an organisation, which is made where there is none yet; one and the same for all where absent. */
  readonly organisation?: string | undefined;
}

export interface TestUser {
  readonly id: number;
  readonly username: string;
  readonly password: string;
}

export interface NewApplicationToken {
  /** Whose it is; where absent, an administrator's who is made for it. */
  readonly user?: TestUser | string | undefined;
  readonly description?: string | undefined;
  readonly expiresAt?: Date | undefined;
  /** The network that it may be exchanged from, in CIDR notation. */
  readonly ip?: string | undefined;
  /** Narrows it to these; `Service` is for APIs that follow the revocations of all organisations. */
  readonly roles?: readonly (RoleName | 'Service')[] | undefined;
  /** How long its auth tokens live. */
  readonly authTokenMinutes?: number | undefined;
}

export interface TestApplicationToken {
  readonly id: number;
  /** The secret. */
  readonly applicationToken: string;
}

/** A Keywright in the test's own process. */
export interface Keywright extends AsyncDisposable {
  /** Where it is, on loopback, without a slash at the end. */
  readonly baseUrl: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The `aud` of its auth tokens. */
  readonly audience: string;
  /** Its clock, for whatever is tested to go by as well. Its `now()` stands still until it is turned. */
  readonly clock: Clock;
  /**
   * Turns the clock on, writes the events that wait, and hands over the mails. Scheduled rotations of keys, notices and tidying
   * go by the machine's time.
   *
   * @param by `241m`, `30s`, `1h 30m`, `90d`
   */
  advance(by: string): Promise<void>;
  /** Makes a user who can sign in at once. */
  createUser(user?: NewUser): Promise<TestUser>;
  createApplicationToken(given?: NewApplicationToken): Promise<TestApplicationToken>;
  /** Revokes an application token, by its secret or one of its auth tokens; or ends the session of a user's token. */
  revoke(token: string): Promise<void>;
  /** Locks an account, as three wrong passwords do, for five minutes of its clock. */
  lock(user: TestUser | string): Promise<void>;
  unlock(user: TestUser | string): Promise<void>;
  suspend(user: TestUser | string): Promise<void>;
  activate(user: TestUser | string): Promise<void>;
  /** Lets the next key sign, at once. */
  rotateKeys(): Promise<void>;
  /** The keys that auth tokens are verified with, as JWKs: secrets with HS256, public keys with anything else. */
  keys(): Promise<readonly object[]>;
  /** Lets the next request fail: `failNext(429, { retryAfterSeconds: 7 })`, `failNext('disconnect')`. */
  failNext(failure: Failure, options?: FailureOptions): void;
  /** Ends it, and removes its store. */
  close(): Promise<void>;
}

const roleIds = { Administrator: 1, User: 2, Observer: 3, SuperAdmin: 4, Service: 5 } as const;

/** @throws RangeError where there is no role of the name, or not for those who are to have it */
function idOfRole(name: string, names: readonly string[]): number {
  if (!names.includes(name)) {
    throw new RangeError(`${JSON.stringify(name)} is no role here: take one of ${names.join(', ')}`);
  }
  return roleIds[name as keyof typeof roleIds];
}

const rolesOfTokens = Object.keys(roleIds);
const rolesOfUsers = rolesOfTokens.filter((name) => name !== 'Service');

const defaultPassword = 'a password for tests';

/**
 * Starts a Keywright: the service that runs in production, in this process, on a free port of loopback, over a store that is
 * thrown away.
 */
export async function startKeywright(options: KeywrightOptions = {}): Promise<Keywright> {
  const clock = createTurnableClock(options.startAt?.getTime() ?? Date.now());
  const failures = createPlannedFailures();
  const { intercept } = failures;
  const settings = { KEYWRIGHT_RATE_LIMIT: 'off', ...options.settings };
  const server = await startThrowAwayServer({ settings, clock, intercept, writeLog: options.writeLog });
  const { baseUrl, issuer, audience, operations, settle, close } = server;
  const { createUser, createApplicationToken } = createMakers(operations);
  const ofUser = (work: (username: string) => Promise<void>) => (user: TestUser | string) =>
    explain(() => work(typeof user === 'string' ? user : user.username));
  return {
    baseUrl,
    issuer,
    audience,
    clock: { now: clock.now, monotonic: clock.monotonic },
    async advance(by) {
      clock.turn(by);
      await settle();
    },
    createUser,
    createApplicationToken,
    revoke: (token) => explain(() => operations.revoke(token)),
    lock: ofUser(operations.lockUser),
    unlock: ofUser(operations.unlockUser),
    suspend: ofUser(operations.suspendUser),
    activate: ofUser(operations.activateUser),
    rotateKeys: operations.rotateKeys,
    keys: operations.keys,
    failNext: failures.plan,
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Operations = Awaited<ReturnType<typeof startThrowAwayServer>>['operations'];

function createMakers(operations: Operations): Pick<Keywright, 'createUser' | 'createApplicationToken'> {
  const organisations = new Map<string, Promise<{ id: number }>>();
  let administrator: Promise<TestUser> | undefined;
  let users = 0;

  function organisationOf(name: string): Promise<{ id: number }> {
    const found = organisations.get(name) ?? operations.createOrganisation({ name });
    organisations.set(name, found);
    return found;
  }

  async function createUser(given: NewUser = {}): Promise<TestUser> {
    users += 1;
    const { username = `user${users}@keywright.test`, password = defaultPassword, role = 'Administrator' } = given;
    const { name = username, organisation = 'Test' } = given;
    idOfRole(role, rolesOfUsers);
    const { id: organisationId } = await organisationOf(organisation);
    const { id } = await explain(() => operations.createUser({ username, name, password, role, organisationId }));
    return { id, username, password };
  }

  return {
    createUser,
    async createApplicationToken(given = {}) {
      if (given.user === undefined) administrator ??= createUser();
      const user = given.user ?? (await administrator) ?? '';
      const username = typeof user === 'string' ? user : user.username;
      const made = await explain(() => operations.createApplicationToken(username, toWire(given)));
      return { id: made.id, applicationToken: made.application_token };
    },
  };
}

function toWire(given: NewApplicationToken): Parameters<Operations['createApplicationToken']>[1] {
  const { description, expiresAt, ip, roles, authTokenMinutes } = given;
  return {
    ...(description === undefined ? {} : { description }),
    ...(expiresAt === undefined ? {} : { expiry_date: expiresAt.toISOString() }),
    ...(ip === undefined ? {} : { ip }),
    ...(roles === undefined ? {} : { roles: roles.map((role) => ({ id: idOfRole(role, rolesOfTokens) })) }),
    ...(authTokenMinutes === undefined ? {} : { auth_token_minutes: authTokenMinutes }),
  };
}

/** Says what is wrong with what was asked for, which an answer of the API lists beside its message. */
async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withProblems(error);
  }
}

function withProblems(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('problems' in cause) || !Array.isArray(cause.problems)) return cause;
  const messages = cause.problems.map((problem: { readonly message?: unknown }) => String(problem.message));
  return messages.length === 0 ? cause : new Error(`${cause.message}: ${messages.join('; ')}`, { cause });
}
