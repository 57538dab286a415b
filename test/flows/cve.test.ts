import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { holdNextHash } from '../support/held-hash.ts';
import {
  behindProxy,
  claimsOf,
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

/** What went wrong in others, as far as no other file of this folder has it under its own subject; see docs/security.md. */
const username = 'jane@example.com';
const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };

async function addJane(server: TestServer): Promise<number> {
  const { id: organisationId } = await server.addOrganisation('Acme');
  return (await server.addUser({ username, organisationId })).id;
}

for (const kind of storeKinds) {
  describe(`what went wrong in others, on ${kind}`, () => {
    async function start(t: TestContext): Promise<TestServer> {
      const server = await startTestServer({ store: kind, env });
      t.after(() => server.close());
      return server;
    }

    test('tokens of thousands of dots, and longer ones than any of ours, are refused unread (CVE-2025-30204, CVE-2025-27144)', async (t) => {
      const server = await start(t);
      await addJane(server);
      for (const text of ['.'.repeat(8192), 'a.'.repeat(4096), `${'a'.repeat(4000)}..${'b'.repeat(4000)}`]) {
        assert.equal((await server.authenticate({ refresh_token: text })).status, 401);
        assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: text })).status, 401);
      }
      for (const length of [8193, 60_000]) {
        assert.equal((await server.authenticate({ refresh_token: '.'.repeat(length) })).status, 422);
        assert.equal((await server.authenticate({ application_token: '.'.repeat(length) })).status, 422);
      }
      assert.equal((await server.authenticate({ refresh_token: '.'.repeat(90_000) })).status, 413);
      // No request that any operation could declare an answer for: its header is too large to be read.
      const headers = { authorization: `Bearer ${'.'.repeat(90_000)}` };
      assert.equal((await fetch(`${server.url}/api/v1/user/my`, { headers })).status, 431);
    });

    test('no two services start with one secret: the tokens of one are nothing to another (public default secrets)', async (t) => {
      const [one, other] = [await start(t), await start(t)];
      for (const server of [one, other]) await addJane(server);
      const { auth_token, refresh_token } = await one.signIn(username);
      assert.equal((await other.call('GET', '/api/v1/user/my', { bearer: auth_token })).status, 401);
      assert.equal((await other.authenticate({ refresh_token })).status, 401);
      assert.equal((await one.call('GET', '/api/v1/user/my', { bearer: auth_token })).status, 200);
    });

    test('a lock that falls while a right password is being hashed refuses it: the lock is checked at the moment of issue (CVE-2026-9798)', async (t) => {
      const store = await createTestStore(kind);
      const one = await startTestServer({ store, env });
      // Another instance, or on SQLite what a command could do beside the server.
      const other = await startTestServer({ store, env, clock: one.clock });
      t.after(async () => {
        await one.close();
        await other.close();
        await store.remove();
      });
      const id = await addJane(one);
      const { started, release } = holdNextHash(t, one);
      const pending = one.authenticate({ username, password: testPassword }, { from: '198.51.100.1' });
      await started;
      for (const password of ['a', 'b', 'c']) {
        assert.equal((await other.authenticate({ username, password }, { from: '198.51.100.2' })).status, 401);
      }
      release();
      assert.equal((await pending).status, 429);
      assert.equal(await one.service.database.findSession(1), undefined);
      assert.ok((await one.service.database.findLockout({ subject: `user:${id}`, scope: 'account' }))?.lockedUntil);
    });

    test('a password that changes, or a user who is suspended, while the old one is being hashed gets no session', async (t) => {
      for (const change of ['password', 'suspension'] as const) {
        const server = await start(t);
        const id = await addJane(server);
        const { started, release } = holdNextHash(t, server);
        const pending = server.authenticate({ username, password: testPassword });
        await started;
        const changing =
          change === 'suspension'
            ? suspendUser(server.service, testActor, id)
            : server.service.database.updateUser(id, { passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA' });
        await changing;
        release();
        assert.equal((await pending).status, 401, change);
      }
    });

    test('sessions that end while a right password is being hashed are older than the token that it gets', async (t) => {
      const server = await start(t);
      const id = await addJane(server);
      const { auth_token: bearer } = await server.signIn(username);
      const { started, release } = holdNextHash(t, server);
      const pending = server.authenticate({ username, password: testPassword });
      await started;
      assert.equal((await server.call('DELETE', '/api/v1/user/my/session', { bearer })).status, 204);
      release();
      const { json } = await pending;
      const present = await server.service.database.findUser(id);
      assert.equal(claimsOf(json.auth_token)['ver'], present?.version);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: json.auth_token })).status, 200);
    });

    test('20 parallel refreshes of one token are all answered, and leave one session (CVE-2026-1035)', async (t) => {
      const server = await start(t);
      await addJane(server);
      const { auth_token, refresh_token } = await server.signIn(username);
      const answers = await Promise.all(Array.from({ length: 20 }, () => server.authenticate({ refresh_token })));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const sids = answers.map(({ json }) => claimsOf(json.auth_token)['sid']);
      assert.deepEqual(new Set(sids), new Set([claimsOf(auth_token)['sid']]));
    });

    test('ended sessions stay ended after a restart, whatever the process remembered (CVE-2025-29928, CVE-2026-9802)', async (t) => {
      const store = await createTestStore(kind);
      t.after(() => store.remove());
      const before = await startTestServer({ store, env });
      const id = await addJane(before);
      const kept = await before.signIn(username);
      await suspendUser(before.service, testActor, id);
      await before.service.database.updateUser(id, { status: 1 });
      await before.close();
      const server = await startTestServer({ store, env, clock: before.clock });
      t.after(() => server.close());
      assert.equal((await server.authenticate({ refresh_token: kept.refresh_token })).status, 401);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: kept.auth_token })).status, 401);
      await server.signIn(username);
    });

    test('neither bearer nor refresh token survives a new password (GHSA-mr34-8733-grr2)', async (t) => {
      const server = await start(t);
      const id = await addJane(server);
      const { auth_token, refresh_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      await setPassword(server.service, testActor, id, 'an entirely new password');
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: auth_token })).status, 401);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
      assert.equal((await server.authenticate({ application_token })).status, 200, 'application tokens stay');
    });
  });
}
