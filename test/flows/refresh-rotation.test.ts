import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  type TestStore,
} from '../support/test-server.ts';

const env = { KEYWRIGHT_REFRESH_ROTATION: 'on', KEYWRIGHT_SESSION_IDLE_DAYS: '7' };

for (const kind of storeKinds) {
  describe(`refresh tokens with rotation on, on ${kind}`, () => {
    let store: TestStore;
    let server: TestServer;
    /** A second instance on the same store; SQLite has one server, so there it is the same. */
    let second: TestServer;

    before(async () => {
      store = await createTestStore(kind);
      const shared = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com', ...env };
      server = await startTestServer({ store, env: shared });
      second = kind === 'sqlite' ? server : await startTestServer({ store, env: shared, clock: server.clock });
      const organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'user@example.com', organisationId });
    });
    after(async () => {
      if (second !== server) await second.close();
      await server.close();
      await store.remove();
    });

    const refresh = (refresh_token: string, at = server) =>
      at.call('POST', '/api/v1/authenticate', { body: { refresh_token } });

    test('each refresh gives the next refresh token', async () => {
      let { refresh_token } = await server.signIn('user@example.com');
      for (let round = 0; round < 3; round++) {
        const answer = await refresh(refresh_token);
        assert.equal(answer.status, 200, answer.text);
        assert.notEqual(answer.json.refresh_token, refresh_token);
        ({ refresh_token } = answer.json);
        server.clock.advance({ minutes: 10 });
      }
    });

    test('20 refreshes at once leave one successor, over two instances too (security E 67)', async () => {
      const { refresh_token } = await server.signIn('user@example.com');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => refresh(refresh_token, index % 2 === 0 ? server : second)),
      );
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      const successors = new Set(answers.map(({ json }) => json.refresh_token));
      assert.equal(successors.size, 1);
      const [successor] = successors;
      assert.equal((await refresh(successor)).status, 200);
    });

    test('the token before works for 30 seconds and gives the same successor; after that it ends the session (security E 66)', async () => {
      const { refresh_token: old } = await server.signIn('user@example.com');
      const { refresh_token: successor } = (await refresh(old)).json;
      server.clock.advance({ seconds: 30 });
      assert.equal((await refresh(old)).json.refresh_token, successor);
      server.clock.advance({ seconds: 1 });
      assert.equal((await refresh(old)).status, 401);
      assert.equal((await refresh(successor)).status, 401, 'whoever holds the successor is out as well');
    });

    test('a token that was replaced twice ends the session within the 30 seconds too', async () => {
      const { refresh_token: first } = await server.signIn('user@example.com');
      const { refresh_token: next } = (await refresh(first)).json;
      const { refresh_token: last } = (await refresh(next)).json;
      assert.equal((await refresh(first)).status, 401);
      assert.equal((await refresh(last)).status, 401);
    });

    test('reuse is an event that raises an alert', async () => {
      const { auth_token } = await server.signIn('user@example.com');
      const events = (await server.call('GET', '/api/v1/event?q=type:1120', { bearer: auth_token })).json;
      assert.equal(events.length, 2);
      assert.ok(events.every(({ alert }: { alert: boolean }) => alert));
    });

    test('a session that is not used for the set days ends (security E 68)', async () => {
      const { refresh_token } = await server.signIn('user@example.com');
      server.clock.advance({ days: 6 });
      const kept = await refresh(refresh_token);
      assert.equal(kept.status, 200);
      await server.flush();
      server.clock.advance({ days: 7 });
      const late = await refresh(kept.json.refresh_token);
      assert.deepEqual([late.status, late.json.error_code], [401, 1103]);
    });

    test('a rotated token stays refused after a restart', async () => {
      const { refresh_token: old } = await server.signIn('user@example.com');
      await refresh(old);
      server.clock.advance({ seconds: 31 });
      const shared = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com', ...env };
      const restarted = await startTestServer({ store, env: shared, clock: server.clock });
      const answer = await refresh(old, restarted);
      await restarted.close();
      assert.equal(answer.status, 401);
    });
  });
}

for (const kind of storeKinds) {
  describe(`refresh tokens once rotation is switched off again, on ${kind}`, () => {
    let store: TestStore;
    let rotating: TestServer;
    let server: TestServer;

    before(async () => {
      store = await createTestStore(kind);
      const shared = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };
      rotating = await startTestServer({ store, env: { ...shared, KEYWRIGHT_REFRESH_ROTATION: 'on' } });
      const organisationId = (await rotating.addOrganisation('Acme')).id;
      await rotating.addUser({ username: 'user@example.com', organisationId });
      server = await startTestServer({ store, env: shared, clock: rotating.clock });
    });
    after(async () => {
      await rotating.close();
      await server.close();
      await store.remove();
    });

    const refresh = (refresh_token: string) => server.authenticate({ refresh_token });

    /** The tokens of a session while rotation was on: the first one, and the one in its place. */
    async function rotateOnce(): Promise<[replaced: string, present: string]> {
      const { refresh_token } = await rotating.signIn('user@example.com');
      return [refresh_token, (await rotating.authenticate({ refresh_token })).json.refresh_token];
    }

    test('the present one works again and again, and is replaced no more', async () => {
      const [, present] = await rotateOnce();
      for (const minutes of [0, 10, 300]) {
        server.clock.advance({ minutes });
        const answer = await refresh(present);
        assert.deepEqual([answer.status, Object.keys(answer.json)], [200, ['auth_token']]);
      }
    });

    test('one that was replaced gives its successor for 30 seconds, and ends the session after that', async () => {
      const [replaced, present] = await rotateOnce();
      server.clock.advance({ seconds: 30 });
      assert.equal((await refresh(replaced)).json.refresh_token, present);
      server.clock.advance({ ms: 1 });
      const reused = await refresh(replaced);
      assert.deepEqual([reused.status, reused.json.error_code], [401, 1102]);
      assert.equal((await refresh(present)).status, 401, 'whoever has it may have stolen it');
    });

    test('one that was replaced twice ends the session at once', async () => {
      const [replaced, present] = await rotateOnce();
      const { refresh_token } = (await rotating.authenticate({ refresh_token: present })).json;
      assert.equal((await refresh(replaced)).status, 401);
      assert.equal((await refresh(refresh_token)).status, 401);
    });
  });
}
