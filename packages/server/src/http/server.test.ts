import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetwork, VerifyError } from '@keywright/verifier';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { roleSet } from '../domain/role.ts';
import type { Service } from '../domain/service.ts';
import type { HttpOptions } from './http-options.ts';
import { createMetrics } from './metrics.ts';
import { buildHttp } from './server.ts';

const issuer = 'https://keywright.test';
const now = Date.UTC(2027, 0, 1);
const session = {
  id: 3,
  userId: 42,
  endedAt: null,
  expiresAt: now + 1000,
  lastUsedAt: now,
  amr: ['pwd'],
  operatorId: null,
  supportRoles: null,
};
const sessionCaller = {
  session,
  username: 'Anna@example.com',
  name: 'Anna',
  userStatus: 1,
  userVersion: 1,
  organisation: { id: 7, name: 'Example' },
  roles: roleSet('Administrator'),
};
const user = { id: 42, username: 'Anna@example.com', name: 'Anna', status: 1, organisationId: 7, createdAt: now };
const unlimited = { check: () => 0, hit: () => 0, size: 0 };
const good = { authorization: 'Bearer good' };

/** A service whose store knows one user, one session and nothing else; `bearer good` is its token. */
function fakeService(change: { readonly database?: object; readonly limits?: object; readonly keys?: object } = {}) {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const write = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, fields, message });
  const payload = { iss: issuer, aud: issuer, sub: 'user:42', sid: 3, org: { id: 7 }, exp: now / 1000 + 60 };
  const service = {
    settings: { publicUrl: () => issuer, audience: () => issuer, authTokenMinutes: 240 },
    clock: { now: () => now, monotonic: () => 0 },
    random: { bytes: (count: number) => new Uint8Array(count) },
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    keys: {
      jwks: () => ({ keys: [{ kid: 'a' }] }),
      reload: async () => undefined,
      verifyAuthToken: async (token: string) => {
        if (token !== 'good') throw new VerifyError(token === 'old' ? 'expired' : 'bad_signature', 'no good');
        return { payload };
      },
      ...change.keys,
    },
    database: {
      findSessionCaller: async () => sessionCaller,
      findUser: async () => user,
      listMfaKeys: async () => [],
      listMfaKeysOf: async () => [],
      findSeenUser: async () => undefined,
      findSuccessor: async () => undefined,
      listAssignedWorkspaces: async () => [{ id: 7, name: 'Example', roles: roleSet('Administrator') }],
      findWorkspace: async () => ({ id: 7, name: 'Example', roles: roleSet('Administrator') }),
      findOrganisation: async () => ({ id: 7, name: 'Example', parentId: null, createdAt: now }),
      findChildIds: async () => [],
      isSecondFactorRequired: async () => false,
      listEvents: async () => ({ rows: [], total: 0, page: 1 }),
      listApplicationTokens: async () => ({ rows: [], total: 250, page: 2 }),
      findApplicationToken: async () => undefined,
      hasUsers: async () => true,
      hasSetupKey: async () => false,
      ping: async () => undefined,
      poolState: () => ({ total: 1, idle: 1, waiting: 0 }),
      ...change.database,
    },
    limits: { attempts: unlimited, failures: unlimited, exchanges: unlimited, calls: unlimited, ...change.limits },
    uses: { recordSession: () => undefined },
    failures: { record: () => undefined },
    revocations: { close: () => undefined },
    streams: { size: 0 },
    hashQueue: { waiting: 0, active: 0 },
    metrics: { countAuthentication: () => undefined, countSha1SignIn: () => undefined },
  };
  return { service: service as unknown as Service, lines };
}

function build(options: Partial<HttpOptions> = {}, change?: Parameters<typeof fakeService>[0]) {
  const { service, lines } = fakeService(change);
  const metrics = createMetrics({ version: '1.2.3', ofProcess: false });
  return { app: buildHttp(service, { version: '1.2.3', metrics, ...options }), lines };
}

const post = (url: string, payload: unknown, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', ...headers },
  payload: asText(payload),
});

function asText(payload: unknown): string {
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}

async function inject(app: FastifyInstance, options: InjectOptions | string) {
  return app.inject(options);
}

