import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cookiesOf, PortalBrowser, portalHeaders } from '../support/portal.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const username = 'user@example.com';
const credentials = { username, password: testPassword };
const calls = [
  ['POST', '/portal/session'],
  ['POST', '/portal/session/refresh'],
  ['DELETE', '/portal/session'],
] as const;

async function startWithUser(options: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const server = await startTestServer(options);
  const organisationId = (await server.addOrganisation('Acme')).id;
  await server.addUser({ username, organisationId });
  return server;
}

for (const store of storeKinds) {
  describe(`calls that other pages make with the portal's cookie, on ${store} (security G 82)`, () => {
    let server: TestServer;
    let browser: PortalBrowser;
    let bearer: string;

    before(async () => {
      server = await startWithUser({ store, env: { KEYWRIGHT_CORS_ORIGINS: 'https://app.example.com' } });
      browser = new PortalBrowser(server);
      bearer = (await browser.signIn(credentials)).json.auth_token;
    });
    after(() => server.close());

    /** That each call is refused, and changed nothing. */
    async function requireRefused(headers: Readonly<Record<string, string>>): Promise<void> {
      for (const [method, path] of calls) {
        const body = path === '/portal/session' && method === 'POST' ? { body: credentials } : {};
        const given = { ...portalHeaders, ...browser.cookie, ...headers };
        const answer = await server.call(method, path, { ...body, headers: given });
        const what = `${method} ${path} ${JSON.stringify(headers)}`;
        assert.deepEqual([answer.status, answer.json.error_code], [403, 1104], what);
        assert.deepEqual(answer.headers.getSetCookie(), [], what);
        assert.equal(answer.text.includes('auth_token'), false, what);
        assert.equal(answer.headers.get('access-control-allow-origin'), null, what);
      }
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer })).status, 200, 'the session goes on');
    }

    test('without the header, or with another value of it, is refused', async () => {
      for (const value of ['', '0', 'true', '1, 1']) await requireRefused({ 'x-keywright-portal': value });
    });

    test('from another origin is refused, the listed ones of the API included', async () => {
      const { port } = new URL(server.url);
      for (const origin of [
        'https://app.example.com',
        'https://evil.example',
        'null',
        `https://127.0.0.1:${port}`,
        'http://127.0.0.1:1',
        `http://127.0.0.1.evil.example:${port}`,
        `http://127.0.0.1:${port}/`,
        `http://user@127.0.0.1:${port}`,
      ]) {
        await requireRefused({ origin });
      }
    });

    test('that the browser says come from elsewhere are refused, from another site or a neighbour', async () => {
      for (const site of ['cross-site', 'same-site', 'none', '']) await requireRefused({ 'sec-fetch-site': site });
    });

    test("the portal's own are let in, under each name that this machine has for itself", async () => {
      const { port } = new URL(server.url);
      for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
        const headers = { origin: `http://${host}:${port}`, 'sec-fetch-site': 'same-origin' };
        assert.equal((await browser.refresh({ headers })).status, 200, host);
      }
    });

    test('no pre-flight is granted', async () => {
      for (const origin of ['https://app.example.com', 'https://evil.example', server.url]) {
        for (const [method, path] of calls) {
          const headers = {
            origin,
            'access-control-request-method': method,
            'access-control-request-headers': 'x-keywright-portal',
          };
          const answer = await server.call('OPTIONS', path, { headers });
          const granted = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
          assert.deepEqual([answer.status, granted], [204, []]);
        }
      }
    });

    test('a form of HTML signs nobody in: the body has to be JSON', async () => {
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
        const options = { headers: { 'content-type': type }, body: JSON.stringify(credentials) };
        assert.equal((await browser.call('POST', '/portal/session', options)).status, 415, type);
      }
    });
  });

  describe(`the portal at an https address with rotation on, on ${store}`, () => {
    let server: TestServer;
    before(async () => {
      const env = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com', KEYWRIGHT_REFRESH_ROTATION: 'on' };
      server = await startWithUser({ store, env });
    });
    after(() => server.close());

    test('the cookie is of this host alone and goes over TLS alone (security G 82)', async () => {
      const browser = new PortalBrowser(server);
      const attributes = { path: '/', httponly: '', samesite: 'Strict', secure: '' };
      const [cookie] = cookiesOf(await browser.signIn(credentials));
      assert.equal(cookie?.name, '__Host-keywright_session');
      assert.deepEqual(cookie?.attributes, { ...attributes, 'max-age': String(30 * 24 * 60 * 60) });
      const [cleared] = cookiesOf(await browser.signOut());
      assert.deepEqual(cleared, {
        name: '__Host-keywright_session',
        value: '',
        attributes: { ...attributes, 'max-age': '0' },
      });
    });

    test('a cookie without the prefix, which a neighbour could have set, signs nobody in', async () => {
      const { refresh_token } = await server.signIn(username);
      const browser = new PortalBrowser(server);
      const headers = { cookie: `keywright_session=${refresh_token}` };
      assert.equal((await browser.refresh({ headers })).status, 401);
    });

    test('loopback is no origin of it', async () => {
      const browser = new PortalBrowser(server);
      await browser.signIn(credentials);
      assert.equal((await browser.refresh({ headers: { origin: 'https://auth.example.com' } })).status, 200);
      assert.equal((await browser.refresh({ headers: { origin: 'https://localhost' } })).status, 403);
    });

    test('each refresh changes the cookie, and two tabs that refresh at once get the same one', async () => {
      const browser = new PortalBrowser(server);
      const signedIn = await browser.signIn(credentials);
      const { cookie = '' } = browser.cookie;
      const tabs = await Promise.all([
        browser.refresh({ headers: { cookie } }),
        browser.refresh({ headers: { cookie } }),
      ]);
      const [one, other] = tabs.map((answer) => cookiesOf(answer)[0]?.value);
      assert.deepEqual(
        tabs.map(({ status }) => status),
        [200, 200],
      );
      assert.ok(one !== undefined && one === other && !cookie.includes(one));
      server.clock.advance({ seconds: 29 });
      const late = await browser.refresh({ headers: { cookie } });
      assert.equal(cookiesOf(late)[0]?.value, one, 'a tab that was slow to get the new cookie is served too');
      assert.equal(claimsOf(late.json.auth_token)['sid'], claimsOf(signedIn.json.auth_token)['sid']);
      assert.equal((await browser.refresh()).status, 200);
      server.clock.advance({ seconds: 31 });
      const stolen = await browser.refresh({ headers: { cookie } });
      assert.deepEqual([stolen.status, cookiesOf(stolen)[0]?.value], [401, '']);
      const bearer = late.json.auth_token;
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer })).status, 401, 'the session has ended');
    });
  });
}

test('over plain HTTP off loopback nobody signs in to the portal, and the refusal says why', async (t) => {
  const server = await startWithUser({ env: { KEYWRIGHT_PUBLIC_URL: 'http://auth.example.com' } });
  t.after(() => server.close());
  const browser = new PortalBrowser(server);
  for (const answer of [await browser.signIn(credentials), await browser.refresh(), await browser.signOut()]) {
    assert.equal(answer.status, 403);
    assert.match(answer.json.message, /HTTPS/);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  }
});
