import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Database } from '../../packages/server/src/domain/ports.ts';
import { issueSetupKey } from '../../packages/server/src/domain/setup.ts';
import { type ApiOperation, readApiOperations } from '../support/api-operations.ts';
import { portalHeaders } from '../support/portal.ts';
import { type PostgresServer, startOwnPostgres } from '../support/postgres.ts';
import { type Answer, type CallOptions, startTestServer, type TestServer } from '../support/test-server.ts';

/** The operations, once for all: what the tests are made of. */
const operations = await listOperations();
/** They ask nothing that could be away. */
const withoutStore = ['getHealth', 'getKeySet', 'getServerMetadata'];
/** They count nobody but those whose bearer is no good. */
const uncounted = ['authoriseForwarded', 'introspectToken', 'followRevocations'];

async function listOperations(): Promise<readonly ApiOperation[]> {
  const server = await startTestServer();
  const listed = await readApiOperations(server.url);
  await server.close();
  return listed;
}

/** Says by its code what went wrong; the endpoints of OAuth have codes of their own. */
function errorOf({ json }: Answer): unknown {
  return json.error_code ?? json.error;
}

/** A server with a signed-in administrator, and what it takes to get past the checks of each operation. */
class Scene {
  readonly server: TestServer;
  readonly bearer: string;
  readonly bodies: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;

  constructor(server: TestServer, bearer: string, needed: Pick<Scene, 'bodies' | 'headers'>) {
    this.server = server;
    this.bearer = bearer;
    this.bodies = needed.bodies;
    this.headers = needed.headers;
  }

  call(operation: ApiOperation, options: CallOptions = {}): Promise<Answer> {
    const path = operation.path.replace('{user_id}', 'my').replace(/\{[^}]+\}/g, '1');
    const body = this.bodies[operation.id] ?? (operation.body === undefined ? undefined : {});
    const bearer = operation.isPublic ? undefined : this.bearer;
    const headers = { ...operation.headers, ...this.headers[operation.id], ...options.headers };
    const given = { bearer, ...(body === undefined ? {} : { body }), ...options };
    return this.server.call(operation.method, path, { ...given, headers });
  }
}

async function prepareScene(options: Parameters<typeof startTestServer>[0]): Promise<Scene> {
  const server = await startTestServer({ ...options, env: { KEYWRIGHT_SIGNUP: 'open', ...options?.env } });
  const { service, url } = server;
  const setup_key = await issueSetupKey(service);
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username: 'admin@example.com', organisationId });
  const { auth_token, refresh_token } = await server.signIn('admin@example.com');
  const { application_token, id } = await server.createToken(auth_token);
  const seconds = Math.floor(service.clock.now() / 1000);
  const sign = (audience: string, claims: object) =>
    service.keys.signInternalToken({
      iss: url,
      aud: url + audience,
      iat: seconds,
      exp: seconds + 600,
      jti: 'x',
      ...claims,
    });
  const mfa_token = sign('/api/v1/authenticate', { use: 'mfa', sub: 'user:1', methods: [] });
  const activationKey = sign('/api/v1/user/activation', { use: 'activation', sub: 'user:1' });
  const password = 'a password of their own';
  const username = 'new@example.com';
  const account = { username, password, name: 'New', organisation: 'New' };
  const cookie = { cookie: `keywright_session=${refresh_token}` };
  const bodies = {
    authenticate: { username, password },
    signIn: { username, password },
    challengeSecondFactor: { mfa_token, type: { id: 1 } },
    activateUser: { activationKey, password },
    activateInvitedUser: { activationKey, password },
    previewActivation: { activationKey },
    resendActivation: { username },
    requestPasswordReset: { username },
    signUp: account,
    setUp: { ...account, setup_key },
    grantAccessToken: `grant_type=client_credentials&client_id=${id}&client_secret=${application_token}`,
    introspectToken: `token=${auth_token}`,
    revokeToken: `token=${auth_token.replace(/.$/, '')}`,
  };
  return new Scene(server, auth_token, { bodies, headers: { refreshPortalSession: cookie, signOut: cookie } });
}

