import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createActivationKey } from '../../packages/server/src/domain/activation-key.ts';
import type { ActivationPurpose } from '../../packages/server/src/domain/activation-key-port.ts';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import type { User } from '../../packages/server/src/domain/records.ts';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { keyOf, takeMails } from '../support/received-mail.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  refusalOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';

const password = 'quaint otters juggle lemons';
const env = { KEYWRIGHT_RATE_LIMIT: 'off' };

function activate(server: TestServer, activationKey: string, more: object = { password }): Promise<Answer> {
  return server.call('POST', '/api/v1/user/activation', { body: { activationKey, ...more } });
}

function activateV2(server: TestServer, activationKey: string, more: object = { password }): Promise<Answer> {
  return server.call('POST', '/api/v2/user/activation', { body: { activationKey, ...more } });
}

for (const kind of storeKinds) {
  describe(`activation on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'admin@example.com', organisationId });
    });
    after(() => server.close());
    // Tests turn the clock by days; an auth token lives for hours.
    beforeEach(async () => {
      bearer = (await server.signIn('admin@example.com')).auth_token;
      await takeMails(server);
    });

    const status = async (id: number): Promise<number> =>
      (await queryStore(server.store, `SELECT status FROM user_account WHERE id = ${id}`))[0]?.['status'];

    /** Has an administrator make a user; answers it with the key that it is mailed. */
    async function createPending(): Promise<{ username: string; id: number; key: string }> {
      count += 1;
      const username = `pending${count}@example.com`;
      const body = { username, name: `Pending ${count}`, roles: [{ id: 2 }] };
      const made = await server.call('POST', '/api/v1/user', { bearer, body });
      assert.equal(made.status, 201, made.text);
      const [mail] = await takeMails(server);
      assert.equal(mail?.to, username);
      return { username, id: Number(made.headers.get('location')?.split('/').at(-1)), key: keyOf(mail) };
    }

    async function addActive(): Promise<User> {
      count += 1;
      return server.addUser({ username: `active${count}@example.com`, organisationId });
    }

    function createKey(user: User, purpose: ActivationPurpose, change: object = {}): Promise<string> {
      return createActivationKey(server.service, server.service.database, { user, purpose, ...change });
    }

    test('a new user activates the account with the key of the mail, once, and signs in with the password', async () => {
      const { username, id, key } = await createPending();
      assert.equal((await server.authenticate({ username, password })).status, 401);
      assert.equal((await activate(server, key)).status, 204);
      assert.equal(await status(id), 1);
      await server.signIn(username, password);
      assert.deepEqual(refusalOf(await activate(server, key, { password: 'another one of mine' })), [400, 1000]);
      assert.deepEqual(refusalOf(await activateV2(server, key)), [403, 1104]);
      await server.signIn(username, password);
    });

    test('v2 activates too, with a name, and answers a bad or used key with 403', async () => {
      const { username, id, key } = await createPending();
      assert.equal((await activateV2(server, key, { password, name: 'Jane Doe' })).status, 204);
      const [row] = await queryStore(server.store, `SELECT name FROM user_account WHERE id = ${id}`);
      assert.equal(row?.['name'], 'Jane Doe');
      assert.deepEqual(refusalOf(await activateV2(server, key)), [403, 1104]);
      await server.signIn(username, password);
    });

    test('what is refused with 422 does not use the key up, and every problem is listed', async () => {
      const { username, key } = await createPending();
      const problems = async (answer: Promise<Answer>): Promise<unknown> =>
        (await answer).json.errors?.map(({ error_token }: { error_token: string }) => error_token);
      for (const use of [activate, activateV2]) {
        assert.deepEqual(await problems(use(server, key, {})), ['Required']);
        assert.deepEqual(await problems(use(server, key, { password: 'seven 7' })), ['InvalidFormat']);
        assert.deepEqual(await problems(use(server, key, { password: 'iloveyou1' })), ['InvalidFormat']);
        assert.deepEqual(await problems(use(server, key, { password: username })), ['InvalidFormat']);
        assert.deepEqual(await problems(use(server, key, { password: 12345678 })), ['InvalidFormat']);
      }
      assert.deepEqual(await problems(activateV2(server, key, { name: 'a\u0000b' })), ['InvalidFormat', 'Required']);
      assert.deepEqual(await problems(activate(server, '', {})), ['InvalidFormat']);
      assert.equal((await activate(server, key)).status, 204);
    });

    test('of twenty uses of one key at the same moment one succeeds', async () => {
      const { username, key } = await createPending();
      const uses = Array.from({ length: 20 }, (_, index) =>
        activate(server, key, { password: `${password} ${index}` }),
      );
      const statuses = (await Promise.all(uses)).map((answer) => answer.status);
      assert.equal(statuses.filter((one) => one === 204).length, 1);
      assert.equal(statuses.filter((one) => one === 400).length, 19);
      await server.signIn(username, `${password} ${statuses.indexOf(204)}`);
    });

    test('a key works until 72 hours have passed, that of a reset until an hour has, and not a millisecond longer', async () => {
      const cases = [
        ['activation', 72],
        ['username_change', 72],
        ['invitation', 72],
        ['password_reset', 1],
      ] as const;
      for (const [purpose, hours] of cases) {
        const user = await server.service.database.insertUser({
          username: `${purpose}@example.com`,
          usernameKey: `${purpose}@example.com`,
          name: 'Name',
          status: 0,
          passwordHash: null,
          organisationId,
          version: 1,
          createdAt: server.clock.now(),
          passwordChangedAt: null,
          language: 'en',
        });
        const late = await createKey(user, purpose, { organisationId, roles: roleSet('User') });
        server.clock.advance({ minutes: hours * 60, ms: -1 });
        // Without a password a good key is 422, and goes on.
        assert.equal((await activate(server, late, {})).status, 422, purpose);
        server.clock.advance({ ms: 1 });
        assert.deepEqual(refusalOf(await activate(server, late, {})), [400, 1000], purpose);
      }
    });

    test('every key is void once the password changes', async () => {
      const user = await addActive();
      const purposes = ['password_reset', 'invitation'] as const;
      const keys = await Promise.all(purposes.map((purpose) => createKey(user, purpose, { organisationId, roles: 4 })));
      server.clock.advance({ seconds: 1 });
      await setPassword(server.service, testActor, user.id, password);
      for (const key of keys) assert.deepEqual(refusalOf(await activate(server, key)), [400, 1000]);
      await server.signIn(user.username, password);
    });

    test('every key is void once the username changes', async () => {
      const user = await addActive();
      const key = await createKey(user, 'password_reset');
      const { auth_token } = await server.signIn(user.username);
      const renamed = `renamed${count}@example.com`;
      const body = { username: renamed };
      assert.equal((await server.call('PATCH', '/api/v1/user/my', { bearer: auth_token, body })).status, 204);
      assert.deepEqual(refusalOf(await activate(server, key)), [400, 1000]);
      const mails = await takeMails(server);
      const confirmation = mails.find(({ to, text }) => to === renamed && text.includes('activationKey'));
      assert.equal((await activate(server, keyOf(confirmation), { password: testPassword })).status, 204);
      await server.signIn(renamed);
    });

    test('confirming a new username leaves the password as it is, and the address before is told', async () => {
      const user = await addActive();
      const { auth_token } = await server.signIn(user.username);
      const body = { username: `confirmed${count}@example.com` };
      await server.call('PATCH', '/api/v1/user/my', { bearer: auth_token, body });
      const mails = await takeMails(server);
      assert.deepEqual(mails.map(({ to }) => to).sort(), [body.username, user.username].sort());
      const key = keyOf(mails.find(({ to }) => to === body.username));
      assert.equal((await activate(server, key, { password: testPassword })).status, 204);
      await server.signIn(body.username);
    });

    test('no key works for a suspended user, and none makes a suspended user active', async () => {
      const user = await addActive();
      const key = await createKey(user, 'password_reset');
      await suspendUser(server.service, testActor, user.id);
      assert.deepEqual(refusalOf(await activate(server, key)), [400, 1000]);
      assert.equal(await status(user.id), 2);
    });

    test('a key that was tampered with, one of another kind, and one that never was are refused alike', async () => {
      const { key } = await createPending();
      const { auth_token, refresh_token } = await server.signIn('admin@example.com');
      const [head, payload, signature] = key.split('.');
      const other = Buffer.from(JSON.stringify({ ...JSON.parse(atob(payload ?? '')), jti: 'x' })).toString('base64url');
      const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
      const bad = [
        `${head}.${other}.${signature}`,
        `${none}.${payload}.`,
        key.slice(0, -1),
        `${key}x`,
        auth_token,
        refresh_token,
        'x',
        '...',
        "' OR 1=1 --",
      ];
      const answers = await Promise.all(bad.map((one) => activate(server, one)));
      for (const answer of answers) {
        assert.deepEqual(refusalOf(answer), [400, 1000]);
        assert.equal(answer.json.message, answers[0]?.json.message);
      }
      for (const token of [refresh_token, auth_token]) {
        assert.equal((await server.authenticate({ refresh_token: key })).status, 401);
        assert.deepEqual(refusalOf(await activateV2(server, token)), [403, 1104]);
      }
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: key })).status, 401);
      assert.equal((await activate(server, key)).status, 204);
    });

    test('an invitation is accepted with the key alone by a user who has a password, who then works there with the roles', async () => {
      const other = await server.addOrganisation(`Other ${count}`);
      await server.addUser({ username: `boss${count}@example.com`, organisationId: other.id });
      const boss = (await server.signIn(`boss${count}@example.com`)).auth_token;
      const user = await addActive();
      const body = { username: user.username, name: 'Whoever', roles: [{ id: 3 }] };
      const invited = await server.call('POST', '/api/v2/user/invitation', { bearer: boss, body });
      assert.equal(invited.status, 201, invited.text);
      const workspaces = async (): Promise<unknown[]> => {
        const session = (await server.signIn(user.username)).auth_token;
        const { json } = await server.call('GET', '/api/v2/user/my/workspace', { bearer: session });
        const active = json.filter(({ status }: { status: { id: number } }) => status.id === 1);
        return active.map(({ name, roles }: { name: string; roles: { name: string }[] }) => [name, roles[0]?.name]);
      };
      assert.deepEqual(await workspaces(), [['Acme', 'Administrator']]);
      const mail = (await takeMails(server)).find(({ to }) => to === user.username);
      assert.match(mail?.text ?? '', /^Accept invitation:$/m);
      assert.equal((await activateV2(server, keyOf(mail), { password })).status, 204);
      assert.deepEqual(await workspaces(), [
        ['Acme', 'Administrator'],
        [other.name, 'Observer'],
      ]);
      assert.deepEqual(refusalOf(await activateV2(server, keyOf(mail), {})), [403, 1104]);
      assert.equal(
        (await server.authenticate({ username: user.username, password })).status,
        401,
        'the password stays',
      );
    });

    test('activation leaves an event of what was done, and of each refusal with its true reason; never the key', async () => {
      const { id, key } = await createPending();
      await activate(server, key);
      const refused = await activate(server, key);
      await server.flush();
      const rows = await queryStore(
        server.store,
        `SELECT type, user_id, description, detail, request_id FROM event WHERE user_id = ${id} ORDER BY id`,
      );
      const activated = rows.find(({ type }) => type === 1011);
      assert.ok(activated);
      const failed = rows.find(({ type }) => type === 1084);
      assert.match(failed?.['description'], /used already/);
      assert.equal(failed?.['request_id'], refused.headers.get('x-request-id'));
      const [, payload = '', signature = ''] = key.split('.');
      const everywhere = (await dumpStore(server.store)) + server.logLines.join('');
      for (const part of [payload, signature]) assert.equal(everywhere.includes(part), false);
    });

    test('who activates an account is written to in the language of the browser from then on', async () => {
      for (const [language, subject] of [
        ['de-DE,de;q=0.9', 'Wählen Sie ein neues Passwort'],
        ['*', 'Choose a new password'],
      ] as const) {
        const { username, key } = await createPending();
        const body = { activationKey: key, password };
        const headers = { 'accept-language': language };
        assert.equal((await server.call('POST', '/api/v1/user/activation', { body, headers })).status, 204);
        await server.call('POST', '/api/v1/user/password_reset', {
          body: { username },
          headers: { 'accept-language': 'de' },
        });
        assert.equal((await takeMails(server))[0]?.subject, subject);
      }
    });

    test('the mail can be had again, as often as an hour allows, and the first key goes on working', async () => {
      const { username, key } = await createPending();
      const resend = () => server.call('POST', '/api/v1/user/activation_resend', { body: { username } });
      assert.equal((await resend()).status, 204);
      const [again] = await takeMails(server);
      assert.equal(again?.to, username);
      assert.notEqual(keyOf(again), key);
      assert.equal((await activate(server, key)).status, 204);
      assert.deepEqual(refusalOf(await activate(server, keyOf(again))), [400, 1000], 'and voids the second');
      assert.equal((await resend()).status, 204);
      assert.deepEqual(await takeMails(server), [], 'an active user gets none');
    });

    test('the mail that confirms a new username can be had again', async () => {
      const user = await addActive();
      const { auth_token } = await server.signIn(user.username);
      const username = `again${count}@example.com`;
      await server.call('PATCH', '/api/v1/user/my', { bearer: auth_token, body: { username } });
      await takeMails(server);
      await server.call('POST', '/api/v1/user/activation_resend', { body: { username: username.toUpperCase() } });
      const [mail] = await takeMails(server);
      assert.equal(mail?.to, username);
      assert.equal((await activate(server, keyOf(mail), { password: testPassword })).status, 204);
      await server.signIn(username);
    });
  });
}

test('of twenty resets with one key over two instances at the same moment one succeeds', async (t) => {
  const servers = await startTwoServers(t, env);
  const [one] = servers;
  const { id } = await one.addOrganisation('Acme');
  const user = await one.addUser({ username: 'jane@example.com', organisationId: id });
  const { database } = one.service;
  const key = await createActivationKey(one.service, database, { user, purpose: 'password_reset' });
  const uses = Array.from({ length: 20 }, (_, index) =>
    activate(servers[index % 2]!, key, { password: `${password} ${index}` }),
  );
  const statuses = (await Promise.all(uses)).map((answer) => answer.status);
  assert.equal(statuses.filter((one) => one === 204).length, 1);
  assert.equal(statuses.filter((one) => one === 400).length, 19);
  await one.signIn('jane@example.com', `${password} ${statuses.indexOf(204)}`);
  assert.equal((await one.authenticate({ username: 'jane@example.com', password: testPassword })).status, 401);
});
