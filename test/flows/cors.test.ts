import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { callOAuth } from '../support/oauth-call.ts';
import { startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const listed = 'https://app.example.com';
const exposed = [
  'Link',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Count-Per-Page',
  'X-Current-Page',
  'X-Request-Id',
  'X-Total-Count',
  'X-Total-Pages',
];

/** Origins that are none of the listed ones, however near. */
const foreign = [
  'https://evil.example',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com.evil.example',
  'https://xapp.example.com',
  'https://APP.example.com',
  'https://app.example.com/',
  `${listed}, https://evil.example`,
  'null',
  '*',
  '',
];

for (const kind of storeKinds) {
  describe(`browsers of other origins on ${kind}`, () => {
    let server: TestServer;
    let closed: TestServer;
    let bearer: string;

    before(async () => {
      const env = { KEYWRIGHT_CORS_ORIGINS: `${listed},https://other.example:8443`, KEYWRIGHT_RATE_LIMIT: 'off' };
      server = await startTestServer({ store: kind, env });
      closed = await startTestServer();
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username: 'jane@example.com', organisationId });
      bearer = (await server.signIn('jane@example.com')).auth_token;
    });
    after(async () => {
      await server.close();
      await closed.close();
    });

    const corsOf = (headers: Headers): [string, string][] =>
      [...headers].filter(([name]) => name.startsWith('access-control-'));
    const preflight = (from: TestServer, origin: string, path = '/api/v1/authenticate', method = 'POST') =>
      from.call('OPTIONS', path, {
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,content-type',
        },
      });

    test('a foreign origin is never reflected, in no answer and no pre-flight (security G 83)', async () => {
      for (const origin of foreign) {
        const headers = { origin };
        const answers = [
          await server.call('GET', '/api/v1/user/my', { bearer, headers }),
          await server.call('GET', '/api/v1/nope', { headers }),
          await server.authenticate({}, { headers }),
          await server.call('GET', '/.well-known/jwks.json', { headers }),
          await callOAuth(server, 'token', {}, { headers }),
          await preflight(server, origin),
          await preflight(server, origin, '/oauth2/token'),
        ];
        for (const answer of answers) assert.deepEqual(corsOf(answer.headers), [], origin);
      }
    });

    test('without the setting no origin is let in, and a pre-flight grants nothing (security G 83)', async () => {
      for (const origin of [listed, ...foreign]) {
        assert.deepEqual(corsOf((await preflight(closed, origin)).headers), []);
        const answer = await closed.call('GET', '/.well-known/jwks.json', { headers: { origin } });
        assert.deepEqual(corsOf(answer.headers), []);
      }
    });

    test('a listed origin is named exactly, may read our headers, and gets no credentials', async () => {
      for (const origin of [listed, 'https://other.example:8443']) {
        for (const options of [{ bearer }, {}]) {
          const { headers } = await server.call('GET', '/api/v1/user/my', { ...options, headers: { origin } });
          const cors = Object.fromEntries(corsOf(headers));
          assert.deepEqual(Object.keys(cors).sort(), ['access-control-allow-origin', 'access-control-expose-headers']);
          assert.equal(cors['access-control-allow-origin'], origin);
          assert.deepEqual(cors['access-control-expose-headers']?.split(', ').sort(), exposed);
          assert.equal(headers.get('vary'), 'Origin');
        }
      }
    });

    test('its pre-flights are answered, for the methods that the path takes and the two headers', async () => {
      const cases = [
        ['/api/v1/authenticate', 'POST', ['POST', 'OPTIONS']],
        ['/api/v2/application_token', 'GET', ['GET', 'HEAD', 'POST', 'OPTIONS']],
        ['/api/v1/application_token/1', 'PATCH', ['GET', 'HEAD', 'PATCH', 'OPTIONS']],
        ['/oauth2/revoke', 'POST', ['POST', 'OPTIONS']],
      ] as const;
      for (const [path, method, methods] of cases) {
        const answer = await preflight(server, listed, path, method);
        assert.deepEqual([answer.status, answer.text], [204, ''], path);
        const cors = Object.fromEntries(corsOf(answer.headers));
        assert.equal(cors['access-control-allow-origin'], listed);
        assert.equal(cors['access-control-allow-credentials'], undefined);
        assert.deepEqual(cors['access-control-allow-methods']?.split(', '), methods);
        const allowed = cors['access-control-allow-headers']?.toLowerCase().split(', ').sort();
        assert.deepEqual(allowed, ['authorization', 'content-type']);
        assert.ok(Number(cors['access-control-max-age']) > 0);
      }
      assert.equal((await preflight(server, listed, '/api/v1/nope')).status, 404);
    });

    test('a cache is told that the answer depends on the origin, also where none was sent', async () => {
      for (const headers of [{}, { origin: 'https://evil.example' }]) {
        assert.equal((await server.call('GET', '/.well-known/jwks.json', { headers })).headers.get('vary'), 'Origin');
      }
    });

    test('pages are not shared with any origin', async () => {
      for (const path of ['/docs', '/setup', '/metrics', '/healthz']) {
        const { headers } = await server.call('GET', path, { headers: { origin: listed } });
        assert.deepEqual(corsOf(headers), [], path);
      }
    });
  });
}
