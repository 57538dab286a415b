import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readApiOperations } from '../support/api-operations.ts';
import { type ProxiedApi, type Sent, sendThrough, startProxiedApi } from '../support/proxied-api.ts';
import {
  findMissingLines,
  provideProxy,
  type ReverseProxy,
  reserveAddress,
  startCaddy,
} from '../support/reverse-proxy.ts';
import { claimsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const { path: program = '', skip } = await provideProxy({ program: 'caddy', debianPackage: 'caddy' });
const username = 'jane@example.com';

describe('Caddy with the example’s configuration, before Keywright and an API', { skip }, () => {
  let server: TestServer;
  let api: ProxiedApi;
  let caddy: ReverseProxy;
  let organisationId: number;
  let bearer: string;
  let userBearer: string;

  before(async () => {
    const listen = await reserveAddress();
    const env = { KEYWRIGHT_PUBLIC_URL: `http://${listen}`, KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' };
    server = await startTestServer({ env });
    api = await startProxiedApi();
    caddy = await startCaddy({ program, listen, keywright: server.url, api: api.url });
    organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username, organisationId });
    await server.addUser({ username: 'user@example.com', organisationId, role: 'User' });
    bearer = (await server.signIn(username)).auth_token;
    userBearer = (await server.signIn('user@example.com')).auth_token;
  });
  after(async () => {
    await caddy?.close();
    api?.close();
    await server?.close();
  });

  const passed = (method: string, path: string, sent?: Sent) => sendThrough(caddy.url, method, path, sent);

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
    const headers = { 'X-Auth-Subject': 'user:999', 'x-auth-roles': ['SuperAdmin', 'Service'], 'x-auth-other': 'x' };
    const { seen } = await passed('POST', '/orders?role=Nobody', { bearer, body: '{"a":1}', headers });
    assert.ok(seen);
    assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/orders?role=Nobody', '{"a":1}']);
    const identity = Object.entries(seen.headers).filter(([name]) => name.startsWith('x-auth'));
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

  test('a role that the configuration requires is required, whatever the client’s query says', async (t) => {
    const listen = await reserveAddress();
    const change = (config: string) =>
      config.replace('/api/v1/forward_auth?', '/api/v1/forward_auth?role=Administrator');
    const strict = await startCaddy({ program, listen, keywright: server.url, api: api.url, change });
    t.after(() => strict.close());
    for (const path of ['/orders', '/orders?role=User', '/orders?&role=User,Administrator']) {
      const permitted = await sendThrough(strict.url, 'GET', path, { bearer });
      const refused = await sendThrough(strict.url, 'GET', path, { bearer: userBearer });
      assert.deepEqual([permitted.status, refused.status, refused.seen], [200, 403, undefined], path);
    }
  });
});

test('the page shows nothing of Caddy but what the example has', () => {
  assert.deepEqual(findMissingLines('caddy/Caddyfile', 'caddyfile'), []);
});

test('what goes to Keywright by Traefik is what goes there by Caddy', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const page = await readFile(path.join(root, 'docs/forward-auth.md'), 'utf8');
  const example = await readFile(path.join(root, 'examples/caddy/Caddyfile'), 'utf8');
  const [, byTraefik] = /PathRegexp\(`(.+)`\)/.exec(page) ?? [];
  const [, byCaddy] = /@keywright path_regexp (.+)/.exec(example) ?? [];
  assert.ok(byCaddy);
  assert.equal(byTraefik, byCaddy);
});
