import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answerMailRequests } from '../../packages/server/src/domain/mail-request-answer.ts';
import { activateUser } from '../../packages/server/src/domain/user-status.ts';
import { runCommandLine } from '../support/command-line.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';
import { followLink, lastKey, waitingMails } from '../support/waiting-mail.ts';

/** What a refused input is told, problem by problem. */
function problemsOf(answer: Answer): string[] {
  assert.equal(answer.status, 422, answer.text);
  return answer.json.errors.map(({ message }: { message: string }) => message);
}

for (const kind of storeKinds) {
  describe(`somebody whose new username is yet to be confirmed, on ${kind}`, () => {
    let server: TestServer;
    let home: number;
    let child: number;
    let elsewhere: number;
    let admin: string;
    let stranger: string;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      home = (await server.addOrganisation('Home')).id;
      child = (await server.addOrganisation('Child', home)).id;
      elsewhere = (await server.addOrganisation('Elsewhere')).id;
      await server.addUser({ username: 'admin@example.com', organisationId: home });
      await server.addUser({ username: 'stranger@example.com', organisationId: elsewhere });
      admin = (await server.signIn('admin@example.com')).auth_token;
      stranger = (await server.signIn('stranger@example.com')).auth_token;
    });
    after(() => server.close());

    async function addUser(): Promise<{ id: number; username: string }> {
      return server.addUser({ username: `user${++count}@example.com`, organisationId: home, role: 'User' });
    }

    async function rename(id: number): Promise<string> {
      const username = `renamed${++count}@example.com`;
      const answer = await server.call('PATCH', `/api/v1/user/${id}`, { bearer: admin, body: { username } });
      assert.equal(answer.status, 204, answer.text);
      return username;
    }

    async function invite(bearer: string, username: string, organisation: number): Promise<void> {
      const body = { username, name: 'Ada', roles: [{ id: 3 }], organisation: { id: organisation } };
      const answer = await server.call('POST', '/api/v2/user/invitation', { bearer, body });
      assert.equal(answer.status, 201, answer.text);
    }

    const placesOf = async (id: number): Promise<number[][]> =>
      (
        await queryStore(
          server.store,
          `SELECT organisation_id, status FROM assignment WHERE user_id = ${id} ORDER BY organisation_id`,
        )
      ).map(({ organisation_id, status }) => [organisation_id, status]);

    const statusOf = async (id: number): Promise<number> =>
      (await server.call('GET', `/api/v1/user/${id}`, { bearer: admin })).json.status.id;

    test('gets the place that an invitation promised, and stays pending until the username is confirmed', async () => {
      const { id, username: before } = await addUser();
      const username = await rename(id);
      const confirmation = await lastKey(server, username);
      await invite(admin, username, child);
      await followLink(server, username);
      assert.deepEqual(await placesOf(id), [
        [home, 1],
        [child, 1],
      ]);
      assert.equal(await statusOf(id), 0);
      for (const name of [before, username]) {
        assert.equal((await server.authenticate({ username: name, password: testPassword })).status, 401);
      }
      const body = { activationKey: confirmation, password: testPassword };
      assert.equal((await server.call('POST', '/api/v1/user/activation', { body })).status, 204);
      assert.equal(await statusOf(id), 1);
      await server.signIn(username);
    });

    for (const what of ['the confirmation', 'an invitation'] as const) {
      test(`${what} takes the current password: the mail alone may have gone to somebody whose account it is not`, async () => {
        const { id } = await addUser();
        const username = await rename(id);
        if (what === 'an invitation') await invite(admin, username, child);
        const activationKey = await lastKey(server, username);
        for (const version of ['v1', 'v2']) {
          const follow = (body: object) =>
            server.call('POST', `/api/${version}/user/activation`, { body: { activationKey, ...body } });
          assert.deepEqual(problemsOf(await follow({})), ['password is required']);
          const wrong = await follow({ password: 'what a stranger chooses' });
          assert.deepEqual(problemsOf(wrong), ['password is not your current password']);
        }
        assert.deepEqual(
          [await statusOf(id), await placesOf(id)],
          [
            0,
            what === 'an invitation'
              ? [
                  [home, 1],
                  [child, 0],
                ]
              : [[home, 1]],
          ],
        );
        const body = { activationKey, password: testPassword };
        assert.equal(
          (await server.call('POST', '/api/v2/user/activation', { body })).status,
          204,
          'the link is still good',
        );
      });
    }

    test('of guesses with the link three lock, also for the right password, and each is an event', async () => {
      const { id } = await addUser();
      const username = await rename(id);
      const activationKey = await lastKey(server, username);
      const follow = (password: string) =>
        server.call('POST', '/api/v1/user/activation', { body: { activationKey, password } });
      for (const guess of ['a guess', 'another guess', 'a third guess'])
        assert.equal((await follow(guess)).status, 422);
      const locked = await follow(testPassword);
      assert.deepEqual([locked.status, locked.json.error_code, locked.headers.get('retry-after')], [429, 1105, '300']);
      assert.equal(await statusOf(id), 0);
      await server.flush();
      const events = (await server.call('GET', `/api/v1/event?q=type:6,user:${username}`, { bearer: admin })).json;
      assert.deepEqual(
        events.map(({ detail }: { detail: { reason: string } }) => detail.reason),
        ['wrong password', 'wrong password', 'wrong password', 'locked'],
      );
      server.clock.advance({ minutes: 5 });
      assert.equal((await follow(testPassword)).status, 204);
    });

    test('confirms a name for which somebody made an account meanwhile: nobody used that, and it becomes an invitation', async () => {
      const { id } = await addUser();
      const username = await rename(id);
      const activationKey = await lastKey(server, username);
      const body = { username, name: 'Squatted', roles: [{ id: 3 }] };
      const made = await server.call('POST', '/api/v1/user', { bearer: stranger, body });
      assert.equal(made.status, 201, made.text);
      const squattedKey = await lastKey(server, username);
      const follow = (key: string) =>
        server.call('POST', '/api/v1/user/activation', { body: { activationKey: key, password: testPassword } });
      assert.equal((await follow(activationKey)).status, 204);
      await server.signIn(username);
      assert.deepEqual(await placesOf(id), [[home, 1]]);
      assert.equal((await follow(squattedKey)).status, 400);
      const seen = () => server.call('GET', made.headers.get('location') ?? '', { bearer: stranger });
      assert.deepEqual([(await seen()).json.name, (await seen()).json.status.id], ['Squatted', 0]);
      await followLink(server, username);
      assert.deepEqual(await placesOf(id), [
        [home, 1],
        [elsewhere, 1],
      ]);
      assert.deepEqual([(await seen()).json.id, (await seen()).json.status.id], [id, 1]);
    });

    test('has no password reset mailed to an address that is yet to be confirmed', async () => {
      const { id } = await addUser();
      const username = await rename(id);
      const asked = await server.call('POST', '/api/v1/user/password_reset', { body: { username } });
      assert.equal(asked.status, 204);
      await answerMailRequests(server.service);
      const mails = await waitingMails(server, username);
      assert.deepEqual(
        mails.map(({ template }) => template),
        ['username_change', 'username_change'],
      );
    });

    test('accepts no invitation of the name before, and the new address is told of none', async () => {
      const { id, username: before } = await addUser();
      await invite(stranger, before, elsewhere);
      const activationKey = await lastKey(server, before);
      const username = await rename(id);
      const refused = await server.call('POST', '/api/v2/user/activation', { body: { activationKey } });
      assert.equal(refused.status, 403);
      // Somewhere else too: the inviter sees no reason why that should not do.
      await invite(stranger, before, (await server.addOrganisation('Elsewhere too', elsewhere)).id);
      const mails = await waitingMails(server, username);
      assert.deepEqual(
        mails.map(({ template }) => template),
        ['username_change'],
      );
      await followLink(server, username);
      assert.deepEqual(await placesOf(id), [[home, 1]]);
      await server.signIn(username);
    });

    test('is found by the command line under the new name, and activated with it', async () => {
      const { id, username: before } = await addUser();
      const username = await rename(id);
      const run = (...argv: string[]) => runCommandLine(argv, { env: server.store.env });
      assert.equal((await run('user', 'activate', before)).code, 1);
      const activated = await run('user', 'activate', username.toUpperCase());
      assert.deepEqual([activated.code, activated.err], [0, '']);
      await server.signIn(username);
      assert.equal((await server.authenticate({ username: before, password: testPassword })).status, 401);
    });

    test('is not activated where somebody else has the name by then', async () => {
      const { id } = await addUser();
      const username = await rename(id);
      await server.addUser({ username, organisationId: elsewhere });
      await assert.rejects(activateUser(server.service, testActor, id), { token: 'Conflict' });
      assert.equal(await statusOf(id), 0);
    });
  });
}
