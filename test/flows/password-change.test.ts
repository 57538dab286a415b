import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { takeMails } from '../support/received-mail.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testPassword,
} from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';

const next = 'quaint otters juggle lemons';
const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' };

function change(server: TestServer, bearer: string, body: unknown, from?: string): Promise<Answer> {
  return server.call('PATCH', '/api/v1/user/password', { bearer, body, from });
}

const body = { old_password: testPassword, new_password: next };

for (const kind of storeKinds) {
  describe(`change of the password on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env });
      organisationId = (await server.addOrganisation('Acme')).id;
    });
    after(() => server.close());

    async function addUser(): Promise<string> {
      count += 1;
      return (await server.addUser({ username: `user${count}@example.com`, organisationId, role: 'Observer' }))
        .username;
    }

    test('the calling session goes on, and every other one ends (security E 60)', async () => {
      const username = await addUser();
      const calling = await server.signIn(username);
      const other = await server.signIn(username);
      const { application_token } = await server.createToken(calling.auth_token);
      assert.equal((await change(server, calling.auth_token, body)).status, 204);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: calling.auth_token })).status, 200);
      assert.equal((await server.authenticate({ refresh_token: calling.refresh_token })).status, 200);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: other.auth_token })).status, 401);
      assert.equal((await server.authenticate({ refresh_token: other.refresh_token })).status, 401);
      assert.equal((await server.authenticate({ application_token })).status, 200, 'application tokens stay');
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      await server.signIn(username, next);
    });

    test('both passwords may come as their SHA-1', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
      const hashed = { old_password: sha1(testPassword), new_password: sha1(next).toUpperCase() };
      assert.equal((await change(server, auth_token, hashed)).status, 204);
      await server.signIn(username, next);
    });

    test('without the right old password nothing changes (security A 10)', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      for (const wrong of [{ ...body, old_password: 'wrong' }, { new_password: next }, { ...body, old_password: '' }]) {
        const answer = await change(server, auth_token, wrong);
        assert.equal(answer.status, 422);
        assert.match(answer.json.errors[0].message, /old_password/);
        await server.signIn(username);
      }
    });

    test('a new password that won’t do is refused, and the property is named (security A 5, 8, 9, 15)', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      const sha1 = createHash('sha1').update('password123').digest('hex');
      for (const new_password of ['seven 7', 'password123', 'Password123', sha1, username, 'keywright']) {
        const answer = await change(server, auth_token, { ...body, new_password });
        assert.equal(answer.status, 422, new_password);
        assert.match(answer.json.errors[0].message, /^new_password /);
      }
      assert.equal((await change(server, auth_token, {})).json.errors.length, 2);
      await server.signIn(username);
    });

    test('wrong old passwords lock like failed sign-ins, together with these, and are events', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      const from = '203.0.113.7';
      const wrong = { ...body, old_password: 'wrong' };
      assert.equal((await change(server, auth_token, wrong, from)).status, 422);
      assert.equal((await server.authenticate({ username, password: 'wrong' }, { from })).status, 401);
      assert.equal((await change(server, auth_token, wrong, from)).status, 422);
      const locked = await change(server, auth_token, body, from);
      assert.equal(locked.status, 429);
      assert.ok(Number(locked.headers.get('retry-after')) > 0);
      assert.equal((await server.authenticate({ username, password: testPassword }, { from })).status, 429);
      assert.equal((await change(server, auth_token, body)).status, 204, 'from where the user signed in it goes on');
      await server.flush();
      const events = await queryStore(server.store, 'SELECT description FROM event WHERE type = 6 ORDER BY id');
      assert.ok(events.some(({ description }) => description === `${username}: wrong password, from ${from}`));
    });

    test('of thirty wrong old passwords at once three are judged, and then not even the right one', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      const guesses = Array.from({ length: 30 }, (_, index) =>
        change(server, auth_token, { ...body, old_password: `guess ${index}` }),
      );
      const statuses = (await Promise.all(guesses)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 422).length, 3);
      assert.equal(statuses.filter((status) => status === 429).length, 27);
      assert.equal((await change(server, auth_token, body)).status, 429);
    });

    test('it is told by mail, and is an event that says which sessions ended', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      await takeMails(server);
      await change(server, auth_token, body, '198.51.100.4');
      const [mail] = await takeMails(server);
      assert.deepEqual([mail?.to, mail?.subject], [username, 'Your password was changed']);
      assert.match(mail?.text ?? '', /^From: 198\.51\.100\.4$/m);
      const events = await queryStore(server.store, 'SELECT description FROM event WHERE type = 1013 ORDER BY id DESC');
      assert.equal(events[0]?.['description'], `${username} got a new password, by ${username}`);
    });

    test('only the user in person changes it: no application token, and nobody without a token', async () => {
      const username = await addUser();
      const { auth_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      const bearer = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal((await change(server, bearer, body)).status, 403);
      assert.equal((await change(server, bearer, {})).status, 403, 'before the body is looked at');
      assert.equal((await server.call('PATCH', '/api/v1/user/password', { body })).status, 401);
      await server.signIn(username);
    });
  });
}

test('of two changes over two instances at the same moment one counts, and only its session goes on', async (t) => {
  const servers = await startTwoServers(t, env);
  const [one] = servers;
  const { id } = await one.addOrganisation('Acme');
  await one.addUser({ username: 'jane@example.com', organisationId: id });
  const sessions = [await one.signIn('jane@example.com'), await one.signIn('jane@example.com')];
  const answers = await Promise.all(
    servers.map((server, index) =>
      change(server, sessions[index]!.auth_token, { ...body, new_password: `${next} ${index}` }),
    ),
  );
  const winner = answers.findIndex(({ status }) => status === 204);
  assert.equal(answers.filter(({ status }) => status === 204).length, 1);
  assert.ok([401, 422].includes(answers[1 - winner]?.status ?? 0));
  await one.signIn('jane@example.com', `${next} ${winner}`);
  const refreshed = await Promise.all(
    sessions.map(({ refresh_token }) => one.authenticate({ refresh_token }).then(({ status }) => status)),
  );
  assert.equal(refreshed[winner], 200);
  assert.equal(refreshed[1 - winner], 401);
});