describe('every operation', () => {
  let scene: Scene;
  before(async () => {
    scene = await prepareScene({});
  });
  after(() => scene.server.close());

  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`;
    if (!operation.isPublic) {
      test(`${name} refuses a call without a bearer`, async () => {
        const answer = await scene.call(operation, { bearer: undefined });
        assert.equal(answer.status, 401, answer.text);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
      });
    }
    if (operation.statuses.has(413)) {
      test(`${name} refuses a body over 64 KiB`, async () => {
        assert.equal((await scene.call(operation, { body: `{"a":"${'a'.repeat(65_536)}"}` })).status, 413);
      });
      test(`${name} refuses a body that is of another type`, async () => {
        const answer = await scene.call(operation, { body: '{}', headers: { 'content-type': 'text/plain' } });
        assert.equal(answer.status, 415, answer.text);
      });
    }
    if (operation.statuses.has(400)) {
      test(`${name} refuses what it can't read`, async () => {
        const path = operation.path.replace(/\{[^}]+\}/g, '%zz');
        const bearer = operation.isPublic ? undefined : scene.bearer;
        const isMalformed = operation.statuses.has(413);
        const answer = await scene.server.call(operation.method, isMalformed ? operation.path : path, {
          bearer,
          headers: operation.headers,
          ...(isMalformed ? { body: operation.form === undefined ? '{' : '%' } : {}),
        });
        assert.equal(answer.status, 400, answer.text);
      });
    }
  }
});

describe('every operation without its database', () => {
  let scene: Scene;
  let postgres: PostgresServer;
  before(async () => {
    postgres = await startOwnPostgres({ durable: false });
    const env = {
      KEYWRIGHT_DATABASE_URL: postgres.url,
      KEYWRIGHT_MASTER_KEY: Buffer.from('a key of 32 bytes for this test.').toString('base64'),
    };
    const store = { kind: 'postgres', env, remove: async () => undefined } as const;
    scene = await prepareScene({ store });
    await postgres.stop('immediate');
  });
  after(async () => {
    await scene.server.close();
    await postgres.destroy();
  });

  for (const operation of operations.filter(({ id }) => !withoutStore.includes(id))) {
    test(`${operation.method} ${operation.path} says that it is away, and when to come back`, async () => {
      const answer = await scene.call(operation);
      assert.equal(answer.status, 503, answer.text);
      assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
      assert.equal(errorOf(answer), operation.form === undefined ? 1503 : 'temporarily_unavailable');
    });
  }
});

describe('every operation that meets a bug', () => {
  let scene: Scene;
  let database: Database;
  before(async () => {
    scene = await prepareScene({});
    const broken = (): never => {
      throw new Error('a bug of the test');
    };
    ({ database } = scene.server.service);
    const proxy = new Proxy(database, {
      get: (target, name) => (typeof Reflect.get(target, name) === 'function' ? broken : Reflect.get(target, name)),
    });
    Object.assign(scene.server.service, { database: proxy satisfies Database });
  });
  after(async () => {
    Object.assign(scene.server.service, { database });
    await scene.server.close();
  });

  for (const operation of operations.filter(({ id }) => !withoutStore.includes(id))) {
    test(`${operation.method} ${operation.path} says nothing of it but 500`, async () => {
      const answer = await scene.call(operation);
      assert.equal(answer.status, 500, answer.text);
      assert.equal(errorOf(answer), operation.form === undefined ? 1500 : 'server_error');
      assert.equal(answer.text.includes('bug of the test'), false);
    });
  }
});

describe('every operation over its limit', () => {
  let scene: Scene;
  before(async () => {
    scene = await prepareScene({ env: { KEYWRIGHT_RATE_LIMIT: 'calls=1,attempts=1,failures=1,exchanges=1' } });
    await scene.server.call('GET', '/api/v1/user/my', { bearer: scene.bearer });
    const { headers } = scene;
    await scene.server.call('POST', '/portal/session/refresh', {
      headers: { ...portalHeaders, ...headers['refreshPortalSession'] },
    });
    const exchange = operations.find(({ id }) => id === 'grantAccessToken');
    assert.equal(exchange && (await scene.call(exchange)).status, 200);
  });
  after(() => scene.server.close());

  for (const operation of operations.filter(({ statuses }) => statuses.has(429))) {
    test(`${operation.method} ${operation.path} says when there is room again`, async () => {
      const answer = await scene.call(operation, uncounted.includes(operation.id) ? { bearer: 'of.no.use' } : {});
      assert.equal(answer.status, 429, answer.text);
      assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    });
  }
});