async function statusAndToken(app: FastifyInstance, options: InjectOptions | string): Promise<string> {
  const answer = await inject(app, options);
  const body = answer.json();
  assert.equal(body.request_id, answer.headers['x-request-id']);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  return `${answer.statusCode} ${body.error_token}`;
}

test('every answer of /authenticate must not be stored, whatever it is', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  // Over a real connection, which a body that is too large needs.
  const listening: Promise<string> = app.listen({ host: '127.0.0.1', port: 0 });
  const url = await listening;
  const requests: readonly (readonly [path: string, body: unknown, type?: string])[] = [
    ['/api/v1/authenticate', '{'],
    ['/api/v1/authenticate', {}],
    ['/api/v1/authenticate', { username: 'a' }],
    ['/api/v1/authenticate', { application_token: 'kwt_wrong' }],
    ['/api/v1/authenticate', {}, 'text/plain'],
    ['/api/v2/authenticate', { refresh_token: 'x'.repeat(70_000) }],
    ['/api/v1/authenticate', undefined],
  ];
  const statuses: number[] = [];
  for (const [path, body, type = 'application/json'] of requests) {
    const sent = { method: 'POST', headers: { 'content-type': type }, body: asText(body) };
    const answer = await fetch(url + path, body === undefined ? {} : sent);
    await answer.arrayBuffer();
    statuses.push(answer.status);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.has('www-authenticate'), answer.status === 401);
  }
  assert.deepEqual(statuses, [400, 400, 422, 401, 415, 413, 405]);
});

test('a token in the query string is never read', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  assert.equal((await inject(app, '/api/v1/user/my?access_token=good&auth_token=good')).statusCode, 401);
  const answer = await inject(app, post('/api/v1/authenticate?application_token=kwt_x', {}));
  assert.equal(answer.statusCode, 400);
});

test('a call without a bearer is challenged without an error, one with a bad bearer with its error', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const challenge = async (authorization?: string) => {
    const answer = await inject(app, { url: '/api/v1/user/my', headers: authorization ? { authorization } : {} });
    assert.equal(answer.statusCode, 401);
    return `${answer.json().error_token}: ${answer.headers['www-authenticate']}`;
  };
  const plain = 'InvalidToken: Bearer realm="Keywright"';
  assert.equal(await challenge(), plain);
  assert.equal(await challenge('Basic YTpi'), plain);
  assert.equal(await challenge('Bearerx good'), plain);
  const invalid = `${plain}, error="invalid_token", error_description="Invalid token"`;
  for (const authorization of ['Bearer', 'Bearer ', 'Bearer bad', 'Bearer good good', 'Bearer good,Bearer good']) {
    assert.equal(await challenge(authorization), invalid, authorization);
  }
  assert.match(
    await challenge('Bearer old'),
    /^TokenExpired: .*error="invalid_token", error_description="The token has/,
  );
});

test('the bearer scheme is read in any case', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  for (const authorization of ['Bearer good', 'bearer good', 'BEARER  good']) {
    const answer = await inject(app, { url: '/api/v1/user/my', headers: { authorization } });
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['cache-control'], 'private, no-store');
    assert.equal(answer.json().username, 'Anna@example.com');
  }
});

test('the caller is found by my, by id and by username in any case, and nobody else is', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const get = (url: string) => inject(app, { url, headers: good });
  for (const id of ['my', '42', 'anna%40EXAMPLE.com']) {
    assert.equal((await get(`/api/v1/user/${id}`)).statusCode, 200, id);
    assert.equal((await get(`/api/v2/user/${id}/event`)).statusCode, 200, id);
  }
  for (const id of ['43', '042', 'me', 'bert@example.com', '%00', '__proto__']) {
    assert.equal((await get(`/api/v1/user/${id}`)).statusCode, 404, id);
    assert.equal((await get(`/api/v1/user/${id}/event`)).statusCode, 404, id);
  }
  assert.equal((await get('/api/v1/organisation/my')).json().name, 'Example');
  assert.equal((await get('/api/v1/organisation/8')).statusCode, 404);
});

