import assert from 'node:assert/strict';
import type { RoleName } from '@keywright/contract';
import type { OpenService } from '../../packages/server/src/app.ts';
import { createUser } from '../../packages/server/src/domain/active-user.ts';
import { createOrganisation } from '../../packages/server/src/domain/organisation.ts';
import type { Organisation, User } from '../../packages/server/src/domain/records.ts';
import type { Actor, Service } from '../../packages/server/src/domain/service.ts';
import { startInProcess } from '../../packages/server/src/in-process.ts';
import { makeThrowAwayStore } from '../../packages/server/src/throw-away-store.ts';
import { checkDeclared } from './declared-answers.ts';
import { createTestDatabase } from './postgres.ts';
import { createTestClock, type TestClock } from './test-clock.ts';

export type StoreKind = 'sqlite' | 'postgres';

/** Both stores, for suites that must pass on each. */
export const storeKinds: readonly StoreKind[] = ['sqlite', 'postgres'];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies that may be anything, and fail where they are not what they expect
  readonly json: any;
}

export interface CallOptions {
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly bearer?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client's address, as a proxy tells it: the server has to trust loopback, see {@link behindProxy}. */
  readonly from?: string | undefined;
}

/** Settings under which a test says from which address it calls. */
export const behindProxy = { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' } as const;

/** A store that several servers of one test may share. */
export interface TestStore {
  readonly kind: StoreKind;
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** A Keywright in the test's own process: over real HTTP and a real store, with a clock that the test turns. */
export interface TestServer {
  readonly url: string;
  readonly clock: TestClock;
  readonly service: Service;
  readonly store: TestStore;
  /** Every line that was logged. */
  readonly logLines: readonly string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Calls `POST /api/v1/authenticate`, whatever comes of it. */
  authenticate(body: unknown, options?: CallOptions): Promise<Answer>;
  /** Signs a user in and answers the tokens; fails the test where that is refused. */
  signIn(username: string, password?: string): Promise<{ auth_token: string; refresh_token: string }>;
  /** Makes an application token; fails the test where that is refused. */
  createToken(bearer: string, body?: object): Promise<{ application_token: string; id: number }>;
  addOrganisation(name: string, parentId?: number): Promise<Organisation>;
  addUser(user: NewTestUser): Promise<User>;
  /** Writes what the service gathered, as its timer would. */
  flush(): Promise<void>;
  /** Hands over every mail that is due, as its timer would. */
  deliverMails(): Promise<void>;
  close(): Promise<void>;
}

export interface NewTestUser {
  readonly username: string;
  readonly organisationId: number;
  readonly role?: RoleName;
  readonly password?: string;
}

/** The password of test users who are given none. */
export const testPassword = 'a password for tests';

export const testActor: Actor = {
  client: { address: { family: 4, octets: [127, 0, 0, 1] }, requestId: 'test', source: 4, userAgent: null },
  userId: null,
  name: 'test',
};

/** Makes an empty store of its own for a test. */
export async function createTestStore(kind: StoreKind): Promise<TestStore> {
  const { env, remove } = makeThrowAwayStore('test');
  if (kind === 'sqlite') return { kind, env, remove };
  const database = await createTestDatabase();
  return {
    kind,
    env: { ...env, KEYWRIGHT_DATABASE_URL: database.url },
    async remove() {
      await database.drop();
      await remove();
    },
  };
}

export interface TestServerOptions {
  readonly store?: TestStore | StoreKind;
  /** Settings by their variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: TestClock;
  /** A server follows the configured signing algorithm and writes what it gathered by itself; a command does neither. */
  readonly role?: 'server' | 'command';
  /** The folder of the built portal; none where absent, so that no test depends on whether it was built. */
  readonly portalDir?: string;
}

/** Starts a server; `close()` removes its store unless the test made that itself. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { env, clock = createTestClock(), role = 'command', portalDir } = options;
  const given = options.store ?? 'sqlite';
  const store = typeof given === 'string' ? await createTestStore(given) : given;
  const logLines: string[] = [];
  const writeLog = (line: string): void => void logLines.push(line);
  const server = await startInProcess({ env: { ...store.env, ...env }, clock, role, portalDir, writeLog });
  return {
    url: server.url,
    clock,
    store,
    logLines,
    ...operate(server.url, server.opened),
    async close() {
      await server.close();
      if (typeof given === 'string') await store.remove();
    },
  };
}

type Operation = 'call' | 'authenticate' | 'signIn' | 'createToken' | 'addOrganisation' | 'addUser';

function operate(
  url: string,
  { service, flush, deliverMails }: OpenService,
): Pick<TestServer, 'service' | 'flush' | 'deliverMails' | Operation> {
  const call: TestServer['call'] = async (method, where, options = {}) => {
    const answer = await send(url + where, method, options);
    await checkDeclared(url, method, where, answer.status);
    return answer;
  };
  const authenticate: TestServer['authenticate'] = (body, options) =>
    call('POST', '/api/v1/authenticate', { ...options, body });
  return {
    service,
    flush,
    deliverMails,
    call,
    authenticate,
    async signIn(username, password = testPassword) {
      const answer = await authenticate({ username, password });
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    },
    async createToken(bearer, body = {}) {
      const answer = await call('POST', '/api/v1/application_token', { bearer, body });
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    },
    addOrganisation: (name, parentId) => createOrganisation(service, testActor, { name, parentId: parentId ?? null }),
    addUser: ({ username, organisationId, role = 'Administrator', password = testPassword }) =>
      createUser(service, testActor, { username, name: username.split('@')[0] ?? '', password, role, organisationId }),
  };
}

async function send(url: string, method: string, options: CallOptions): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.bearer !== undefined) headers['authorization'] = `Bearer ${options.bearer}`;
  if (options.from !== undefined) headers['x-forwarded-for'] = options.from;
  let body: string | undefined;
  if (options.body !== undefined) {
    headers['content-type'] ??= 'application/json';
    body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
  }
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), redirect: 'manual' });
  const text = await readText(response);
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

/** Reads an answer to its end; a stream of events, which has none, up to where it is current. */
async function readText(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream' || response.body === null) return response.text();
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('event: current')) break;
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a refusal says: its status, and its `error_code`. */
export function refusalOf({ status, json }: Answer): [status: number, code: number] {
  return [status, json?.error_code];
}

/** The claims of a token, unverified: for tests that look at what was signed. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
