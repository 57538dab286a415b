import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import { keyOf, type ReceivedMail, takeMails } from '../support/received-mail.ts';
import { recordWork } from '../support/recorded-work.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const password = 'quaint otters juggle lemons';
const paths = ['/api/v1/user/password_reset', '/api/v1/user/activation_resend'] as const;

/** An answer to the byte, but for what differs between any two. */
function seenOf({ status, headers, text }: Answer): object {
  return { status, text, headers: [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date') };
}

for (const kind of storeKinds) {
  describe(`password reset on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind);
      server = scene.server;
    });
    after(() => server.close());

    const ask = (username: string, from?: string): Promise<Answer> =>
      server.call('POST', paths[0], { body: { username }, from });

    async function resetMail(username: string): Promise<ReceivedMail | undefined> {
      assert.equal((await ask(username)).status, 204);
      return (await takeMails(server)).find(({ to }) => to === username);
    }

    const finish = (activationKey: string, more: object = { password }): Promise<Answer> =>
      server.call('POST', '/api/v1/user/activation', { body: { activationKey, ...more } });

    test('the key of the mail sets a new password, once, and only with one', async () => {
      const { username } = await scene.addPerson();
      const key = keyOf(await resetMail(username));
      assert.equal((await finish(key, {})).status, 422);
      assert.equal((await finish(key)).status, 204);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      await server.signIn(username, password);
      assert.equal((await finish(key, { password: 'another one of mine' })).status, 400);
    });

    test('a reset ends every session, unlocks the account, and is told by mail', async () => {
      const { username } = await scene.addPerson();
      const { auth_token, refresh_token } = await server.signIn(username);
      const key = keyOf(await resetMail(username));
      for (const guess of ['a', 'b', 'c']) {
        await server.authenticate({ username, password: guess }, { from: '203.0.113.9' });
      }
      const from = '203.0.113.9';
      assert.equal((await server.authenticate({ username, password: testPassword }, { from })).status, 429);
      assert.equal((await finish(key)).status, 204);
      assert.equal((await server.authenticate({ username, password }, { from })).status, 200);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: auth_token })).status, 401);
      const subjects = (await takeMails(server)).map(({ subject }) => subject);
      assert.ok(subjects.includes('Your password was changed'), subjects.join());
    });

    test('with several mails asked for, the first key that is used voids the others', async () => {
      const { username } = await scene.addPerson();
      const keys = [keyOf(await resetMail(username)), keyOf(await resetMail(username))];
      assert.equal((await finish(keys[1] ?? '')).status, 204);
      assert.equal((await finish(keys[0] ?? '')).status, 400);
    });

    test('a pending user who asks for a password is mailed the activation; a suspended one is mailed nothing', async () => {
      const { username: admin } = await scene.addPerson();
      const bearer = (await server.signIn(admin)).auth_token;
      const body = { username: 'pending@example.com', name: 'Pending' };
      assert.equal((await server.call('POST', '/api/v1/user', { bearer, body })).status, 201);
      await takeMails(server);
      const mail = await resetMail('pending@example.com');
      assert.equal(mail?.subject, 'Activate your account');
      assert.equal((await finish(keyOf(mail))).status, 204);
      await server.signIn('pending@example.com', password);
      const { username, id } = await scene.addPerson();
      await suspendUser(server.service, testActor, id);
      assert.equal(await resetMail(username), undefined);
    });

    test('a name that exists and one that does not are answered alike, to the byte, after the same work', async (t) => {
      const { username } = await scene.addPerson();
      const work = recordWork(t, server.service);
      for (const path of paths) {
        const attempt = async (name: string): Promise<[object, string[]]> => {
          const answer = await server.call('POST', path, { body: { username: name } });
          return [seenOf(answer), work.take()];
        };
        const [known, knownWork] = await attempt(username);
        const [unknown, unknownWork] = await attempt('nobody@example.com');
        const [odd, oddWork] = await attempt('no address at all');
        assert.deepEqual([unknown, odd], [known, known]);
        assert.deepEqual([unknownWork, oddWork], [knownWork, knownWork]);
        assert.deepEqual(knownWork, ['insertMailRequest'], 'nothing is looked up');
      }
    });

    test('for a name that does not exist nothing is mailed, and nothing stays', async () => {
      await takeMails(server);
      for (const path of paths) await server.call('POST', path, { body: { username: 'nobody@example.com' } });
      assert.deepEqual(await takeMails(server), []);
      for (const table of ['mail', 'mail_request']) {
        assert.deepEqual(await queryStore(server.store, `SELECT id FROM ${table}`), []);
      }
    });

    test('that nobody has the name, or nobody has used the account yet, is an event of no organisation', async () => {
      const asked = async (username: string): Promise<object[]> => {
        await queryStore(server.store, "UPDATE event SET description = 'before' WHERE type IN (1080, 1083)");
        for (const path of paths) {
          assert.equal((await server.call('POST', path, { body: { username } })).status, 204);
          await takeMails(server);
        }
        return queryStore(
          server.store,
          "SELECT type, organisation_id, user_id FROM event WHERE type IN (1080, 1083) AND description <> 'before' ORDER BY id",
        );
      };
      const { username, id } = await scene.addPerson();
      await server.service.database.updateUser(id, { status: 0, passwordHash: null });
      const of = (type: number, organisation_id: number | null, user_id: number | null) => ({
        type,
        organisation_id,
        user_id,
      });
      assert.deepEqual(
        (await asked(username)).map((row) => ({ ...row })),
        [of(1083, null, id), of(1083, null, id)],
      );
      assert.deepEqual(
        (await asked('nobody@example.com')).map((row) => ({ ...row })),
        [of(1080, null, null), of(1083, null, null)],
      );
      const known = await scene.addPerson();
      assert.deepEqual(
        (await asked(known.username)).map((row) => ({ ...row })),
        [of(1080, scene.organisationId, known.id), of(1083, null, null)],
      );
    });

    test('the name may be spelled as it may be at the sign-in', async () => {
      const { username } = await scene.addPerson();
      assert.equal((await ask(` ${username.toUpperCase()} `)).status, 204);
      assert.equal((await takeMails(server))[0]?.to, username);
    });

    test('a body without a username is 422', async () => {
      for (const path of paths) {
        assert.equal((await server.call('POST', path, { body: {} })).status, 422);
        assert.equal((await server.call('POST', path, { body: { username: 7 } })).status, 422);
      }
    });
  });
}

test('an hour has three mails of a kind per name, whoever asks and whether there is such a user, and many per address', async (t) => {
  const server = await startTestServer({ env: behindProxy });
  t.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username: 'jane@example.com', organisationId: id });
  const ask = (username: string, from: string, path: string = paths[0]) =>
    server.call('POST', path, { body: { username }, from });
  const exhaust = async (username: string): Promise<Answer> => {
    for (const host of [1, 2, 3]) assert.equal((await ask(username, `203.0.113.${host}`)).status, 204);
    return ask(username.toUpperCase(), '198.51.100.1');
  };
  const [known, unknown] = [await exhaust('jane@example.com'), await exhaust('nobody@example.com')];
  assert.deepEqual([known.status, known.json.error_code], [429, 1105]);
  assert.ok(Number(known.headers.get('retry-after')) > 3000);
  const cut = ({ json: { request_id: _id, ...rest } }: Answer): object => rest;
  assert.deepEqual([unknown.status, cut(unknown)], [known.status, cut(known)]);
  assert.equal((await takeMails(server)).length, 3);
  assert.equal((await ask('jane@example.com', '203.0.113.1', paths[1])).status, 204, 'another kind has its own three');
  server.clock.advance({ minutes: 66 });
  assert.equal((await ask('jane@example.com', '203.0.113.1')).status, 204);
  const statuses: number[] = [];
  for (let index = 0; index < 62; index++) {
    statuses.push((await ask(`name${index}@example.com`, '192.0.2.1')).status);
  }
  assert.deepEqual([statuses.indexOf(429), statuses.lastIndexOf(204)], [60, 59]);
});
