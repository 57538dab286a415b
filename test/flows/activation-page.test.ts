import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { keyOf, takeMails } from '../support/received-mail.ts';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const password = 'quaint otters juggle lemons';
const headers = { 'content-type': 'application/x-www-form-urlencoded' };

for (const store of storeKinds) {
  describe(`the page of mails' links where the portal is not built, on ${store}`, () => {
    let server: TestServer;
    let home: number;
    let bearer: string;
    const keys = new Map<string, string>();

    before(async () => {
      server = await startTestServer({ store, env: { KEYWRIGHT_SIGNUP: 'open' } });
      home = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'admin@example.com', organisationId: home });
      bearer = (await server.signIn('admin@example.com')).auth_token;
    });
    after(() => server.close());

    /** Opens the link of the last mail to somebody. */
    async function open(username: string): Promise<{ readonly page: Answer; readonly key: string }> {
      const mail = (await takeMails(server)).findLast(({ to }) => to === username);
      const key = mail === undefined ? (keys.get(username) ?? '') : keyOf(mail);
      keys.set(username, key);
      const page = await server.call('GET', `/activation?activationKey=${encodeURIComponent(key)}`);
      return { page, key };
    }

    const send = (fields: Record<string, string>): Promise<Answer> =>
      server.call('POST', '/activation', { headers, body: new URLSearchParams(fields).toString() });

    const create = (username: string): Promise<Answer> =>
      server.call('POST', '/api/v1/user', { bearer, body: { username, name: 'New' } });

    test('whoever was made an account chooses a password, and signs in with it', async () => {
      await create('new@example.com');
      const { page, key } = await open('new@example.com');
      assert.equal(page.status, 200);
      assert.match(page.text, /<h1>Activate your account<\/h1>[\s\S]*new@example\.com/);
      assert.match(page.text, /<form method="post" action="\/activation">/);
      assert.match(page.text, /<input id="password" name="password" type="password"[^>]* required/);
      assert.doesNotMatch(page.text, /<script/);
      const done = await send({ activationKey: key, password });
      assert.equal(done.status, 200, done.text);
      assert.equal(done.text.includes(key) || done.text.includes(password), false);
      await server.signIn('new@example.com', password);
    });

    test('opening the link, however often, uses nothing up; the form works once', async () => {
      await create('twice@example.com');
      await open('twice@example.com');
      const { key } = await open('twice@example.com');
      assert.equal((await send({ activationKey: key, password })).status, 200);
      const again = await send({ activationKey: key, password: 'another password' });
      assert.equal(again.status, 400);
      assert.match(again.text, /This link does not work/);
      assert.equal((await open('twice@example.com')).page.status, 400);
      await server.signIn('twice@example.com', password);
    });

    test('a password that won’t do is said beside the field, is not sent back, and leaves the link good', async () => {
      await create('short@example.com');
      const { key } = await open('short@example.com');
      for (const wrong of ['', 'short', 'short@example.com', 'password']) {
        const answer = await send({ activationKey: key, password: wrong });
        assert.equal(answer.status, 422, wrong);
        assert.match(answer.text, /<title>Error: /);
        assert.match(answer.text, /aria-invalid="true">\n[^\n]*<span class="bad">New password /, wrong);
        assert.match(answer.text, /name="password"[^>]* value=""/);
      }
      assert.equal((await send({ activationKey: key, password })).status, 200);
    });

    test('a reset, an invitation and a sign-up are each named, and ask for what they need', async () => {
      await server.call('POST', '/api/v1/user/password_reset', { body: { username: 'admin@example.com' } });
      const reset = await open('admin@example.com');
      assert.match(reset.page.text, /<h1>Choose a new password<\/h1>[\s\S]* required/);

      const other = await server.addOrganisation('Other');
      await server.addUser({ username: 'other@example.com', organisationId: other.id });
      const body = { username: 'other@example.com', name: 'Other' };
      assert.equal((await server.call('POST', '/api/v2/user/invitation', { bearer, body })).status, 201);
      const invitation = await open('other@example.com');
      assert.match(invitation.page.text, /<h1>Accept the invitation<\/h1>/);
      assert.doesNotMatch(invitation.page.text, /type="password"/, 'who has a password keeps it');
      assert.equal((await send({ activationKey: invitation.key })).status, 200);
      await server.signIn('other@example.com', testPassword);

      const account = { username: 'sign-up@example.com', password, name: 'New', organisation: 'New' };
      assert.equal((await server.call('POST', '/api/v1/signup', { body: account })).status, 204);
      const signUp = await open('sign-up@example.com');
      assert.match(signUp.page.text, /<h1>Confirm your sign-up<\/h1>/);
      assert.match(signUp.page.text, /type="password"[^>]* required/, 'a stranger may have signed up with the address');
      assert.equal((await send({ activationKey: signUp.key, password: '' })).status, 422);
      assert.equal((await send({ activationKey: signUp.key, password })).status, 200);
      await server.signIn('sign-up@example.com', password);
    });

    test('whoever has a new username to confirm is asked for the current password, and told where it is wrong', async () => {
      const { id } = await server.addUser({ username: 'before@example.com', organisationId: home });
      const username = 'after@example.com';
      assert.equal((await server.call('PATCH', `/api/v1/user/${id}`, { bearer, body: { username } })).status, 204);
      const { page, key } = await open(username);
      assert.match(page.text, /<h1>Confirm your e-mail address<\/h1>[\s\S]*Current password[\s\S]*current-password/);
      const wrong = await send({ activationKey: key, password });
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /<span class="bad">Current password is not your current password\. <\/span>/);
      assert.equal((await send({ activationKey: key, password: testPassword })).status, 200);
      await server.signIn(username);
    });

    test('a link that is no good says so, whatever it holds, and nothing of it becomes markup', async () => {
      for (const key of ['', 'x', '"><b>', bearer]) {
        for (const answer of [
          await server.call('GET', `/activation?activationKey=${encodeURIComponent(key)}`),
          await send({ activationKey: key, password }),
        ]) {
          assert.equal(answer.status, 400, key);
          assert.match(answer.text, /This link does not work/);
          assert.equal(answer.headers.get('cache-control'), 'no-store');
          assert.equal(answer.text.includes('<b>'), false);
        }
      }
      assert.equal((await server.call('GET', '/activation')).status, 400);
    });
  });
}
