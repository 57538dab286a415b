import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { revokeAllIssuedBefore } from '../../packages/server/src/domain/revoke-all.ts';
import { systemClock } from '../../packages/server/src/system.ts';
import { runCommandLine } from '../support/command-line.ts';
import { followFeed } from '../support/followed-feed.ts';
import { prepareRevocations, type RevocationScene } from '../support/revocation-scene.ts';
import { askedForFactor, enrolTotp } from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import { claimsOf, createTestStore, startTestServer, storeKinds, testActor } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`revoking everything issued until now, on ${store}`, () => {
    let scene: RevocationScene;
    before(async () => {
      scene = await prepareRevocations({ store });
    });
    after(() => scene.close());

    const works = async (bearer: string) =>
      (await scene.server.call('GET', '/api/v1/application_token', { bearer })).status === 200;
    const refreshes = async (refresh_token: string) =>
      (await scene.server.authenticate({ refresh_token })).status === 200;

    test('for one organisation, its tokens and sessions are refused here and by the feed, and no others are', async () => {
      const [own, foreign] = [await scene.addUser(), await scene.addUser('User', scene.other.id)];
      const [before, elsewhere] = [
        await scene.server.signIn(own.username),
        await scene.server.signIn(foreign.username),
      ];
      const { application_token } = await scene.server.createToken(before.auth_token);
      const program = await scene.exchange(application_token);
      const revoke = () => revokeAllIssuedBefore(scene.server.service, testActor, scene.organisation);
      const listed = await followFeed(scene.server.url, elsewhere.auth_token);
      await scene.assertEnds(revoke, {
        ended: [before.auth_token, program],
        kept: [elsewhere.auth_token],
        given: () => scene.exchange(application_token),
      });
      assert.deepEqual(await listed.untilCurrent(), [], 'another organisation is not told');
      await listed.close();
      assert.deepEqual([await works(before.auth_token), await works(program)], [false, false]);
      assert.equal(await refreshes(before.refresh_token), false);
      assert.deepEqual([await works(elsewhere.auth_token), await refreshes(elsewhere.refresh_token)], [true, true]);
      const after = await scene.server.signIn(own.username);
      assert.deepEqual([await works(after.auth_token), await refreshes(after.refresh_token)], [true, true]);
      const sessions = await scene.server.call('GET', '/api/v1/user/my/session', { bearer: after.auth_token });
      assert.equal(sessions.json.length, 1);
      const [event] = await scene.server.service.database
        .listEvents({ organisationIds: [scene.organisation.id] }, eventsOfType(1130))
        .then(({ rows }) => rows);
      assert.match(event?.description ?? '', /Every token for Acme issued until now was revoked, by test/);
    });

    test('sessions from before are refused from the commit on, whether or not their rows come to an end', async () => {
      const before = await scene.server.signIn((await scene.addUser()).username);
      const { database } = scene.server.service;
      const { endSessionsBegunBefore } = database;
      Object.assign(database, { endSessionsBegunBefore: async () => Promise.reject(new Error('cut off')) });
      await assert.rejects(revokeAllIssuedBefore(scene.server.service, testActor, scene.organisation), /cut off/);
      Object.assign(database, { endSessionsBegunBefore });
      assert.deepEqual([await works(before.auth_token), await refreshes(before.refresh_token)], [false, false]);
      scene.server.clock.advance({ seconds: 1 });
    });

    test('nobody switches into the organisation with a session from before', async () => {
      const user = await scene.addUser('User', scene.other.id);
      const place = { userId: user.id, organisationId: scene.organisation.id, roles: 4, status: 1 } as const;
      await scene.server.service.database.insertAssignment({ ...place, createdAt: scene.server.clock.now() });
      const before = await scene.server.signIn(user.username);
      await revokeAllIssuedBefore(scene.server.service, testActor, scene.organisation);
      scene.server.clock.advance({ seconds: 1 });
      const switchIn = (bearer: string) =>
        scene.server.call('POST', '/api/v1/authenticate/workspace', {
          bearer,
          body: { target_organisation: { id: scene.organisation.id } },
        });
      assert.equal((await switchIn(before.auth_token)).status, 401);
      assert.equal(await works(before.auth_token), true);
      const switched = await switchIn((await scene.server.signIn(user.username)).auth_token);
      assert.equal(await works(switched.json.auth_token), true);
    });

    test('for all, so are those of every organisation, and what waits for a second step', async () => {
      const [own, foreign] = [await scene.addUser(), await scene.addUser('User', scene.other.id)];
      const [before, elsewhere] = [
        await scene.server.signIn(own.username),
        await scene.server.signIn(foreign.username),
      ];
      const careful = await scene.addUser();
      const app = await enrolTotp(scene.server, (await scene.server.signIn(careful.username)).auth_token);
      const mfa_token = await askedForFactor(scene.server, careful.username);
      const follower = await followFeed(scene.server.url, elsewhere.auth_token);
      await scene.entries();
      await revokeAllIssuedBefore(scene.server.service, testActor, 'all');
      scene.server.clock.advance({ seconds: 2 });
      await scene.server.service.revocations.check();
      // Those who follow are revoked themselves, and have heard of it.
      for (const feed of [scene.feed, follower]) {
        await feed.untilEnd();
        const entry = feed.events.find(({ data }) => data.all === true)?.data;
        assert.ok(entry);
        assert.ok(Date.parse(entry.issued_before ?? '') > Number(claimsOf(before.auth_token)['iat']) * 1000);
      }
      for (const tokens of [before, elsewhere]) {
        assert.deepEqual([await works(tokens.auth_token), await refreshes(tokens.refresh_token)], [false, false]);
      }
      assert.equal((await scene.server.authenticate({ mfa_token, code: app.code() })).status, 401);
      assert.equal(await works((await scene.server.signIn(foreign.username)).auth_token), true);
    });
  });

  test(`keywright revoke-all on ${store}: a running server obeys at once`, async (t) => {
    const shared = await createTestStore(store);
    const clock = { ...systemClock, advance: () => undefined };
    const server = await startTestServer({ store: shared, clock });
    t.after(async () => {
      await server.close();
      await shared.remove();
    });
    const acme = await server.addOrganisation('Acme');
    const { id: organisationId } = await server.addOrganisation('Other');
    await server.addUser({ username: 'user@example.com', organisationId: acme.id });
    await server.addUser({ username: 'other@example.com', organisationId });
    const { auth_token: bearer } = await server.signIn('user@example.com');
    const { auth_token: elsewhere } = await server.signIn('other@example.com');
    const run = (...argv: string[]) => runCommandLine(['revoke-all', ...argv], { env: shared.env });
    const status = async (as: string) => (await server.call('GET', '/api/v1/user/my', { bearer: as })).status;

    const unknown = await run('--organisation', 'Nobody');
    assert.equal(unknown.code, 1);
    assert.deepEqual([await status(bearer), await status(elsewhere)], [200, 200]);
    const one = await run('--organisation', 'Acme');
    assert.deepEqual([one.code, one.err], [0, '']);
    assert.match(one.out, /^Every token for Acme that was issued before \S+Z is revoked\.\n$/);
    assert.deepEqual([await status(bearer), await status(elsewhere)], [401, 200]);
    const all = await run('--json');
    assert.deepEqual(Object.keys(JSON.parse(all.out)), ['issued_before', 'organisation']);
    assert.equal(await status(elsewhere), 401);
    const [event] = await queryStore(shared, 'SELECT description FROM event WHERE chain_id = 0 AND type = 1130');
    assert.match(event?.['description'], /^Every token issued until now was revoked, by command line/);
  });
}

