import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as openid from 'openid-client';
import { readApiOperations } from '../support/api-operations.ts';
import { callOAuth } from '../support/oauth-call.ts';
import { type ProxiedApi, type Sent, sendThrough, startProxiedApi } from '../support/proxied-api.ts';
import {
  findMissingLines,
  provideProxy,
  type ReverseProxy,
  reserveAddress,
  startNginx,
} from '../support/reverse-proxy.ts';
import { claimsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const { path: program = '', skip } = await provideProxy({ program: 'nginx', debianPackage: 'nginx-light' });
const username = 'jane@example.com';

describe('nginx with the example’s configuration, before Keywright and an API', { skip }, () => {
  let server: TestServer;
  let api: ProxiedApi;
  let nginx: ReverseProxy;
  let organisationId: number;
  let bearer: string;

  before(async () => {
    const listen = await reserveAddress();
    const env = {
      KEYWRIGHT_PUBLIC_URL: `http://${listen}`,
      KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1',
      KEYWRIGHT_RATE_LIMIT: 'calls=5',
    };
    server = await startTestServer({ env });
    api = await startProxiedApi();
    nginx = await startNginx({ program, listen, keywright: server.url, api: api.url });
    organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username, organisationId });
    bearer = (await server.signIn(username)).auth_token;
  });
  after(async () => {
    await nginx?.close();
    api?.close();
    await server?.close();
  });

  // Each test calls from an address of its own: bad calls count against theirs.
  const passed = (method: string, path: string, sent?: Sent) => sendThrough(nginx.url, method, path, sent);

  test('a client of the public API needs nothing changed but its base URL', async () => {
    const from = '127.0.0.11';
    const post = (path: string, body: object, token?: string) =>
      passed('POST', path, { body: JSON.stringify(body), bearer: token, from });
    const signedIn = await post('/api/v1/authenticate', { username, password: 'a password for tests' });
    assert.equal(signedIn.status, 200);
    assert.equal(claimsOf(signedIn.json.auth_token)['iss'], nginx.url);
    const refreshed = await post('/api/v2/authenticate', { refresh_token: signedIn.json.refresh_token });
    assert.equal(refreshed.status, 200);
    const made = await post('/api/v1/application_token', { description: 'x' }, refreshed.json.auth_token);
    const exchanged = await post('/api/v1/authenticate', { application_token: made.json.application_token });
    assert.equal(claimsOf(exchanged.json.auth_token)['sub'], `application_token:${made.json.id}`);
    const listed = await passed('GET', '/api/v1/application_token?per_page=1', { bearer, from });
    assert.deepEqual([listed.status, listed.headers['x-current-page']], [200, '1']);
    const [first] = /(?<=<)[^>]+/.exec(String(listed.headers.link)) ?? [''];
    assert.equal(
      (await passed('GET', new URL(first, nginx.url).href.slice(nginx.url.length), { bearer, from })).status,
      200,
    );
    const patched = await passed('PATCH', `/api/v1/application_token/${made.json.id}`, {
      ...{ bearer, from },
      body: '{"status":{"id":1}}',
    });
    assert.equal(patched.status, 204);
    const wrong = await post('/api/v1/authenticate', { application_token: made.json.application_token });
    assert.deepEqual([wrong.status, wrong.json.error_code], [401, 1102]);
    assert.ok(wrong.headers['x-request-id']);
    const called = await passed('GET', '/orders', { bearer: exchanged.json.auth_token, from });
    assert.equal(called.status, 401, 'revoked');
  });

  test('every path of ours goes to Keywright, and is not the API’s', async () => {
    const operations = await readApiOperations(server.url);
    const inside = ['/healthz', '/readyz', '/api/v1/forward_auth'];
    const pages = [
      '/sign',
      '/setup',
      '/activation',
      '/integrations',
      '/user-settings',
      '/events',
      '/docs',
      '/openapi.json',
    ];
    const paths = [...operations.map(({ path }) => path).filter((path) => !inside.includes(path)), ...pages];
    for (const path of [...paths, '/organisation-settings/users', '/assets/index.js', '/oauth2/']) {
      const where = path.replaceAll(/\{\w+\}/g, 'my');
      const answer = await passed('GET', where, { bearer, from: '127.0.0.12' });
      assert.equal(answer.seen, undefined, `${path} went to the API`);
      assert.ok(answer.headers['x-request-id'], `${path}: ${answer.status}`);
    }
    for (const path of ['/', '/api/v1/sim', '/api/v1/users', '/userx', '/api/v3/user', ...inside]) {
      const answer = await passed('GET', path, { bearer });
      assert.ok(answer.seen, `${path} did not go to the API: ${answer.status}`);
    }
  });

  test('the API hears who calls, whatever the client says under these names', async () => {
    const forged = {
      'X-Auth-Subject': 'user:999',
      'x-auth-actor': 'user:1',
      'x-auth-organisation': ['1', '2'],
      'X-AUTH-ROLES': 'SuperAdmin',
    };
    for (const headers of [{}, forged, { ...forged, X_Auth_Subject: 'user:999', 'X-Auth_Roles': 'SuperAdmin' }]) {
      const { seen } = await passed('POST', '/orders/7?x=1', { bearer, body: '{"a":1}', headers });
      assert.ok(seen);
      assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/orders/7?x=1', '{"a":1}']);
      const identity = Object.entries(seen.headers).filter(([name]) => /^x.auth/i.test(name));
      assert.deepEqual(Object.fromEntries(identity), {
        'x-auth-subject': claimsOf(bearer)['sub'],
        'x-auth-actor': claimsOf(bearer)['sub'],
        'x-auth-organisation': String(organisationId),
        'x-auth-roles': 'Administrator',
      });
      assert.deepEqual(
        [seen.headers.authorization, seen.headers.host],
        [`Bearer ${bearer}`, new URL(nginx.url).host.split(':')[0]],
      );
    }
  });

  test('without a good bearer the API is not asked, by no method, path or header', async () => {
    const tricks: (readonly [method: string, path: string, sent: Sent])[] = [
      ['GET', '/orders', {}],
      ['POST', '/orders', { body: '{}' }],
      ['GET', '/orders', { bearer: `${bearer}x` }],
      ['GET', `/orders?access_token=${bearer}`, {}],
      ['GET', '/orders', { headers: { 'x-forwarded-method': 'OPTIONS', 'x-original-uri': '/api/v1/authenticate' } }],
      ['GET', '/api/v1/authenticate/../../../orders', {}],
      ['GET', '/api/v1/authenticate/%2e%2e/%2e%2e/%2e%2e/orders', {}],
      ['GET', '//orders', {}],
      ['GET', '/_keywright/forward_auth', {}],
      ['GET', '/%5fkeywright/forward_auth', {}],
      ['OPTIONS', '/orders', {}],
      ['OPTIONS', '/orders', { headers: { 'access-control-request-method': '' } }],
      ['GET', '/orders', { headers: { 'access-control-request-method': 'GET', origin: 'https://app.example.com' } }],
    ];
    for (const [index, [method, path, sent]] of tricks.entries()) {
      const answer = await passed(method, path, { ...sent, from: `127.0.13.${index + 1}` });
      assert.equal(answer.seen, undefined, `${method} ${path}`);
      assert.ok([401, 404].includes(answer.status), `${method} ${path}: ${answer.status}`);
    }
    const own = await passed('GET', '/_keywright/forward_auth', { bearer });
    assert.deepEqual([own.status, own.headers['x-auth-subject']], [404, undefined], 'it is for nginx alone');
    const refused = await passed('GET', '/orders', { from: '127.0.0.14' });
    assert.deepEqual([refused.status, refused.json.error_code], [401, 1102]);
    assert.match(String(refused.headers['www-authenticate']), /^Bearer realm="Keywright"/);
    assert.equal(refused.headers['content-type'], 'application/json');
  });

  test('a pre-flight of a browser reaches the API, as nobody', async () => {
    const headers = {
      origin: 'https://app.example.com',
      'access-control-request-method': 'PUT',
      'x-auth-subject': 'user:1',
      'x-auth-actor': 'user:1',
      'x-auth-organisation': '1',
      'x-auth-roles': 'SuperAdmin',
    };
    const { seen } = await passed('OPTIONS', '/orders/7', { headers, from: '127.0.0.15' });
    assert.equal(seen?.method, 'OPTIONS');
    assert.equal(
      Object.keys(seen.headers).some((name) => name.startsWith('x-auth')),
      false,
    );
  });

  test('a token is held to its ip by the address of the client, not of nginx, and not by what the client says', async () => {
    const { application_token } = await server.createToken(bearer, { ip: '127.0.0.16' });
    const exchange = async (from: string, headers = {}) =>
      (await passed('POST', '/api/v1/authenticate', { body: JSON.stringify({ application_token }), from, headers }))
        .status;
    assert.equal(await exchange('127.0.0.16'), 200);
    assert.equal(await exchange('127.0.0.17'), 401);
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded']) {
      const value = name === 'forwarded' ? 'for=127.0.0.16' : '127.0.0.16';
      assert.equal(await exchange('127.0.0.17', { [name]: value }), 401, name);
    }
    await server.flush();
    const { json } = await server.call('GET', '/api/v1/event?q=type:7&sort=-id&per_page=1', { bearer });
    assert.match(json[0].description, /from 127\.0\.0\.17$/);
  });

  test('limits count the clients, each for itself, and good calls to the API not at all', async () => {
    for (let count = 0; count < 12; count += 1) {
      assert.equal((await passed('GET', '/orders', { bearer, from: '127.0.0.18' })).status, 200);
    }
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await passed('GET', '/orders', { from: '127.0.0.18' })).status, 401);
    }
    const limited = await passed('GET', '/orders', { from: '127.0.0.18' });
    assert.deepEqual([limited.status, limited.json.error_code, limited.headers['retry-after']], [503, 1503, '1']);
    assert.equal((await passed('GET', '/orders', { bearer, from: '127.0.0.18' })).status, 200);
    assert.equal((await passed('GET', '/orders', { from: '127.0.0.19' })).status, 401);
  });

  test('what the API fails in is told as the API tells it', async () => {
    const { status, seen } = await passed('GET', '/fails', { bearer });
    assert.deepEqual([status, seen?.url], [500, '/fails']);
  });

  test('OAuth clients find everything at the address of nginx', async () => {
    const { id, application_token } = await server.createToken(bearer);
    const authentication = openid.ClientSecretBasic(application_token);
    const config = await openid.discovery(new URL(nginx.url), String(id), undefined, authentication, {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    });
    const { access_token } = await openid.clientCredentialsGrant(config);
    assert.equal(
      (await passed('GET', '/orders', { bearer: access_token })).seen?.headers['x-auth-subject'],
      `application_token:${id}`,
    );
    assert.equal((await openid.tokenIntrospection(config, access_token)).active, true);
    assert.equal((await callOAuth(server, 'token', { grant_type: 'client_credentials' })).status, 401);
  });

  test('nginx complained of nothing but what it could not decide on', () => {
    const lines = nginx.written.err.split('\n').filter((line) => !line.includes('auth request unexpected status: 429'));
    assert.deepEqual(lines, ['']);
  });
});