test('an id that there can not be is 404, and echoed bounded and on one line', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const messageOf = async (id: string) => {
    const answer = await inject(app, { url: `/api/v1/application_token/${id}`, headers: good });
    assert.equal(answer.statusCode, 404);
    return answer.json().message;
  };
  assert.equal(await messageOf('abc'), 'Application token with id abc not found');
  assert.equal(await messageOf('007'), 'Application token with id 007 not found');
  assert.equal(await messageOf('9007199254740993'), 'Application token with id 9007199254740993 not found');
  assert.equal(await messageOf('1%0d%0a2'), 'Application token with id 1\ufffd\ufffd2 not found');
  assert.ok((await messageOf('x'.repeat(5000))).length < 120);
});

test('checks run in the order 401, 403, 404, 422', async (t) => {
  const observer = { ...sessionCaller, roles: roleSet('Service') };
  const { app } = build({}, { database: { findSessionCaller: async () => observer } });
  const { app: administrators } = build();
  t.after(() => Promise.all([app.close(), administrators.close()]));
  const wrong = { description: 5 };
  assert.equal(await statusAndToken(app, post('/api/v1/application_token', wrong)), '401 InvalidToken');
  assert.equal(await statusAndToken(app, post('/api/v1/application_token', wrong, good)), '403 Forbidden');
  const forbidden = await inject(app, { url: '/api/v1/event?q=nope:1', headers: good });
  assert.equal(forbidden.statusCode, 403);
  assert.match(String(forbidden.headers['www-authenticate']), /error="insufficient_scope"/);
  const patch = { ...post('/api/v1/application_token/9', wrong, good), method: 'PATCH' } as const;
  assert.equal(await statusAndToken(administrators, patch), '404 NotFound');
  const create = post('/api/v1/application_token', wrong, good);
  assert.equal(await statusAndToken(administrators, create), '422 InputValidationFailed');
  const query = { url: '/api/v1/event?q=nope:1', headers: good };
  assert.equal(await statusAndToken(administrators, query), '422 InvalidQueryCriteria');
});

test('a page of a collection says in headers what it is a page of', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const { headers, body } = await inject(app, { url: '/api/v1/application_token?page=2&q=status:0', headers: good });
  assert.equal(body, '[]');
  const names = ['x-total-count', 'x-total-pages', 'x-current-page', 'x-count-per-page'];
  assert.deepEqual(
    names.map((name) => headers[name]),
    ['250', '3', '2', '100'],
  );
  assert.match(String(headers['link']), /<\/api\/v1\/application_token\?page=3&q=status%3A0>; rel="next"/);
});

test('an unknown path is 404 and a known one with another method 405 with Allow, both without a bearer', async (t) => {
  const { app, lines } = build();
  t.after(() => app.close());
  assert.equal(await statusAndToken(app, '/api/v1/nope'), '404 NotFound');
  assert.equal(await statusAndToken(app, post('/api/v3/authenticate', '{')), '404 NotFound');
  const answer = await inject(app, { method: 'DELETE', url: '/api/v1/application_token/7?x=/api/v1/event' });
  assert.equal(`${answer.statusCode} ${answer.headers['allow']}`, '405 GET, HEAD, PATCH, OPTIONS');
  const options = await inject(app, { method: 'OPTIONS', url: '/api/v1/authenticate' });
  assert.equal(`${options.statusCode} ${options.headers['allow']}`, '204 POST, OPTIONS');
  assert.equal(await statusAndToken(app, '/api/%zz'), '400 BadRequest');
  assert.deepEqual(lines, []);
});

test('a browser that goes to an unknown path sees a page with a way back, and nobody does under /api', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  const visit = (url: string) => inject(app, { method: 'GET', url, headers: { accept } });
  const page = await visit('/no-such-page?x=<b>');
  assert.equal(page.statusCode, 404);
  assert.match(String(page.headers['content-type']), /^text\/html/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
  assert.match(page.body, /<a href="\/">Go to the start page<\/a>/);
  for (const url of ['/api', '/api/', '/api/v1/nope', '/api/v9/x', '//api/v1/nope', '/API/v1/nope']) {
    const answer = await visit(url);
    assert.equal(
      `${url} ${answer.statusCode} ${answer.headers['content-type']}`,
      `${url} 404 application/json; charset=utf-8`,
    );
  }
  assert.equal(await statusAndToken(app, '/no-such-page'), '404 NotFound');
  const posted = await inject(app, { method: 'POST', url: '/no-such-page', headers: { accept } });
  assert.match(String(posted.headers['content-type']), /^application\/json/);
});