function eventsOfType(value: number) {
  return { page: 1, perPage: 10, filters: [{ field: 'type', kind: 'number', value }], sort: [] } as const;
}

test('after a backup is restored, no token from before it speaks for somebody who gets its numbers again', async (t) => {
  const store = await createTestStore('sqlite');
  t.after(() => store.remove());
  const file = path.join(store.env['KEYWRIGHT_DATA_DIR'] ?? '', 'keywright.db');
  let server = await startTestServer({ store });
  await server.addOrganisation('Platform');
  await queryStore(store, `VACUUM INTO '${file}.backup'`);
  const signUp = async (name: string) => {
    const { id: organisationId } = await server.addOrganisation(name);
    const username = `${name.toLowerCase()}@example.com`;
    await server.addUser({ username, organisationId });
    return (await server.signIn(username)).auth_token;
  };
  const lost = await signUp('Lost');
  const { clock } = server;
  await server.close();

  for (const ending of ['', '-wal', '-shm']) await rm(`${file}${ending}`, { force: true });
  await copyFile(`${file}.backup`, file);
  server = await startTestServer({ store, clock, env: { KEYWRIGHT_PUBLIC_URL: server.url } });
  t.after(() => server.close());
  await revokeAllIssuedBefore(server.service, testActor, 'all');
  clock.advance({ seconds: 1 });
  const found = await signUp('Found');
  const numbers = (token: string) => {
    const { sub, sid, org } = claimsOf(token) as { sub: string; sid: number; org: { id: number } };
    return [sub, sid, org.id];
  };
  assert.deepEqual(numbers(found), numbers(lost));
  assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: lost })).status, 401);
  assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: found })).json.username, 'found@example.com');
});