describe('nginx whose configuration requires a role', { skip }, () => {
  test('lets those pass who have it, and says 403 to the others', async (t) => {
    const listen = await reserveAddress();
    const server = await startTestServer({ env: { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' } });
    t.after(() => server.close());
    const api = await startProxiedApi();
    t.after(() => api.close());
    const change = (config: string) =>
      config.replace('/api/v1/forward_auth;', '/api/v1/forward_auth?role=Administrator;');
    const nginx = await startNginx({ program, listen, keywright: server.url, api: api.url, change });
    t.after(() => nginx.close());
    const { id: organisationId } = await server.addOrganisation('Acme');
    for (const [name, role, status] of [
      ['admin@example.com', 'Administrator', 200],
      ['user@example.com', 'User', 403],
    ] as const) {
      await server.addUser({ username: name, organisationId, role });
      const { auth_token } = await server.signIn(name);
      for (const path of ['/orders', '/orders?role=User']) {
        const answer = await sendThrough(nginx.url, 'GET', path, { bearer: auth_token });
        assert.equal(answer.status, status, `${role} ${path}`);
        if (status === 403) assert.deepEqual([answer.json.error_code, answer.seen], [1104, undefined]);
      }
    }
  });

  test('says 503 when Keywright is away, and never asks the API then', async (t) => {
    const listen = await reserveAddress();
    const api = await startProxiedApi();
    t.after(() => api.close());
    const nobody = `http://${await reserveAddress()}`;
    const nginx = await startNginx({ program, listen, keywright: nobody, api: api.url });
    t.after(() => nginx.close());
    const answer = await sendThrough(nginx.url, 'GET', '/orders', { bearer: 'x' });
    assert.deepEqual([answer.status, answer.json.error_code, answer.seen], [503, 1503, undefined]);
  });
});

test('the page shows nothing of nginx but what the example has', () => {
  assert.deepEqual(findMissingLines('nginx/keywright.conf', 'nginx'), []);
});
