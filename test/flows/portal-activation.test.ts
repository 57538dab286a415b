import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { portalHeaders } from '../support/portal.ts';
import { keyOf, takeMails } from '../support/received-mail.ts';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`the preview of an activation key, on ${store}`, () => {
    let server: TestServer;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store, env: { KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_SIGNUP: 'open' } });
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username: 'admin@example.com', organisationId });
      await server.addUser({
        username: 'guest@example.com',
        organisationId: (await server.addOrganisation('Elsewhere')).id,
      });
      bearer = (await server.signIn('admin@example.com')).auth_token;
    });
    after(() => server.close());

    function preview(activationKey: string): Promise<Answer> {
      return server.call('POST', '/portal/activation', { body: { activationKey }, headers: portalHeaders });
    }

    test('a body without a key is told what it lacks', async () => {
      const answer = await server.call('POST', '/portal/activation', { body: {}, headers: portalHeaders });
      assert.equal(answer.status, 422);
      assert.match(answer.text, /activationKey/);
    });

    /** The key in the mail that went to somebody since the last look. */
    async function mailedKey(username: string): Promise<string> {
      return keyOf((await takeMails(server)).find(({ to }) => to === username));
    }

    /** What the key in the latest mail to somebody is for. */
    async function previewMailed(username: string): Promise<unknown> {
      const answer = await preview(await mailedKey(username));
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.username, username);
      return [answer.json.purpose, answer.json.password];
    }

    async function make(method: string, path: string, body: object, caller?: string): Promise<void> {
      const answer = await server.call(method, path, { body, bearer: caller });
      assert.ok(answer.status < 300, answer.text);
    }

    test('tells what each kind of key is for, and whether a password goes with it', async () => {
      await make('POST', '/api/v1/user', { username: 'made@example.com', name: 'Made' }, bearer);
      assert.deepEqual(await previewMailed('made@example.com'), ['activation', 'always']);
      await make('POST', '/api/v2/user/invitation', { username: 'guest@example.com', name: 'Guest' }, bearer);
      assert.deepEqual(await previewMailed('guest@example.com'), ['invitation', 'never']);
      await make('POST', '/api/v1/user/password_reset', { username: 'guest@example.com' });
      assert.deepEqual(await previewMailed('guest@example.com'), ['password_reset', 'always']);
      const account = { username: 'new@example.com', password: testPassword, name: 'New', organisation: 'New' };
      await make('POST', '/api/v1/signup', account);
      assert.deepEqual(await previewMailed('new@example.com'), ['signup', 'always']);
      const { auth_token } = await server.signIn('guest@example.com');
      await make('PATCH', '/api/v1/user/my', { username: 'moved@example.com' }, auth_token);
      const moved = await preview(await mailedKey('moved@example.com'));
      assert.deepEqual([moved.json.purpose, moved.json.password], ['username_change', 'present']);
    });

    test('uses nothing up, and tells of a used key no more than of a bad one', async () => {
      const username = 'twice@example.com';
      await make('POST', '/api/v1/user', { username, name: 'Twice' }, bearer);
      const activationKey = await mailedKey(username);
      assert.equal((await preview(activationKey)).status, 200);
      await make('POST', '/api/v2/user/activation', { activationKey, password: testPassword });
      const [used, bad] = [await preview(activationKey), await preview('no key')];
      assert.deepEqual([used.status, used.json.error_code], [400, 1000]);
      assert.equal(used.json.message, bad.json.message);
    });

    test('is for the pages of the portal alone', async () => {
      const answer = await server.call('POST', '/portal/activation', { body: { activationKey: 'x' } });
      assert.deepEqual([answer.status, answer.json.error_code], [403, 1104]);
    });
  });
}