test('a HEAD request is answered like GET, without the body', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const answer = await inject(app, { method: 'HEAD', url: '/api/v1/user/my', headers: good });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.body, '');
});

test('a bug is logged with its stack and answered without', async (t) => {
  const failing = async () => {
    throw new Error('broken inside', { cause: new Error('the cause') });
  };
  const { app, lines } = build({}, { database: { findUser: failing } });
  t.after(() => app.close());
  const answer = await inject(app, { url: '/api/v1/user/my?secret=1', headers: good });
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(answer.body, /broken|cause|\.ts/);
  assert.equal(answer.json().error_code, 1500);
  const [line] = lines;
  assert.equal(lines.length, 1);
  assert.equal(line?.level, 'error');
  assert.equal(line?.fields['request_id'], answer.json().request_id);
  assert.equal(line?.fields['route'], '/api/v1/user/:user_id');
  assert.match(String(line?.fields['error_stack']), /broken inside[\s\S]*server\.test\.ts[\s\S]*the cause/);
  assert.doesNotMatch(JSON.stringify(lines), /secret/);
});

test('each refusal that somebody may have to look into is one log line, with the reason that the caller is not told', async (t) => {
  const { app, lines } = build();
  t.after(() => app.close());
  const answer = await inject(app, { url: '/api/v1/user/my', headers: { authorization: 'Bearer bad' } });
  assert.doesNotMatch(answer.body, /signature/);
  assert.equal(lines.length, 1);
  assert.deepEqual(lines[0]?.fields, {
    request_id: answer.headers['x-request-id'],
    method: 'GET',
    route: '/api/v1/user/:user_id',
    status: 401,
    error_token: 'InvalidToken',
    reason: 'token bad_signature',
    address: '127.0.0.1',
  });
});

test('a lost database answers 503 with Retry-After, and is no error of ours', async (t) => {
  const lost = async () => {
    throw new Refusal('Unavailable', { retryAfterSeconds: 1.2, reason: 'no connection' });
  };
  const { app, lines } = build({}, { database: { findSessionCaller: lost, ping: lost } });
  t.after(() => app.close());
  const answer = await inject(app, { url: '/api/v1/user/my', headers: good });
  assert.equal(`${answer.statusCode} ${answer.headers['retry-after']}`, '503 2');
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['warn'],
  );
  assert.equal(await statusAndToken(app, '/readyz'), '503 Unavailable');
  assert.equal((await inject(app, '/healthz')).statusCode, 200);
});

test('an instance that is starting or stopping is alive, and not ready', async (t) => {
  let isReady = false;
  const { app } = build({ isReady: () => isReady });
  t.after(() => app.close());
  assert.equal((await inject(app, '/readyz')).statusCode, 503);
  assert.equal((await inject(app, '/healthz')).statusCode, 200);
  isReady = true;
  assert.equal((await inject(app, '/readyz')).statusCode, 200);
});

test('an address over its limit of calls is refused before its bearer is looked at; keys and health are not counted', async (t) => {
  const keys: string[] = [];
  const calls = { check: () => 0, hit: (key: string) => keys.push(key) && 17, size: 0 };
  const { app } = build({ trustedProxies: [parseNetwork('127.0.0.1')] }, { limits: { calls } });
  t.after(() => app.close());
  const from = { 'x-forwarded-for': 'spoofed, 2001:db8:0:1::9' };
  const answer = await inject(app, { url: '/api/v1/user/my', headers: from });
  assert.equal(`${answer.statusCode} ${answer.headers['retry-after']}`, '429 17');
  assert.deepEqual(keys, ['2001:db8:0:1::/64']);
  for (const url of ['/.well-known/jwks.json', '/healthz', '/readyz', '/openapi.json', '/docs']) {
    assert.equal((await inject(app, url)).statusCode, 200, url);
  }
  await inject(app, post('/api/v1/authenticate', {}));
  assert.equal(keys.length, 1);
});

