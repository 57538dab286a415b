import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import { askedForFactor, enrolTotp, eventsOf, signInWithTotp, step } from '../support/second-factor.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import {
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const outside = '198.51.100.1';
const elsewhere = '203.0.113.7';

/** A fingerprint as published portals derive it from the browser. */
const fingerprint = '5b0a6d1f3c9e4b1a';
const device = { fingerprint, operating_system: 'Linux', browser: 'Firefox 140', name: "Jane's laptop" };

for (const kind of storeKinds) {
  describe(`trusted devices on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind);
      server = scene.server;
    });
    after(() => server.close());

    /** A user of the test's own with a TOTP who trusts a device. */
    async function addUser(trusted: object = device) {
      const { id, username, bearer } = await scene.addPerson();
      const app = await enrolTotp(server, bearer);
      const { auth_token } = await signInWithTotp(server, username, app, trusted);
      return { id, username, app, bearer: auth_token };
    }
    /** What the first step gives from the device. */
    async function firstStep(username: string, given = fingerprint, from = '127.0.0.1', password = testPassword) {
      const answer = await server.authenticate({ username, password, fingerprint: given }, { from });
      return answer.status === 200 ? Object.keys(answer.json).sort().join() : answer.status;
    }
    const signedIn = 'auth_token,refresh_token';
    const list = (bearer: string, path = '/api/v1/user/mfa/trusted_device') => server.call('GET', path, { bearer });

    test('a trusted device skips the second step, and the session says that only the password was given', async () => {
      const { username } = await addUser();
      const answer = await server.authenticate({ username, password: testPassword, fingerprint });
      assert.deepEqual(Object.keys(answer.json).sort().join(), signedIn);
      assert.deepEqual(claimsOf(answer.json.auth_token)['amr'], ['pwd']);
      await askedForFactor(server, username);
      await askedForFactor(server, username, { fingerprint: 'another' });
      await askedForFactor(server, username, { fingerprint: '' });
    });

    test('a trusted device is trusted for 90 days, no longer (security C 39)', async () => {
      const { username, bearer } = await addUser();
      // The sign-in that trusted it was a step ago.
      server.clock.advance({ days: 90, seconds: -30, ms: -1 });
      assert.equal(await firstStep(username), signedIn);
      server.clock.advance({ ms: 1 });
      assert.equal(await firstStep(username), 'mfa_token');
      assert.equal((await list(bearer)).status, 401, 'that session is long over');
    });

    test('a new password ends the trust in every device (security C 39)', async () => {
      const { id, username } = await addUser();
      await setPassword(server.service, testActor, id, testPassword);
      assert.equal(await firstStep(username), 'mfa_token');
    });

    test('a change of the second factors ends the trust in every device (security C 39)', async () => {
      const { username, app, bearer } = await addUser();
      const removed = await server.call('DELETE', `/api/v1/user/my/mfa/${app.id}`, { bearer });
      assert.equal(removed.status, 204);
      await enrolTotp(server, bearer);
      assert.equal(await firstStep(username), 'mfa_token');
    });

    test('a device that the user removes is asked for the second factor again (security C 39)', async () => {
      const { id, username, bearer } = await addUser();
      const [{ id: deviceId }] = (await list(bearer)).json;
      const remove = (deviceId: number) =>
        server.call('DELETE', `/api/v1/user/mfa/trusted_device/${deviceId}`, { bearer });
      assert.equal((await remove(deviceId + 1000)).status, 404);
      assert.equal((await remove(deviceId)).status, 204);
      assert.equal((await remove(deviceId)).status, 404);
      assert.equal(await firstStep(username), 'mfa_token');
      assert.deepEqual((await list(bearer)).json, []);
      assert.deepEqual(await eventsOf(server, id, 1101), [`${username} trusts a device`]);
      assert.deepEqual(await eventsOf(server, id, 1102), [
        `A trusted device of ${username} was removed by ${username}`,
      ]);
    });

    test("a device of one user with another's name and password is asked for the second factor (security C 40)", async () => {
      await addUser();
      const joe = await addUser({ ...device, fingerprint: "Joe's" });
      assert.equal(await firstStep(joe.username), 'mfa_token');
      assert.equal(await firstStep(joe.username, "Joe's"), signedIn);
      await addUser();
      const rows = await queryStore(server.store, 'SELECT fingerprint_hash FROM trusted_device');
      const hashes = rows.map((row) => Buffer.from(row['fingerprint_hash']).toString('hex'));
      assert.equal(new Set(hashes).size, hashes.length, 'one fingerprint of two users rests as two hashes');
    });

    test('devices are listed with what they are and until when, never with the fingerprint, which rests hashed', async () => {
      const { id, bearer } = await addUser({ ...device, fingerprint: 'a fingerprint to look for' });
      const trustedAt = server.clock.now() - 30_000;
      for (const path of [
        '/api/v1/user/mfa/trusted_device',
        '/api/v1/user/my/mfa/trusted_device',
        `/api/v1/user/${id}/mfa/trusted_device`,
      ]) {
        const answer = await list(bearer, path);
        assert.equal(answer.status, 200);
        const [{ id: deviceId, ...rest }, ...others] = answer.json;
        assert.ok(Number.isInteger(deviceId));
        assert.deepEqual(others, []);
        assert.deepEqual(rest, {
          operating_system: 'Linux',
          browser: 'Firefox 140',
          name: "Jane's laptop",
          activation_date: new Date(trustedAt).toISOString(),
          expiry_date: new Date(trustedAt + 90 * 86_400_000).toISOString(),
        });
        assert.deepEqual([answer.headers.get('x-total-count'), answer.headers.get('x-total-pages')], ['1', '1']);
      }
      assert.ok(!(await dumpStore(server.store)).includes('a fingerprint to look for'));
      assert.ok(server.logLines.every((line) => !line.includes('a fingerprint to look for')));
    });

    test('the list is a collection: paged, filtered and sorted by id, 422 for anything else', async () => {
      const { username, app, bearer } = await addUser({ ...device, fingerprint: 'one' });
      for (const name of ['two', 'three']) {
        await signInWithTotp(server, username, app, { ...device, fingerprint: name, name });
      }
      const read = async (query: string) => {
        const { status, json } = await list(bearer, `/api/v1/user/mfa/trusted_device?${query}`);
        return status === 200 ? json.map(({ name }: { name: string }) => name) : [status, json.error_code];
      };
      assert.deepEqual(await read(''), ["Jane's laptop", 'two', 'three']);
      assert.deepEqual(await read('sort=-id&per_page=2'), ['three', 'two']);
      assert.deepEqual(await read('per_page=2&page=2'), ['three']);
      assert.deepEqual(await read('q=browser:x'), [422, 1301]);
      assert.deepEqual(await read('sort=name'), [422, 1302]);
    });

    test('trusting a device again renews it, rather than listing it twice', async () => {
      const { username, app } = await addUser();
      server.clock.advance({ days: 20 });
      const { auth_token } = await signInWithTotp(server, username, app, { ...device, browser: 'Firefox 141' });
      const devices = (await list(auth_token)).json;
      assert.deepEqual(
        devices.map(({ browser }: { browser: string }) => browser),
        ['Firefox 141'],
      );
      server.clock.advance({ days: 80 });
      assert.equal(await firstStep(username), signedIn);
    });

    test("others' devices are for administrators of the home organisation; nobody else sees or removes them", async () => {
      const { id, username, bearer } = await addUser();
      const [{ id: deviceId }] = (await list(bearer)).json;
      const signInAs = async (role: 'Administrator' | 'User' | 'Observer', organisationId?: number) =>
        (await scene.addPerson(role, organisationId)).bearer;
      const path = `/api/v1/user/${id}/mfa/trusted_device`;
      for (const role of ['User', 'Observer'] as const) {
        const bearer = await signInAs(role);
        assert.equal((await list(bearer, path)).status, 403, role);
        assert.equal((await server.call('DELETE', `${path}/${deviceId}`, { bearer })).status, 403, role);
      }
      const foreign = await signInAs('Administrator', (await server.addOrganisation('Other')).id);
      assert.equal((await list(foreign, path)).status, 404);
      assert.equal((await server.call('DELETE', `${path}/${deviceId}`, { bearer: foreign })).status, 404);
      const admin = await signInAs('Administrator');
      assert.equal((await list(admin, `/api/v1/user/${username}/mfa/trusted_device`)).json.length, 1);
      assert.equal((await server.call('DELETE', `${path}/${deviceId}`, { bearer: admin })).status, 204);
      assert.equal(await firstStep(username), 'mfa_token');
    });

    test('the owner signs in from a trusted device while outsiders have the account locked (security B 26)', async () => {
      const { username } = await addUser();
      for (const _ of [1, 2, 3]) await firstStep(username, 'none', outside, 'wrong');
      assert.equal(await firstStep(username, 'none', elsewhere), 429);
      assert.equal(await firstStep(username, fingerprint, elsewhere), signedIn);
      assert.equal(
        await firstStep(username, 'none', outside),
        'mfa_token',
        'a completed sign-in ends the lock of the account',
      );
    });

    test('a trusted device is locked by its own failures only, which leave the rest alone (security B 26)', async () => {
      const { username } = await addUser();
      for (const _ of [1, 2, 3]) assert.equal(await firstStep(username, fingerprint, elsewhere, 'wrong'), 401);
      assert.equal(await firstStep(username, fingerprint, elsewhere), 429);
      assert.equal(await firstStep(username, 'none', elsewhere), 'mfa_token');
      server.clock.advance({ minutes: 5 });
      assert.equal(await firstStep(username, fingerprint, elsewhere), signedIn);
    });

    test("a completed sign-in resets the device's count (contract §3)", async () => {
      const { username } = await addUser();
      for (const _ of [1, 2, 3]) {
        const statuses = [
          await firstStep(username, fingerprint, elsewhere, 'wrong'),
          await firstStep(username, fingerprint, elsewhere, 'wrong'),
          await firstStep(username, fingerprint, elsewhere),
        ];
        assert.deepEqual(statuses, [401, 401, signedIn]);
      }
    });

    test('what a device says of itself has to be text that can be kept and shown: 422 otherwise', async () => {
      const { username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      for (const trusted_device of [
        { ...device, browser: 'a\u0000b' },
        { ...device, name: '\ud800' },
        { ...device, fingerprint: '\n' },
      ]) {
        const answer = await server.authenticate({ mfa_token, code: app.code(), trusted_device });
        assert.deepEqual([answer.status, answer.json.error_code], [422, 1400]);
      }
      assert.equal(
        (await server.authenticate({ mfa_token, code: app.code() })).status,
        200,
        'none of them used the code up',
      );
      server.clock.advance(step);
    });
  });
}

describe('KEYWRIGHT_TRUSTED_DEVICES', () => {
  for (const [mode, counts] of [
    ['any', { published: true, portal: true }],
    ['portal', { published: false, portal: true }],
    ['off', { published: false, portal: false }],
  ] as const) {
    test(`${mode}: which fingerprints count`, async (t) => {
      const server = await startTestServer({ env: { KEYWRIGHT_TRUSTED_DEVICES: mode, KEYWRIGHT_RATE_LIMIT: 'off' } });
      t.after(() => server.close());
      const { id } = await server.addOrganisation('Acme');
      const username = 'jane@example.com';
      await server.addUser({ username, organisationId: id });
      const app = await enrolTotp(server, (await server.signIn(username)).auth_token);
      const fingerprints = { published: fingerprint, portal: `kwd_${randomBytes(32).toString('base64url')}` };
      for (const [name, given] of Object.entries(fingerprints)) {
        const { auth_token } = await signInWithTotp(server, username, app, { ...device, fingerprint: given });
        const answer = await server.authenticate({ username, password: testPassword, fingerprint: given });
        const isTrusted = counts[name as keyof typeof counts];
        assert.equal('auth_token' in answer.json, isTrusted, name);
        const listed = (await server.call('GET', '/api/v1/user/mfa/trusted_device', { bearer: auth_token })).json;
        assert.equal(listed.length > 0, isTrusted, name);
      }
    });
  }

  test('with it turned off, a device that was trusted before counts no more', async (t) => {
    const first = await startTestServer({ env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
    const { id } = await first.addOrganisation('Acme');
    const username = 'jane@example.com';
    await first.addUser({ username, organisationId: id });
    const app = await enrolTotp(first, (await first.signIn(username)).auth_token);
    await signInWithTotp(first, username, app, device);
    Object.assign(first.service.settings, { trustedDevices: 'off' });
    t.after(() => first.close());
    await askedForFactor(first, username, { fingerprint });
  });
});
