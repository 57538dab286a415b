import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { enrolTotp, type TotpApp } from '../support/second-factor.ts';
import { dumpStore } from '../support/store-rows.ts';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';
import { lastKey } from '../support/waiting-mail.ts';

const spoofs = ['Acme\u202egnp.exe', 'Ac\u200bme', '\u2066Acme\u2069', 'Acme\u00ad', 'Acme\u{e0041}'];
const genuine = ['می\u200cخواهم', 'क्\u200dष', '👩\u200d👩\u200d👧', 'שלום'];

for (const kind of storeKinds) {
  describe(`names that pass for others, on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;
    let app: TotpApp;
    let count = 0;

    before(async () => {
      server = await startTestServer({
        store: kind,
        env: { KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_SIGNUP: 'open' },
      });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'admin@example.com', organisationId });
      bearer = (await server.signIn('admin@example.com')).auth_token;
      await server.addUser({ username: 'device@example.com', organisationId });
      app = await enrolTotp(server, (await server.signIn('device@example.com')).auth_token);
    });
    after(() => server.close());

    const call = (method: string, path: string, body: object) => server.call(method, path, { bearer, body });
    const freshName = () => `person${++count}@example.com`;

    /** Trusts a device in a sign-in of its own. */
    async function trust(texts: object): Promise<Answer> {
      const { json } = await server.authenticate({ username: 'device@example.com', password: testPassword });
      const device = { fingerprint: `device ${++count}`, operating_system: 'Linux', browser: 'Firefox', ...texts };
      const answer = await server.authenticate({ mfa_token: json.mfa_token, code: app.code(), trusted_device: device });
      server.clock.advance({ seconds: 30 });
      return answer;
    }

    async function activate(name: string): Promise<Answer> {
      const username = freshName();
      await call('POST', '/api/v1/user', { username, name: 'Ada' });
      const body = { activationKey: await lastKey(server, username), password: testPassword, name };
      return server.call('POST', '/api/v2/user/activation', { body });
    }

    /** Everything that people are shown of what others wrote, by the property that names it. */
    const places: Readonly<Record<string, [property: string, write: (text: string) => Promise<Answer>]>> = {
      'a new user': ['name', (name) => call('POST', '/api/v1/user', { username: freshName(), name })],
      'somebody invited': ['name', (name) => call('POST', '/api/v2/user/invitation', { username: freshName(), name })],
      'a user': ['name', (name) => call('PATCH', '/api/v1/user/my', { name })],
      'who activates an account': ['name', activate],
      'who signs up': ['name', (name) => signUp({ name })],
      'an organisation that signs up': ['organisation', (organisation) => signUp({ organisation })],
      'an organisation': ['name', (name) => call('PATCH', '/api/v1/organisation/my', { name })],
      'a new token': ['description', (description) => call('POST', '/api/v1/application_token', { description })],
      'a trusted device': ['trusted_device.name', (name) => trust({ name })],
      'the browser of a trusted device': ['trusted_device.browser', (browser) => trust({ browser })],
    };

    function signUp(change: object): Promise<Answer> {
      const body = { username: freshName(), password: testPassword, name: 'Ada', organisation: 'Acme', ...change };
      return server.call('POST', '/api/v1/signup', { body });
    }

    for (const [what, [property, write]] of Object.entries(places)) {
      test(`the text of ${what} hides nothing, and is of any script`, async () => {
        for (const text of spoofs) {
          const { status, json } = await write(text);
          assert.deepEqual([status, json.errors?.[0]?.error_code], [422, 1403], `${text}: ${JSON.stringify(json)}`);
          assert.match(json.errors[0].message, new RegExp(`^${property} must not have the character U\\+[0-9A-F]+`));
        }
        for (const text of genuine) {
          const answer = await write(text);
          assert.ok(answer.status < 300, `${text}: ${answer.text}`);
        }
      });
    }

    test('a name of which nothing is seen is none', async () => {
      for (const name of ['\u200d', ' \u200c\ufe0f ']) {
        const { status, json } = await call('PATCH', '/api/v1/user/my', { name });
        assert.deepEqual([status, json.errors?.[0]?.error_code], [422, 1402], JSON.stringify(name));
      }
    });

    test('what was tried as a name hides nothing in the event of the failure, or in an error', async () => {
      const answer = await server.authenticate({ username: 'jane\u202emoc.elpmaxe@', password: 'wrong' });
      await server.flush();
      assert.equal(answer.status, 401);
      const written = `${await dumpStore(server.store)}${server.logLines.join('')}`;
      assert.ok(written.includes('jane\ufffdmoc'));
      assert.equal(written.includes('\u202e'), false);
      const missing = await server.call('GET', `/api/v1/user/${encodeURIComponent('ja\u202ene')}`, { bearer });
      assert.equal(missing.json.message, 'User with id ja\ufffdne not found');
    });
  });
}
