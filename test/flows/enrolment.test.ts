import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { requireSecondFactor } from '../../packages/server/src/domain/second-factor-requirement.ts';
import { changeState } from '../../packages/server/src/domain/state-change.ts';
import {
  askedForFactor,
  beginFactor,
  confirmFactor,
  createTotpApp,
  enrolTotp,
  signInWithTotp,
  step,
} from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

for (const kind of storeKinds) {
  describe(`an organisation that requires a second factor, on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Strict')).id;
      await require(organisationId, true);
    });
    after(() => server.close());

    async function require(id: number, required: boolean): Promise<void> {
      await changeState(server.service, async (stores) => {
        const organisation = { id, name: 'Strict' };
        const event = await requireSecondFactor(server.service, stores, testActor, { organisation, required });
        return { result: undefined, events: [event] };
      });
    }
    async function addUser(home = organisationId) {
      count += 1;
      const username = `user${count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: home });
      return { id, username };
    }

    test('asks a user without one to set it up: every step over HTTP, with the mfa_token (contract §6)', async () => {
      const { username } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      assert.deepEqual(claimsOf(mfa_token)['methods'], ['enrolment']);
      const { id, secret_key } = await beginFactor(server, mfa_token, 0);
      const app = createTotpApp(server, id, secret_key);
      const early = await server.authenticate({ mfa_token, code: app.code() });
      assert.deepEqual([early.status, early.json.error_code], [401, 1102]);
      assert.match(early.json.message, /POST \/api\/v1\/user\/mfa/);
      assert.equal((await confirmFactor(server, mfa_token, id, { code: app.code() })).status, 204);
      assert.equal((await server.authenticate({ mfa_token, code: app.code() })).status, 401, 'that step is used up');
      server.clock.advance(step);
      const answer = await server.authenticate({ mfa_token, code: app.code() });
      assert.deepEqual([answer.status, claimsOf(answer.json.auth_token)['amr']], [200, ['pwd', 'otp']]);
    });

    test('its token is a bearer for nothing but setting one up, and for that until a factor is active (security C 33)', async () => {
      const { username } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const { id, secret_key } = await beginFactor(server, mfa_token, 0);
      const calls: [string, string, object?][] = [
        ['GET', '/api/v1/user/my'],
        ['GET', '/api/v1/user/mfa/type'],
        ['POST', '/api/v1/user/mfa/recovery_code', { password: testPassword }],
        ['DELETE', `/api/v1/user/my/mfa/${id}`],
        ['GET', '/api/v1/user/mfa/trusted_device'],
        ['POST', '/api/v1/application_token', {}],
        ['GET', '/api/v1/event'],
      ];
      for (const [method, path, body] of calls) {
        const answer = await server.call(method, path, { bearer: mfa_token, body });
        assert.deepEqual([answer.status, answer.json.error_code], [401, 1102], `${method} ${path}`);
      }
      const code = createTotpApp(server, id, secret_key).code();
      assert.equal((await confirmFactor(server, mfa_token, id, { code })).status, 204);
      const body = { type: { id: 1 }, password: testPassword };
      assert.equal((await server.call('POST', '/api/v1/user/mfa', { bearer: mfa_token, body })).status, 401);
      server.clock.advance(step);
    });

    test('its token lives 20 minutes, and an active factor voids the others (security C 34, C 35)', async () => {
      const { username } = await addUser();
      const [mfa_token, other] = [await askedForFactor(server, username), await askedForFactor(server, username)];
      const { id, secret_key } = await beginFactor(server, mfa_token, 0);
      const app = createTotpApp(server, id, secret_key);
      assert.equal((await confirmFactor(server, mfa_token, id, { code: app.code() })).status, 204);
      server.clock.advance(step);
      assert.equal((await server.authenticate({ mfa_token: other, code: app.code() })).status, 401);
      const late = await addUser();
      const expired = await askedForFactor(server, late.username);
      server.clock.advance({ minutes: 20 });
      const body = { type: { id: 0 }, password: testPassword };
      assert.equal((await server.call('POST', '/api/v1/user/mfa', { bearer: expired, body })).status, 401);
    });

    test('who lost what they had begun begins anew, and the one before is good no more', async () => {
      const { username } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const lost = await beginFactor(server, mfa_token, 0);
      const again = await beginFactor(server, await askedForFactor(server, username), 0);
      const code = createTotpApp(server, lost.id, lost.secret_key).code();
      assert.equal((await confirmFactor(server, mfa_token, lost.id, { code })).status, 404);
      const app = createTotpApp(server, again.id, again.secret_key);
      assert.equal((await confirmFactor(server, mfa_token, again.id, { code: app.code() })).status, 204);
      server.clock.advance(step);
    });

    test('the password is asked for again, and wrong codes count, as with a session', async () => {
      const { username } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const body = { type: { id: 0 }, password: 'wrong' };
      const statuses: number[] = [];
      for (const _ of [1, 2, 3, 4]) {
        statuses.push((await server.call('POST', '/api/v1/user/mfa', { bearer: mfa_token, body })).status);
      }
      assert.deepEqual(statuses, [422, 422, 422, 429]);
      server.clock.advance({ minutes: 5 });
    });

    test('a user with a factor signs in with it, as everywhere', async () => {
      const { username } = await addUser();
      await require(organisationId, false);
      const { auth_token } = await server.signIn(username);
      await require(organisationId, true);
      const app = await enrolTotp(server, auth_token);
      const mfa_token = await askedForFactor(server, username);
      assert.deepEqual(claimsOf(mfa_token)['methods'], ['totp']);
      assert.equal((await server.authenticate({ mfa_token, code: app.code() })).status, 200);
    });

    test('being assigned to one is enough, also where the home organisation requires none', async () => {
      const lenient = await server.addOrganisation('Lenient');
      const { id, username } = await addUser(lenient.id);
      assert.ok((await server.signIn(username)).auth_token);
      await server.service.database.upsertAssignment({ userId: id, organisationId, roles: 4, createdAt: 1 });
      await askedForFactor(server, username);
    });

    test('a session that began with the password alone does not switch to it; one with a second factor does', async () => {
      const lenient = await server.addOrganisation('Lenient');
      const { id, username } = await addUser(lenient.id);
      const { auth_token, refresh_token } = await server.signIn(username);
      await server.service.database.upsertAssignment({ userId: id, organisationId, roles: 4, createdAt: 1 });
      const switchTo = (bearer: string, target = organisationId) =>
        server.call('POST', '/api/v1/authenticate/workspace', {
          bearer,
          body: { target_organisation: { id: target } },
        });
      const refused = await switchTo(auth_token);
      assert.deepEqual([refused.status, refused.json.error_code], [401, 1102]);
      assert.match(refused.json.message, /Sign in again.*second factor/);
      const refreshed = await server.authenticate({ refresh_token });
      assert.equal((claimsOf(refreshed.json.auth_token)['org'] as { id: number }).id, lenient.id);

      const app = await enrolTotp(server, auth_token);
      assert.equal((await switchTo(auth_token)).status, 401, 'a factor that came after the sign-in was not asked for');
      const device = { fingerprint: 'this browser', operating_system: 'Linux', browser: 'Firefox' };
      const passed = await signInWithTotp(server, username, app, device);
      assert.equal((await switchTo(passed.auth_token)).status, 200);
      const trusted = await server.authenticate({ username, password: testPassword, fingerprint: 'this browser' });
      assert.equal((await switchTo(trusted.json.auth_token)).status, 200, 'the trusted device stands for the factor');
      await require(organisationId, false);
      assert.equal((await switchTo(auth_token)).status, 200, 'it requires none any more');
      await require(organisationId, true);
      assert.equal((await switchTo(auth_token, lenient.id)).status, 200, 'out of it the way is free');
    });

    test('the change is an event', async () => {
      const events = await queryStore(server.store, 'SELECT description FROM event WHERE type = 1104 ORDER BY id');
      assert.equal(events[0]?.['description'], 'Strict requires a second factor, by test');
    });
  });
}