test('without a trusted proxy a forwarding header changes nothing', async (t) => {
  const keys: string[] = [];
  const calls = { check: () => 0, hit: (key: string) => keys.push(key) * 0, size: 0 };
  const { app } = build({}, { limits: { calls } });
  t.after(() => app.close());
  await inject(app, {
    url: '/api/v1/user/my',
    headers: { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' },
  });
  assert.deepEqual(keys, ['127.0.0.1']);
});

test('an inbound request id is not taken over', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const answer = await inject(app, { url: '/healthz', headers: { 'x-request-id': 'mine', 'request-id': 'mine' } });
  assert.match(String(answer.headers['x-request-id']), /^0{12}-1$/);
});

test('pages of a listed origin may read our answers, of any other origin none', async (t) => {
  const { app } = build({ corsOrigins: ['https://app.example'] });
  t.after(() => app.close());
  const corsOf = async (origin: string, options: InjectOptions) => {
    const { headers } = await inject(app, { ...options, headers: { ...options.headers, origin } });
    assert.equal(headers['access-control-allow-credentials'], undefined);
    assert.equal(headers['vary'], 'Origin');
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
  };
  const exposed =
    'Link, Location, X-Count-Per-Page, X-Current-Page, X-Total-Count, X-Total-Pages, X-Request-Id, Retry-After, WWW-Authenticate';
  const expected = {
    'access-control-allow-origin': 'https://app.example',
    'access-control-expose-headers': exposed,
  };
  assert.deepEqual(await corsOf('https://app.example', { url: '/api/v1/user/my' }), expected);
  assert.deepEqual(await corsOf('https://app.example', post('/api/v1/authenticate', '{')), expected);
  const foreign = [
    'https://evil.example',
    'https://app.example.evil',
    'http://app.example',
    'null',
    'HTTPS://APP.EXAMPLE',
  ];
  const preflight = (method: string): InjectOptions => ({
    method: 'OPTIONS',
    url: '/api/v1/application_token/7',
    headers: { 'access-control-request-method': method },
  });
  for (const origin of foreign) {
    assert.deepEqual(await corsOf(origin, { url: '/api/v1/user/my' }), {}, origin);
    assert.deepEqual(await corsOf(origin, preflight('PATCH')), {}, origin);
  }
  assert.deepEqual(await corsOf('https://app.example', preflight('PATCH')), {
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-methods': 'GET, HEAD, PATCH, OPTIONS',
    'access-control-allow-headers': 'Authorization, Content-Type',
    'access-control-max-age': '7200',
  });
});

test('without listed origins, and on pages, there is no sharing across origins at all', async (t) => {
  const { app } = build();
  const { app: sharing } = build({ corsOrigins: ['https://app.example'] });
  t.after(() => Promise.all([app.close(), sharing.close()]));
  const headers = { origin: 'https://app.example' };
  const none = await inject(app, { url: '/api/v1/user/my', headers });
  assert.equal(none.headers['access-control-allow-origin'], undefined);
  for (const url of ['/setup', '/metrics', '/docs']) {
    const page = await inject(sharing, { url, headers });
    assert.equal(page.headers['access-control-allow-origin'], undefined, url);
  }
});

test('metrics are for loopback without a proxy in between, or for the bearer of their token', async (t) => {
  const { app } = build({ metricsToken: 'a-token-for-metrics' });
  const { app: tokenless } = build();
  t.after(() => Promise.all([app.close(), tokenless.close()]));
  const get = async (from: FastifyInstance, options: InjectOptions) => {
    const answer = await inject(from, { url: '/metrics', ...options });
    return answer.statusCode;
  };
  const token = { authorization: 'Bearer a-token-for-metrics' };
  const remote = { remoteAddress: '192.0.2.9' };
  assert.equal(await get(app, {}), 200);
  assert.equal(await get(app, { remoteAddress: '::ffff:127.0.0.1' }), 200);
  assert.equal(await get(app, { ...remote, headers: token }), 200);
  assert.equal(await get(app, remote), 401);
  assert.equal(await get(app, { headers: { authorization: 'Bearer another-token' } }), 401);
  assert.equal(await get(app, { headers: { 'x-forwarded-for': '127.0.0.1' } }), 401);
  assert.equal(await get(tokenless, remote), 403);
  assert.equal(await get(tokenless, { headers: { via: '1.1 proxy' } }), 403);
  assert.equal(await get(tokenless, { ...remote, headers: token }), 401);
});

