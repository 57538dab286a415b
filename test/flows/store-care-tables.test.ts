import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tidyStore } from '../../packages/server/src/domain/store-care.ts';
import { askedForFactor, beginFactor, enrolTotp, type TotpApp } from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import { behindProxy, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

for (const kind of storeKinds) {
  describe(`what is of no use any more on ${kind}`, () => {
    let server: TestServer;
    let app: TotpApp;
    const username = 'jane@example.com';

    before(async () => {
      server = await startTestServer({
        store: kind,
        env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_SIGNUP: 'open' },
      });
      const { id: organisationId } = await server.addOrganisation('Acme');
      await server.addUser({ username, organisationId });
      app = await enrolTotp(server, (await server.signIn(username)).auth_token);
      await server.addUser({ username: 'plain@example.com', organisationId });
    });
    after(() => server.close());

    async function count(table: string): Promise<number> {
      return Number((await queryStore(server.store, `SELECT count(*) AS n FROM ${table}`))[0]?.['n']);
    }

    /** How many rows are left once so much time has passed since now, and just before. */
    async function leftAround(table: string, days: number): Promise<[before: number, after: number]> {
      server.clock.advance({ days, ms: -1 });
      await tidyStore(server.service);
      const kept = await count(table);
      server.clock.advance({ ms: 2 });
      await tidyStore(server.service);
      return [kept, await count(table)];
    }

    test('sessions stay a day longer than their refresh tokens, ended or not', async () => {
      await queryStore(server.store, 'DELETE FROM session');
      const { auth_token: bearer } = await server.signIn('plain@example.com');
      const { refresh_token } = await server.signIn('plain@example.com');
      assert.equal((await server.call('DELETE', '/api/v1/user/my/session', { bearer })).status, 204);
      assert.deepEqual(await leftAround('session', 31), [2, 0]);
      const { status, json } = await server.authenticate({ refresh_token });
      assert.deepEqual([status, json.error_token], [401, 'TokenExpired']);
    });

    test('keys of mails and sign-ups stay a day longer than they work', async () => {
      await queryStore(server.store, 'DELETE FROM activation_key');
      const { auth_token: bearer } = await server.signIn('plain@example.com');
      const body = { username: 'new@example.com', name: 'New' };
      assert.equal((await server.call('POST', '/api/v1/user', { bearer, body })).status, 201);
      const signUp = { username: 'other@example.com', password: testPassword, name: 'Other', organisation: 'Other' };
      assert.equal((await server.call('POST', '/api/v1/signup', { body: signUp })).status, 204);
      await server.deliverMails();
      assert.equal(await count('signup'), 1);
      assert.deepEqual(await leftAround('activation_key', 4), [1, 0]);
      assert.equal(await count('signup'), 0);
    });

    test('second steps that nobody took go an hour after their end', async () => {
      await askedForFactor(server, username);
      server.clock.advance({ minutes: 80, ms: -1 });
      await askedForFactor(server, username);
      await tidyStore(server.service);
      assert.equal(await count('mfa_challenge'), 2);
      server.clock.advance({ ms: 2 });
      await tidyStore(server.service);
      assert.equal(await count('mfa_challenge'), 1);
    });

    test('codes by mail go when they have expired, and spent ones at once', async () => {
      const { auth_token: bearer } = await server.signIn('plain@example.com');
      await beginFactor(server, bearer, 1);
      assert.equal(await count('email_code'), 1);
      server.clock.advance({ minutes: 10, ms: -1 });
      await tidyStore(server.service);
      assert.equal(await count('email_code'), 1);
      server.clock.advance({ ms: 2 });
      await tidyStore(server.service);
      assert.equal(await count('email_code'), 0);
    });

    test('devices that are trusted no more go, and with them what was counted against them', async () => {
      const mfa_token = await askedForFactor(server, username);
      const trusted_device = { fingerprint: 'home', operating_system: 'Linux', browser: 'Firefox' };
      assert.equal((await server.authenticate({ mfa_token, code: app.code(), trusted_device })).status, 200);
      await server.authenticate({ username, password: 'wrong', fingerprint: 'home' });
      const scopes = async () =>
        (await queryStore(server.store, 'SELECT scope FROM lockout ORDER BY scope')).map(({ scope }) =>
          String(scope).replace(/\d.*/, ''),
        );
      assert.deepEqual(await scopes(), ['device:']);
      assert.deepEqual(await leftAround('trusted_device', 90), [1, 0]);
      assert.deepEqual(await scopes(), []);
    });

    test('a lock that is over goes; what counts towards one stays', async () => {
      const attempt = (name: string) =>
        server.authenticate({ username: name, password: 'wrong' }, { from: '198.51.100.7' });
      for (const _ of [1, 2, 3]) await attempt('plain@example.com');
      for (const _ of [1, 2]) await attempt(username);
      server.clock.advance({ minutes: 5, ms: -1 });
      await tidyStore(server.service);
      assert.equal(await count('lockout'), 2);
      assert.equal((await attempt('plain@example.com')).status, 429);
      server.clock.advance({ ms: 2 });
      await tidyStore(server.service);
      assert.equal(await count('lockout'), 1);
      assert.equal((await attempt(username)).status, 401);
      assert.equal((await attempt(username)).status, 429, 'the third in a row');
    });

    test('networks go after 30 days, but for the last of each user, so that a new one is told of after any time', async () => {
      await queryStore(server.store, 'DELETE FROM known_network');
      const plain = { username: 'plain@example.com', password: testPassword };
      const signInFrom = (from: string) => server.authenticate(plain, { from });
      await signInFrom('192.0.2.1');
      await server.authenticate({ ...plain, password: 'wrong' }, { from: '192.0.2.1' });
      server.clock.advance({ minutes: 1 });
      await signInFrom('198.51.100.1');
      assert.deepEqual(await leftAround('known_network', 30), [1, 1]);
      const scopes = await queryStore(server.store, "SELECT scope FROM lockout WHERE scope LIKE 'network:%'");
      assert.deepEqual(scopes, [], 'what was counted there went along');
      server.clock.advance({ days: 100 });
      await tidyStore(server.service);
      assert.equal(await count('known_network'), 1);
      await queryStore(server.store, 'DELETE FROM mail');
      await signInFrom('203.0.113.1');
      const mails = await queryStore(server.store, 'SELECT template FROM mail');
      assert.deepEqual(
        mails.map(({ template }) => template),
        ['new_network'],
      );
    });

    test('what fails is logged, and keeps nothing else from being removed', async (t) => {
      await askedForFactor(server, username);
      server.clock.advance({ days: 40 });
      t.mock.method(server.service.database, 'deleteExpiredActivationKeys', () => Promise.reject(new Error('broken')));
      await tidyStore(server.service);
      assert.equal(await count('mfa_challenge'), 0);
      assert.ok(server.logLines.some((line) => line.includes('keys of mails') && line.includes('broken')));
    });
  });
}
