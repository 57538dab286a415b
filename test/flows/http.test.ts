import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, behindProxy, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const username = 'jane@example.com';
const base = '/api/v1/application_token';
const metricsToken = 'a-token-for-metrics';

/** That an answer is an error of the contract's form, as JSON, and tells nothing of the inside. */
function requireError(answer: Answer, status: number, code: number, what: string): void {
  assert.deepEqual([answer.status, answer.json?.error_code], [status, code], `${what}: ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', what);
  const { error_code, error_token, message, errors, request_id, ...rest } = answer.json;
  assert.deepEqual(rest, {}, what);
  assert.match(error_token, /^[A-Z][A-Za-z]+$/, what);
  assert.ok(typeof message === 'string' && message !== '', what);
  assert.equal(request_id, answer.headers.get('x-request-id'), what);
  assert.equal(/\bat .*:\d+:\d+|node_modules|\.ts\b|SELECT|<html/i.test(answer.text), false, answer.text);
  for (const problem of errors ?? []) assert.ok(Number.isInteger(problem.error_code) && problem.message !== '');
}

for (const kind of storeKinds) {
  describe(`HTTP on ${kind}`, () => {
    let server: TestServer;
    let bearer: string;

    before(async () => {
      const env = {
        ...behindProxy,
        KEYWRIGHT_RATE_LIMIT: 'off',
        KEYWRIGHT_METRICS_TOKEN: metricsToken,
      };
      server = await startTestServer({ store: kind, env });
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    test('an unknown path under /api/ is 404 as JSON, whatever the client would rather have', async () => {
      const paths = [
        '/api/',
        '/api/v1/',
        '/api/v1',
        '/api/v3/user/my',
        '/api/v1/nope',
        '/api/v1/user/my/nope',
        '/api/v1//user/my',
      ];
      for (const path of [
        ...paths,
        '/api/v1/%2e%2e/healthz',
        '/API/v1/user/my',
        '/api/v1/user/my/',
        '/api/v1/<script>',
      ]) {
        for (const headers of [{ accept: 'text/html' }, { accept: '*/*' }]) {
          requireError(await server.call('GET', path, { headers, bearer }), 404, 1201, path);
        }
      }
    });

    test('a path that can not be decoded is 400', async () => {
      for (const path of ['/api/v1/%', `${base}/%zz`, `${base}/%ff`]) {
        const answer = await server.call('GET', path, { bearer });
        requireError(answer, 400, 1000, path);
      }
    });

    test('a method that a path does not take is 405 with Allow', async () => {
      const cases = [
        ['GET', '/api/v1/authenticate', 'POST, OPTIONS'],
        ['DELETE', '/api/v1/authenticate', 'POST, OPTIONS'],
        ['PUT', base, 'GET, HEAD, POST, OPTIONS'],
        ['DELETE', base, 'GET, HEAD, POST, OPTIONS'],
        ['PUT', `${base}/1`, 'GET, HEAD, PATCH, OPTIONS'],
        ['GET', `${base}/1/rotate`, 'POST, OPTIONS'],
        ['POST', '/api/v2/event', 'GET, HEAD, OPTIONS'],
        ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
      ] as const;
      for (const [method, path, allowed] of cases) {
        const answer = await server.call(method, path, { bearer });
        requireError(answer, 405, 1202, `${method} ${path}`);
        assert.equal(answer.headers.get('allow'), allowed, `${method} ${path}`);
      }
    });

    test('a body of another media type, encoding or character set is 415', async () => {
      const types = [
        'text/plain',
        'text/html',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
        'application/jsonx',
        'application/json; charset=utf-16',
        'application/json; charset=iso-8859-1',
      ];
      for (const type of types) {
        for (const path of ['/api/v1/authenticate', base, '/api/v1/setup']) {
          const answer = await server.call('POST', path, { bearer, body: '{}', headers: { 'content-type': type } });
          requireError(answer, 415, 1204, `${type} ${path}`);
        }
      }
      for (const encoding of ['gzip', 'br', 'deflate', 'x']) {
        const headers = { 'content-encoding': encoding };
        requireError(await server.authenticate('{}', { headers }), 415, 1204, encoding);
      }
      for (const type of ['application/json;charset=UTF-8', 'Application/JSON', 'application/json; charset="utf-8"']) {
        requireError(await server.authenticate('{}', { headers: { 'content-type': type } }), 400, 1000, type);
      }
    });

    test('a body of more than 64 KiB is 413, one of 64 KiB is read', async () => {
      const ofSize = (size: number) => `{"x":"${'x'.repeat(size - 8)}"}`;
      assert.equal(ofSize(100).length, 100);
      requireError(await server.authenticate(ofSize(65_536)), 400, 1000, 'just as large');
      for (const size of [65_537, 1_000_000]) {
        requireError(await server.authenticate(ofSize(size)), 413, 1203, `${size}`);
        requireError(await server.call('POST', base, { bearer, body: ofSize(size) }), 413, 1203, `${size}`);
      }
    });

    test('every answer has an X-Request-Id of its own, which is never the one that the client sends', async () => {
      const headers = { 'x-request-id': 'chosen-by-the-client' };
      const answers = await Promise.all(
        [
          '/healthz',
          '/api/v1/user/my',
          '/api/v1/nope',
          '/openapi.json',
          '/docs',
          '/nope',
          '/.well-known/jwks.json',
        ].map((path) => server.call('GET', path, { headers, bearer })),
      );
      const ids = answers.map((answer) => answer.headers.get('x-request-id'));
      assert.equal(new Set(ids).size, answers.length);
      for (const id of ids) assert.match(id ?? '', /^[0-9a-f]+-[0-9a-z]+$/);
    });

    test('HEAD answers as GET does, without the body', async () => {
      for (const path of ['/healthz', '/api/v1/user/my', base, '/.well-known/jwks.json', `${base}/status`]) {
        const [get, head] = [await server.call('GET', path, { bearer }), await server.call('HEAD', path, { bearer })];
        assert.deepEqual([head.status, head.text], [get.status, ''], path);
        for (const name of ['content-type', 'cache-control', 'x-total-count', 'link']) {
          assert.equal(head.headers.get(name), get.headers.get(name), `${path} ${name}`);
        }
      }
      const refused = await server.call('HEAD', '/api/v1/user/my');
      assert.deepEqual([refused.status, refused.text], [401, '']);
    });

    test('every path of v1 answers under v2 in the same way', async () => {
      const { id } = await server.createToken(bearer);
      const both = async (method: string, path: string, body?: object) => {
        const call = (version: string) =>
          server.call(method, `/api/${version}${path}`, { bearer, ...(body === undefined ? {} : { body }) });
        const [one, two] = [await call('v1'), await call('v2')];
        assert.equal(two.status, one.status, path);
        return [one, two] as const;
      };
      for (const path of ['/user/my', '/organisation/my', '/application_token/status', '/user/status', '/event/type']) {
        const [one, two] = await both('GET', path);
        assert.deepEqual([two.status, two.json], [200, one.json], path);
      }
      await both('GET', `/application_token/${id}`);
      await both('PATCH', `/application_token/${id}`, { description: 'v2' });
      await both('POST', '/authenticate', {});
      const [, made] = await both('POST', '/application_token', {});
      assert.equal(made.headers.get('location'), `/api/v2/application_token/${made.json.id}`);
      const [, page] = await both('GET', '/application_token?per_page=1');
      assert.match(page.headers.get('link') ?? '', /^<\/api\/v2\/application_token\?/);
    });

    test('health and readiness answer anybody, and tell nothing', async () => {
      for (const [path, status] of [
        ['/healthz', 'alive'],
        ['/readyz', 'ready'],
      ] as const) {
        const answer = await server.call('GET', path);
        assert.deepEqual([answer.status, answer.json], [200, { status }]);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      }
    });

    test('metrics are for loopback, or for the bearer of their token, and name nobody', async () => {
      const metrics = (options: object) => server.call('GET', '/metrics', options);
      const own = await metrics({});
      assert.equal(own.status, 200);
      assert.match(own.text, /^# HELP /);
      for (const text of [username, 'Acme', bearer]) assert.equal(own.text.includes(text), false);
      requireError(await metrics({ from: '203.0.113.9' }), 401, 1102, 'through a proxy');
      requireError(await metrics({ bearer }), 401, 1102, 'an auth token is none');
      requireError(await metrics({ bearer: 'a-token-for-metricz', from: '203.0.113.9' }), 401, 1102, 'another token');
      assert.equal((await metrics({ bearer: metricsToken, from: '203.0.113.9' })).status, 200);
    });

    test('answers of the API can not be framed, sniffed or run as a page', async () => {
      for (const path of ['/api/v1/user/my', '/api/v1/nope', base, '/openapi.json']) {
        const { headers } = await server.call('GET', path, { bearer });
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
        assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
        assert.equal(headers.get('referrer-policy'), 'no-referrer');
        for (const name of ['server', 'x-powered-by', 'set-cookie']) assert.equal(headers.get(name), null, name);
      }
    });

    test('a bug is 500 as JSON without a stack, and the log has the stack (security G 80)', async (t) => {
      t.mock.method(server.service.database, 'findOrganisation', async () => {
        throw new Error('marked cause of a bug');
      });
      const answer = await server.call('GET', '/api/v1/organisation/my', { bearer });
      requireError(answer, 500, 1500, 'a bug');
      assert.equal(answer.text.includes('marked cause'), false);
      const line = server.logLines.find((text) => text.includes('marked cause of a bug')) ?? '';
      assert.equal(JSON.parse(line).request_id, answer.json.request_id);
    });
  });

  test(`without KEYWRIGHT_METRICS_TOKEN on ${kind}, metrics are for loopback alone`, async (t) => {
    const server = await startTestServer({ store: kind, env: behindProxy });
    t.after(() => server.close());
    assert.equal((await server.call('GET', '/metrics')).status, 200);
    requireError(await server.call('GET', '/metrics', { from: '203.0.113.9' }), 403, 1104, 'from elsewhere');
    requireError(await server.call('GET', '/metrics', { bearer: 'undefined' }), 401, 1102, 'no token is the token');
  });
}