test('the public keys may be kept for five minutes, an error in their place may not', async (t) => {
  const broken = () => {
    throw new Error('no keys');
  };
  const { app } = build();
  const { app: failing } = build({}, { keys: { jwks: broken } });
  t.after(() => Promise.all([app.close(), failing.close()]));
  const answer = await inject(app, '/.well-known/jwks.json');
  assert.equal(answer.headers['cache-control'], 'public, max-age=300');
  assert.deepEqual(answer.json(), { keys: [{ kid: 'a' }] });
  assert.equal((await inject(failing, '/.well-known/jwks.json')).headers['cache-control'], 'no-store');
  const { app: away } = build({}, { keys: { reload: async () => broken() } });
  t.after(() => away.close());
  assert.deepEqual((await inject(away, '/.well-known/jwks.json')).json(), { keys: [{ kid: 'a' }] });
});

interface Reference {
  readonly openapi: string;
  readonly servers: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ReferenceOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface ReferenceOperation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

test('the API reference declares each answer, and for each call whether it needs a bearer', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const document: Reference = (await inject(app, '/openapi.json')).json();
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(document.servers, [{ url: issuer }]);
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, names.length);
  const publicNames = names.filter((_, index) => operations[index]?.security.length === 0);
  assert.deepEqual(publicNames, [
    'authenticate',
    'challengeSecondFactor',
    'activateUser',
    'activateInvitedUser',
    'resendActivation',
    'requestPasswordReset',
    'signUp',
    'signIn',
    'signOut',
    'refreshPortalSession',
    'previewActivation',
    'getPortalSettings',
    'setUp',
    'getKeySet',
    'getServerMetadata',
    'getHealth',
    'getReadiness',
  ]);
  for (const { operationId, responses, security } of operations) {
    assert.ok(responses['500'] && responses['503'], operationId);
    const isOfOAuth = security.some((way) => 'client' in way);
    if (isOfOAuth) assert.match(responses['401']?.description ?? '', /^invalid_client/);
    else if (security.length > 0) assert.equal(responses['401']?.description, '1102 InvalidToken, 1103 TokenExpired');
    for (const [status, { content }] of Object.entries(responses)) {
      const isEmpty = status === '204' || `${operationId} ${status}` === 'createUser 201';
      assert.equal(content === undefined, isEmpty, `${operationId} ${status}`);
    }
  }
});

test('the API reference has full paths, each operation once, and no reference in it leads nowhere', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const document: Reference = (await inject(app, '/openapi.json')).json();
  for (const path of Object.keys(document.paths))
    assert.match(path, /^\/(api\/v[12]\/|oauth2\/|portal\/|\.well-known\/|healthz$|readyz$)[^:]*$/);
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  assert.ok(references.length > 0);
  for (const name of references) assert.ok(name !== undefined && document.components.schemas[name], String(name));
  const bodyOf = (path: string) => document.paths[path]?.['post']?.requestBody?.required;
  assert.equal(bodyOf('/api/v1/application_token/{id}/rotate'), false);
  assert.equal(bodyOf('/api/v1/application_token'), true);
});

test('the API reference page shows every call, and every link in it leads somewhere', async (t) => {
  const { app } = build();
  t.after(() => app.close());
  const { body, headers } = await inject(app, '/docs');
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/);
  const document: Reference = (await inject(app, '/openapi.json')).json();
  for (const path of Object.keys(document.paths)) assert.ok(body.includes(`<code>${path}</code>`), path);
  const ids = new Set([...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const targets = [...body.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
  assert.ok(targets.length > 20);
  for (const target of targets) assert.ok(ids.has(target), String(target));
});
