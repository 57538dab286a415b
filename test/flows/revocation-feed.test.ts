import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { tokenMeasures } from '../../packages/server/src/domain/application-token-attention.ts';
import { revokeApplicationToken } from '../../packages/server/src/domain/application-token-change.ts';
import { deleteOldRevocations } from '../../packages/server/src/domain/revocation-care.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { type FollowedFeed, followFeed } from '../support/followed-feed.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  behindProxy,
  claimsOf,
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Makes an application token and revokes it; answers its subject. */
async function revokeOne(server: TestServer, bearer: string, body: object = {}): Promise<string> {
  const { id } = await server.createToken(bearer, body);
  const revoke = { bearer, body: { status: { id: 1 } } };
  assert.equal((await server.call('PATCH', `/api/v1/application_token/${id}`, revoke)).status, 204);
  return `application_token:${id}`;
}

/** Turns the clock to the next heartbeat of every stream, and lets the feed be looked at. */
async function beat(server: TestServer): Promise<void> {
  server.clock.advance({ seconds: 2 });
  await server.service.revocations.check();
}

const subjectsOf = (entries: Awaited<ReturnType<FollowedFeed['untilCurrent']>>) => entries.map(({ sub }) => sub);

for (const store of storeKinds) {
  describe(`the revocation feed, on ${store}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;
    let count = 0;
    before(async () => {
      server = await startTestServer({ store, env: { KEYWRIGHT_RATE_LIMIT: 'calls=200' } });
      ({ id: organisationId } = await server.addOrganisation('Acme'));
    });
    beforeEach(async () => {
      // A new one for each test: limits count by user, and clocks are turned.
      bearer = (await signInAnew()).bearer;
    });
    after(() => server.close());

    async function signInAnew(where = organisationId): Promise<{ id: number; bearer: string }> {
      count += 1;
      const { id, username } = await server.addUser({ username: `user${count}@example.com`, organisationId: where });
      return { id, bearer: (await server.signIn(username)).auth_token };
    }

    const follow = async (lastEventId?: string, as = bearer): Promise<FollowedFeed> => {
      const feed = await followFeed(server.url, as, lastEventId);
      assert.equal(feed.status, 200);
      return feed;
    };

    test('it is a stream of events that nobody keeps or holds back, under v2 too', async () => {
      const feed = await follow();
      const header = (name: string) => feed.headers.get(name);
      assert.deepEqual(
        [header('content-type'), header('cache-control'), header('x-accel-buffering')],
        ['text/event-stream', 'private, no-store', 'no'],
      );
      await feed.close();
      const alias = await server.call('GET', '/api/v2/revocation', { bearer });
      assert.equal(alias.status, 200);
      assert.match(alias.text, /event: current\ndata: \{\}\n\n$/);
    });

    test('what is in force comes first, then that nothing is missing, and then what happens', async () => {
      const first = await revokeOne(server, bearer);
      const feed = await follow();
      const before = await feed.untilCurrent();
      assert.ok(subjectsOf(before).includes(first));
      const current = feed.events.at(-1);
      assert.deepEqual([current?.data, current?.id], [{}, feed.events.at(-2)?.id]);
      const second = await revokeOne(server, bearer);
      const event = await feed.next();
      assert.deepEqual([event?.event, event?.data.sub, event?.data.below], ['revocation', second, 2]);
      await feed.close();
    });

    test('whoever comes back with the last id gets what came after it, and with an unknown one everything anew', async () => {
      const feed = await follow();
      await feed.untilCurrent();
      const id = feed.events.at(-1)?.id;
      await feed.close();
      const missed = await revokeOne(server, bearer);
      const again = await follow(id);
      assert.deepEqual(subjectsOf(await again.untilCurrent()), [missed]);
      assert.equal(again.events[0]?.event, 'revocation');
      await again.close();
      for (const unknown of ['another', 'x'.repeat(5000), '0']) {
        const anew = await follow(unknown);
        const entries = await anew.untilCurrent();
        assert.deepEqual([anew.events[0]?.event, anew.events[0]?.id], ['reset', undefined]);
        assert.ok(entries.length > 1 && subjectsOf(entries).includes(missed));
        await anew.close();
      }
    });

    test('that nothing is missing is said every two seconds', async () => {
      const feed = await follow();
      await feed.untilCurrent();
      const before = feed.events.length;
      server.clock.advance({ seconds: 1 });
      await server.service.revocations.check();
      const subject = await revokeOne(server, bearer);
      assert.equal((await feed.next())?.data.sub, subject, 'nothing was said after one second');
      server.clock.advance({ seconds: 1 });
      await server.service.revocations.check();
      assert.equal((await feed.next())?.event, 'current');
      assert.equal(feed.events.length, before + 2);
      await feed.close();
    });

    test('ids say nothing of what happens elsewhere', async () => {
      const { bearer: elsewhere } = await signInAnew((await server.addOrganisation('Other')).id);
      const feed = await follow(undefined, elsewhere);
      await feed.untilCurrent();
      const id = feed.events.at(-1)?.id;
      for (let count = 0; count < 3; count++) await revokeOne(server, bearer);
      await beat(server);
      assert.deepEqual(await feed.untilCurrent(), []);
      assert.equal(feed.events.at(-1)?.id, id);
      await revokeOne(server, elsewhere);
      await beat(server);
      assert.equal((await feed.untilCurrent()).length, 1);
      assert.match(feed.events.at(-1)?.id ?? '', /^[\w-]{22}$/);
      await feed.close();
    });

    test('an entry says until when it matters, and is forgotten a day after that', async () => {
      await server.service.database.noteAuthTokenMinutes(1440);
      const feed = await follow();
      await feed.untilCurrent();
      const now = server.clock.now();
      const short = await revokeOne(server, bearer, { auth_token_minutes: 15 });
      const long = await revokeOne(server, bearer);
      await beat(server);
      const untils = new Map((await feed.untilCurrent()).map(({ sub, until }) => [sub, Date.parse(until) - now]));
      // Five minutes more than the tokens live.
      assert.deepEqual([untils.get(short), untils.get(long)], [20 * 60_000, 1445 * 60_000]);
      await feed.close();
      const countRows = async () => (await queryStore(server.store, 'SELECT id FROM revocation')).length;
      const before = await countRows();
      server.clock.advance({ minutes: 21 });
      await deleteOldRevocations(server.service);
      assert.equal(await countRows(), before, 'for a day it still says where somebody left off');
      const later = await follow(undefined, (await signInAnew()).bearer);
      const inForce = subjectsOf(await later.untilCurrent());
      assert.ok(inForce.includes(long) && !inForce.includes(short));
      await later.close();
      server.clock.advance({ days: 3 });
      await deleteOldRevocations(server.service);
      assert.equal(await countRows(), 0);
    });

    test('it ends when the caller is suspended, signs out, or the auth token expires', async () => {
      const ends: readonly (readonly [string, (userId: number, sid: unknown, as: string) => Promise<unknown>])[] = [
        ['suspended', (id) => suspendUser(server.service, testActor, id)],
        ['signed out', (_, sid, as) => server.call('DELETE', `/api/v1/user/my/session/${sid}`, { bearer: as })],
        ['expired', async () => server.clock.advance({ minutes: 1440 })],
      ];
      for (const [name, end] of ends) {
        const { id, bearer: as } = await signInAnew();
        const feed = await follow(undefined, as);
        await feed.untilCurrent();
        await end(id, claimsOf(as)['sid'], as);
        await beat(server);
        await feed.untilEnd();
        assert.equal((await followFeed(server.url, as)).status, 401, name);
      }
    });

    test('it is not counted by the limit of calls, and takes no place where only its header is asked for', async () => {
      for (let count = 0; count < 250; count++) {
        const answer = await fetch(`${server.url}/api/v1/revocation`, {
          method: 'HEAD',
          headers: { authorization: `Bearer ${bearer}` },
        });
        assert.equal(answer.status, 200);
      }
      assert.equal(server.service.streams.size, 0);
    });

    test('calls without a good bearer count per address, and good ones are let in all the same', async (t) => {
      const limited = await startTestServer({ store, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'calls=3' } });
      t.after(() => limited.close());
      const { id } = await limited.addOrganisation('Acme');
      await limited.addUser({ username: 'jane@example.com', organisationId: id });
      const { auth_token } = await limited.signIn('jane@example.com');
      const statusOf = async (method: string, as: string | undefined, from = '192.0.2.1') =>
        (await limited.call(method, '/api/v1/revocation', { bearer: as, from })).status;
      assert.deepEqual(
        [await statusOf('GET', 'x'), await statusOf('GET', undefined), await statusOf('HEAD', `${auth_token}x`)],
        [401, 401, 401],
      );
      const refused = await limited.call('GET', '/api/v1/revocation', { bearer: 'x', from: '192.0.2.1' });
      assert.deepEqual([refused.status, refused.json.error_code], [429, 1105]);
      assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
      assert.equal(await statusOf('HEAD', auth_token), 200);
      assert.equal(await statusOf('GET', 'x', '192.0.2.2'), 401, 'another address has a count of its own');
    });

    test('a caller has 50 streams at a time, and gets a place back when one is closed', async () => {
      const feeds = await Promise.all(Array.from({ length: 50 }, () => follow()));
      const refused = await server.call('GET', '/api/v1/revocation', { bearer });
      assert.deepEqual([refused.status, refused.json.error_code], [503, 1503]);
      assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
      await feeds[0]?.close();
      await waitUntil('the place is free', 10, () => server.service.streams.size === 49);
      await (await follow()).close();
      await Promise.all(feeds.map((feed) => feed.close()));
      await waitUntil('all places are free', 10, () => server.service.streams.size === 0);
    });

    test('whoever leaves the stream unread for ten seconds is dropped', async () => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.pause();
      socket.write(`GET /api/v1/revocation HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer}\r\n\r\n`);
      // More than the buffers of both ends hold.
      const row = { audience: [0], dueAt: server.clock.now(), expiresAt: server.clock.now() + 600_000 };
      const ended = { kind: 'subject', subject: `user:${'9'.repeat(1000)}`, below: 1 } as const;
      for (let batch = 0; batch < 20; batch++) {
        const entries = Array.from({ length: 1000 }, (_, index) => ({ ...row, ended, id: `${batch} ${index}` }));
        await server.service.database.insertRevocations(entries);
      }
      await waitUntil('it is open', 10, () => server.service.streams.size === 1);
      const reader = await follow();
      assert.ok((await reader.untilCurrent()).length >= 20_000, 'whoever reads gets everything');
      server.clock.advance({ seconds: 11 });
      await server.service.revocations.check();
      await waitUntil('it is dropped', 10, () => server.service.streams.size === 1);
      await reader.close();
      socket.destroy();
    });
  });

  test(`what another process revokes is told too, whatever it is that tells, on ${store}`, async (t) => {
    const shared = await createTestStore(store);
    t.after(() => shared.remove());
    const env = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };
    const server = await startTestServer({ store: shared, env });
    const other = await startTestServer({ store: shared, env, clock: server.clock });
    t.after(() => Promise.all([server.close(), other.close()]));
    const { id: organisationId } = await server.addOrganisation('Acme');
    await server.addUser({ username: 'admin@example.com', organisationId });
    const { auth_token: bearer } = await server.signIn('admin@example.com');
    const feed = await followFeed(server.url, bearer);
    await feed.untilCurrent();
    const { id } = await server.createToken(bearer);
    const scope = { organisationIds: [organisationId], ...tokenMeasures(other.service) };
    const token = await other.service.database.findApplicationToken(id, scope);
    assert.ok(token);
    await revokeApplicationToken(other.service, testActor, token);
    assert.equal((await feed.next())?.data.sub, `application_token:${id}`);
    const closing = server.close();
    await feed.untilEnd();
    await closing;
  });
}

test('that nothing is missing is not said while the database is away, and what came meanwhile is told first', async (t) => {
  const server = await startTestServer({ store: 'postgres' });
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username: 'admin@example.com', organisationId });
  const { auth_token: bearer } = await server.signIn('admin@example.com');
  const feed = await followFeed(server.url, bearer);
  await feed.untilCurrent();
  const { database } = server.service;
  const { findFeedState } = database;
  const away = Promise.reject(new Error('away'));
  away.catch(() => undefined);
  Object.assign(database, { findFeedState: () => away });
  server.clock.advance({ seconds: 20 });
  await assert.rejects(server.service.revocations.check());
  const subject = await revokeOne(server, bearer);
  await assert.rejects(server.service.revocations.check());
  Object.assign(database, { findFeedState });
  await server.service.revocations.check();
  assert.equal((await feed.next())?.data.sub, subject);
  assert.equal((await feed.next())?.event, 'current');
  await feed.close();
});
