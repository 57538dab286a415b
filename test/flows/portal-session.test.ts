import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { cookiesOf, PortalBrowser } from '../support/portal.ts';
import { enrolTotp, wrongCode } from '../support/second-factor.ts';
import {
  type Answer,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testPassword,
} from '../support/test-server.ts';

const username = 'user@example.com';
const credentials = { username, password: testPassword };
const thirtyDays = 30 * 24 * 60 * 60;

async function startWithUser(options: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const server = await startTestServer(options);
  const organisationId = (await server.addOrganisation('Acme')).id;
  await server.addUser({ username, organisationId });
  return server;
}

/** Who is calling with an auth token: 200 as long as its session lives. */
async function isSignedIn(server: TestServer, bearer: string): Promise<boolean> {
  return (await server.call('GET', '/api/v1/user/my', { bearer })).status === 200;
}

for (const store of storeKinds) {
  describe(`the session of the portal, on ${store}`, () => {
    let server: TestServer;
    let browser: PortalBrowser;

    before(async () => {
      server = await startWithUser({ store });
    });
    after(() => server.close());
    beforeEach(() => {
      browser = new PortalBrowser(server);
    });

    test('signing in answers the auth token alone, and keeps the refresh token in a cookie that no script reads (security G 82)', async () => {
      const answer = await browser.signIn(credentials);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(Object.keys(answer.json), ['auth_token']);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      const [cookie, ...others] = cookiesOf(answer);
      assert.deepEqual([cookie?.name, others], ['keywright_session', []]);
      assert.deepEqual(cookie?.attributes, {
        path: '/',
        'max-age': String(thirtyDays),
        httponly: '',
        samesite: 'Strict',
      });
      assert.equal(claimsOf(cookie?.value ?? '')['use'], 'refresh');
      assert.equal(await isSignedIn(server, answer.json.auth_token), true);
    });

    test('the cookie gives new auth tokens, in several tabs at once', async () => {
      const first = (await browser.signIn(credentials)).json.auth_token;
      const answers = await Promise.all([browser.refresh(), browser.refresh(), browser.refresh()]);
      for (const { status, json, headers } of answers) {
        assert.deepEqual([status, Object.keys(json)], [200, ['auth_token']]);
        assert.deepEqual(headers.getSetCookie(), [], 'with rotation off the cookie stays');
        assert.equal(claimsOf(json.auth_token)['sid'], claimsOf(first)['sid']);
      }
    });

    test('signing out ends the session at once, clears the cookie, and may be done twice', async () => {
      const { auth_token } = (await browser.signIn(credentials)).json;
      const { cookie = '' } = browser.cookie;
      const answer = await browser.signOut();
      assert.deepEqual([answer.status, answer.text], [204, '']);
      assert.deepEqual(cookiesOf(answer), [
        {
          name: 'keywright_session',
          value: '',
          attributes: { path: '/', 'max-age': '0', httponly: '', samesite: 'Strict' },
        },
      ]);
      assert.equal(await isSignedIn(server, auth_token), false);
      assert.equal((await browser.refresh({ headers: { cookie } })).status, 401, 'the token itself is refused');
      assert.equal((await browser.signOut({ headers: { cookie } })).status, 204);
      assert.equal((await browser.signOut()).status, 204);
    });

    test('signing in again ends the session that the browser was in', async () => {
      const before = (await browser.signIn(credentials)).json.auth_token;
      const failed = await browser.signIn({ ...credentials, password: 'not the password' });
      assert.equal(failed.status, 401);
      assert.equal(await isSignedIn(server, before), true, 'a failure ends nothing');
      const now = (await browser.signIn(credentials)).json.auth_token;
      assert.deepEqual([await isSignedIn(server, before), await isSignedIn(server, now)], [false, true]);
    });

    test('without a cookie, and with one that stands for nothing, nobody is signed in, and the cookie goes', async () => {
      const none = await browser.refresh();
      assert.deepEqual([none.status, none.json.error_code, none.headers.getSetCookie()], [401, 1102, []]);
      assert.match(none.headers.get('www-authenticate') ?? '', /^Bearer /);
      const { auth_token } = (await browser.signIn(credentials)).json;
      const path = `/api/v1/user/my/session/${claimsOf(auth_token)['sid']}`;
      await server.call('DELETE', path, { bearer: auth_token });
      const ended = await browser.refresh();
      assert.deepEqual([ended.status, ended.json.error_code], [401, 1102]);
      assert.equal(browser.cookies.size, 0);
      for (const value of ['', 'x', auth_token, '"quoted"', 'a.b.c']) {
        const answer = await browser.refresh({ headers: { cookie: `other=1; keywright_session=${value}` } });
        assert.equal(answer.status, 401, value);
      }
    });

    test('whoever is not signed in and asks is no failure: it counts nothing and is no event', async (t) => {
      const own = await startWithUser({ store: 'sqlite', env: { KEYWRIGHT_RATE_LIMIT: 'failures=2' } });
      t.after(() => own.close());
      const other = new PortalBrowser(own);
      for (let time = 0; time < 5; time++) assert.equal((await other.refresh()).status, 401);
      assert.equal((await other.signIn(credentials)).status, 200);
    });

    test('the second factor is asked for with what can follow, and completes the session', async () => {
      await server.addUser({ username: 'mfa@example.com', organisationId: 1 });
      const totp = await enrolTotp(server, (await server.signIn('mfa@example.com')).auth_token);
      const asked = await browser.signIn({ username: 'mfa@example.com', password: testPassword });
      assert.deepEqual(
        [asked.status, Object.keys(asked.json).sort(), asked.json.methods, asked.headers.getSetCookie()],
        [200, ['methods', 'mfa_token'], ['totp'], []],
      );
      const fingerprint = `kwd_${'a'.repeat(43)}`;
      const trusted_device = { fingerprint, operating_system: 'Linux', browser: 'Firefox' };
      const { mfa_token } = asked.json;
      assert.equal((await browser.signIn({ mfa_token, code: wrongCode(totp) })).status, 401);
      const signedIn = await browser.signIn({ mfa_token, code: totp.code(), trusted_device });
      assert.deepEqual([signedIn.status, Object.keys(signedIn.json)], [200, ['auth_token']]);
      assert.deepEqual(claimsOf(signedIn.json.auth_token)['amr'], ['pwd', 'otp']);
      assert.equal((await browser.refresh()).status, 200);
      const again = await browser.signIn({ username: 'mfa@example.com', password: testPassword, fingerprint });
      assert.deepEqual(Object.keys(again.json), ['auth_token'], 'the device is trusted');
    });

    test('people sign in, programs do not: application and refresh tokens are 400, and so is what is no form', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      for (const body of [{ application_token }, { refresh_token }, {}, { ...credentials, refresh_token }]) {
        const answer = await browser.signIn(body);
        assert.deepEqual([answer.status, answer.json.error_code], [400, 1000], JSON.stringify(Object.keys(body)));
      }
      const missing = await browser.signIn({ username });
      assert.equal(missing.status, 422);
    });

    test('failures here and at /authenticate lock together', async () => {
      await server.addUser({ username: 'locked@example.com', organisationId: 1 });
      const wrong = { username: 'locked@example.com', password: 'not the password' };
      assert.equal((await browser.signIn(wrong)).status, 401);
      assert.equal((await server.authenticate(wrong)).status, 401);
      assert.equal((await browser.signIn(wrong)).status, 401);
      const right = { username: 'locked@example.com', password: testPassword };
      const here = await browser.signIn(right);
      const there = await server.authenticate(right);
      for (const { status, json, headers } of [here, there]) {
        assert.deepEqual([status, json.error_code, headers.get('retry-after')], [429, 1105, '300']);
      }
      server.clock.advance({ minutes: 5 });
      assert.equal((await browser.signIn(right)).status, 200);
    });

    test('what the portal does is an event from the portal, and what others do is not', async () => {
      const { auth_token } = (await browser.signIn(credentials)).json;
      await browser.call('POST', '/api/v1/application_token', { bearer: auth_token, body: { description: 'here' } });
      await server.createToken(auth_token, { description: 'elsewhere' });
      await server.signIn(username);
      const bearer = auth_token;
      const events: Answer = await server.call('GET', '/api/v1/event?sort=-id&per_page=4', { bearer });
      assert.deepEqual(
        events.json.map((event: { event_type: { id: number }; event_source: { id: number } }) => [
          event.event_type.id,
          event.event_source.id,
        ]),
        [
          [1000, 2],
          [1020, 2],
          [1020, 3],
          [1000, 3],
        ],
      );
    });
  });
}
