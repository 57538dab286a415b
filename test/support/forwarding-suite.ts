import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readApiOperations } from './api-operations.ts';
import { type ProxiedApi, type Sent, sendThrough, startProxiedApi } from './proxied-api.ts';
import { type ProxyPlaces, type ReverseProxy, reserveAddress } from './reverse-proxy.ts';
import { claimsOf, startTestServer, type TestServer } from './test-server.ts';

const username = 'jane@example.com';

/** A reverse proxy with an example's configuration, before Keywright and an API. */
export interface ForwardingScene {
  readonly server: TestServer;
  readonly api: ProxiedApi;
  readonly organisationId: number;
  /** An administrator's. */
  readonly bearer: string;
  passed(method: string, path: string, sent?: Sent): ReturnType<typeof sendThrough>;
  close(): Promise<void>;
}

/** @param start starts the proxy */
export async function openForwardingScene(
  program: string,
  start: (places: ProxyPlaces) => Promise<ReverseProxy>,
): Promise<ForwardingScene> {
  const listen = await reserveAddress();
  const env = { KEYWRIGHT_PUBLIC_URL: `http://${listen}`, KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' };
  const server = await startTestServer({ env });
  const api = await startProxiedApi();
  const proxy = await start({ program, listen, keywright: server.url, api: api.url });
  const organisationId = (await server.addOrganisation('Acme')).id;
  await server.addUser({ username, organisationId });
  return {
    server,
    api,
    organisationId,
    bearer: (await server.signIn(username)).auth_token,
    passed: (method, path, sent) => sendThrough(proxy.url, method, path, sent),
    async close() {
      await proxy.close();
      api.close();
      await server.close();
    },
  };
}

/**
 * What every proxy keeps to.
 *
 * @param forged what else a client says under the names that the API is to hear
 */
export function testForwarding(scene: () => ForwardingScene, forged: Readonly<Record<string, string>>): void {
  test('a client gets its token and calls the API at one address, held to its ip by its own address', async () => {
    const { server, bearer, passed } = scene();
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
    const { server, bearer, passed } = scene();
    const operations = await readApiOperations(server.url);
    const inside = ['/healthz', '/readyz', '/api/v1/forward_auth'];
    const pages = ['/sign', '/setup', '/activation', '/docs', '/openapi.json', '/organisation-settings/users'];
    for (const path of [...operations.map((operation) => operation.path), ...pages]) {
      const answer = await passed('GET', path.replaceAll(/\{\w+\}/g, 'my'), { bearer });
      assert.equal(answer.seen === undefined, !inside.includes(path), `${path}: ${answer.status}`);
    }
  });

  test('the API hears who calls, whatever the client says under these names or in its query', async () => {
    const { bearer, organisationId, passed } = scene();
    const headers = { 'X-Auth-Subject': 'user:999', 'x-auth-roles': ['SuperAdmin', 'Service'], ...forged };
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
    const { passed } = scene();
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
}
