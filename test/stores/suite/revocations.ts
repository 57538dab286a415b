import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../packages/server/src/domain/ports.ts';
import type { EndedTokens, NewRevocation } from '../../../packages/server/src/domain/revocation-port.ts';
import { hour, now, sampleSession, sampleToken, sampleUser, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

export function sampleRevocation(id: string, change: Partial<NewRevocation> = {}): NewRevocation {
  return {
    id,
    ended: { kind: 'subject', subject: 'user:1', below: 2 },
    audience: [1],
    dueAt: now,
    expiresAt: now + 4 * hour,
    ...change,
  };
}

async function listAll(database: Database, at = now): Promise<string[]> {
  const span = { after: 0, upTo: Number.MAX_SAFE_INTEGER, now: at, limit: 1000 };
  return (await database.listRevocations('all', span)).map(({ id }) => id);
}

export function testRevocations(create: CreateStore): void {
  testPublication(create);
  testToCome(create);
  testCare(create);
  testMarks(create);
}

function testPublication(create: CreateStore): void {
  test('a revocation is in the feed once it is published, for its audience, as it was written', async (t) => {
    const { database } = await create(t);
    const ended: readonly EndedTokens[] = [
      { kind: 'subject', subject: 'application_token:7', below: 9 },
      { kind: 'session', sessionId: 12, below: 4 },
      { kind: 'organisation', organisationId: 5, issuedBefore: now },
      { kind: 'all', issuedBefore: now },
    ];
    const audiences = [[1, -9], [2], [1, 2], [0]];
    await database.insertRevocations(
      ended.map((one, index) => {
        const change = { ended: one, audience: audiences[index] ?? [], dueAt: now - 10 + index };
        return sampleRevocation(`id ${index}`, change);
      }),
    );
    assert.deepEqual(await database.findFeedState(now), { lastSequence: 0, hasDue: true });
    assert.deepEqual(await listAll(database), []);
    assert.equal(await database.publishRevocations(now), 4);
    assert.equal(await database.publishRevocations(now), 0);
    assert.deepEqual(await database.findFeedState(now), { lastSequence: 4, hasDue: false });
    const span = { after: 0, upTo: 4, now, limit: 10 };
    const all = await database.listRevocations('all', span);
    assert.deepEqual(
      all.map(({ sequence, ...entry }) => [sequence, entry.ended, entry.audience, entry.expiresAt]),
      ended.map((one, index) => [index + 1, one, audiences[index], now + 4 * hour]),
    );
    const idsFor = async (...audience: number[]) =>
      (await database.listRevocations(audience, span)).map(({ id }) => id);
    assert.deepEqual(await idsFor(0, 1), ['id 0', 'id 2', 'id 3']);
    assert.deepEqual(await idsFor(0, 3, -9), ['id 0', 'id 3']);
    assert.deepEqual(await idsFor(2), ['id 1', 'id 2']);
    assert.deepEqual(await database.listRevocations([1], { ...span, after: 1, limit: 1 }), [all[2]]);
    assert.deepEqual(await database.listRevocations([1], { ...span, upTo: 2 }), [all[0]]);
    assert.deepEqual(await database.listRevocations('all', { ...span, now: now + 4 * hour }), []);
    assert.equal(await database.findRevocationSequence('id 2'), 3);
    assert.equal(await database.findRevocationSequence('another'), undefined);
  });

  test('two processes that publish at once give every entry a place of its own, without gaps', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const ids = Array.from({ length: 1200 }, (_, index) => `id ${String(index).padStart(4, '0')}`);
    await database.insertRevocations(ids.map((id) => sampleRevocation(id)));
    const published = await Promise.all(
      [database, other, database, other].map((instance) => instance.publishRevocations(now)),
    );
    assert.equal(
      published.reduce((sum, count) => sum + count, 0),
      1200,
    );
    const span = { after: 0, upTo: 2000, now, limit: 2000 };
    const entries = await database.listRevocations('all', span);
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      ids.map((_, index) => index + 1),
    );
    assert.equal((await database.findFeedState(now)).lastSequence, 1200);
  });

  test('whoever watches is woken by what is committed, and not by what is rolled back', async (t) => {
    const { database } = await create(t);
    let woken = Promise.withResolvers<void>();
    let count = 0;
    const stop = database.watchRevocations(() => {
      count += 1;
      woken.resolve();
    });
    const failing = database.transaction(async (stores) => {
      await stores.insertRevocations([sampleRevocation('rolled back')]);
      throw new Error('no');
    });
    await assert.rejects(failing);
    // PostgreSQL's listener wakes once when it is connected.
    if (database.kind === 'postgres') await woken.promise;
    assert.ok(count <= 1);
    woken = Promise.withResolvers();
    await database.transaction(async (stores) => {
      await stores.insertRevocations([sampleRevocation('committed')]);
    });
    await woken.promise;
    stop();
    const before = count;
    await database.insertRevocations([sampleRevocation('unheard')]);
    assert.equal(count, before);
  });
}

function testToCome(create: CreateStore): void {
  test('an entry that is to come is published when it is due, with the counter raised meanwhile', async (t) => {
    const { database } = await create(t);
    const ended = { kind: 'subject', subject: 'application_token:7', below: 3 } as const;
    await database.insertRevocations([
      sampleRevocation('now', { ended }),
      sampleRevocation('later', { ended, dueAt: now + hour, reason: 'rotation' }),
    ]);
    await database.raiseRevocationsToCome(['application_token:6', 'application_token:7'], 2, now);
    assert.equal(await database.publishRevocations(now + hour - 1), 1);
    assert.equal((await database.findFeedState(now + hour - 1)).hasDue, false);
    assert.equal((await database.findFeedState(now + hour)).hasDue, true);
    await database.publishRevocations(now + hour);
    const span = { after: 0, upTo: 10, now, limit: 10 };
    const belows = (await database.listRevocations('all', span)).map((entry) =>
      entry.ended.kind === 'subject' ? [entry.id, entry.ended.below] : [],
    );
    assert.deepEqual(belows, [
      ['now', 3],
      ['later', 5],
    ]);
    await database.raiseRevocationsToCome(['application_token:7'], 2, now);
    assert.deepEqual((await database.listRevocations('all', span)).at(1)?.ended, { ...ended, below: 5 });
  });

  test('an entry that is to come can be moved or dropped, by its subject and reason', async (t) => {
    const { database } = await create(t);
    const about = (id: string, subject: string, reason: 'rotation' | 'expiry') =>
      sampleRevocation(id, { ended: { kind: 'subject', subject, below: 3 }, dueAt: now + hour, reason });
    await database.insertRevocations([
      about('moved', 'application_token:7', 'rotation'),
      about('dropped', 'application_token:7', 'expiry'),
      about('another', 'application_token:8', 'rotation'),
    ]);
    await database.moveRevocationsToCome('application_token:7', 'rotation', { dueAt: now, now });
    await database.moveRevocationsToCome('application_token:7', 'expiry', { dueAt: null, now });
    await database.publishRevocations(now);
    assert.deepEqual(await listAll(database), ['moved']);
    await database.publishRevocations(now + hour);
    assert.deepEqual(await listAll(database), ['moved', 'another']);
  });
}

function testCare(create: CreateStore): void {
  test('entries that have expired are removed, published or not, and those for them with them', async (t) => {
    const { database, query } = await create(t);
    await database.insertRevocations([
      ...Array.from({ length: 1100 }, (_, index) => sampleRevocation(`old ${index}`, { expiresAt: now + 1 })),
      sampleRevocation('new', { expiresAt: now + hour }),
    ]);
    while ((await database.publishRevocations(now)) > 0);
    await database.insertRevocations([sampleRevocation('unpublished', { expiresAt: now + 1 })]);
    assert.equal(await database.publishRevocations(now + 1), 0, 'what has expired is of no use to anybody');
    let removed = 0;
    for (let count = 1; count > 0; removed += count) count = await database.deleteExpiredRevocations(now + 2);
    assert.equal(removed, 1101);
    assert.deepEqual(await listAll(database), ['new']);
    assert.equal((await query('SELECT * FROM revocation_audience')).length, 1);
    const state = await database.findFeedState(now);
    assert.deepEqual(state, { lastSequence: 1101, hasDue: false }, 'no place is given twice');
  });

  test('how long auth tokens may live is the longest that any server noted', async (t) => {
    const { database } = await create(t);
    assert.equal(await database.findLongestAuthTokenMinutes(), undefined);
    for (const minutes of [240, 1440, 60]) await database.noteAuthTokenMinutes(minutes);
    assert.equal(await database.findLongestAuthTokenMinutes(), 1440);
  });
}

function testMarks(create: CreateStore): void {
  test("the counters of application tokens are raised together, and a user's places are those that are active", async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const child = await database.insertOrganisation({ name: 'Child', parentId: organisation.id, createdAt: now });
    const first = await database.insertApplicationToken(sampleToken(organisation.id, user.id));
    const token = sampleToken(child.id, user.id, { version: 5, authTokenMinutes: 15 });
    const second = await database.insertApplicationToken(token);
    assert.deepEqual(await database.raiseApplicationTokenVersions([second, first, 999], 2), [
      { id: first, organisationId: organisation.id, version: 3, authTokenMinutes: null },
      { id: second, organisationId: child.id, version: 7, authTokenMinutes: 15 },
    ]);
    assert.deepEqual(await database.raiseApplicationTokenVersions([], 2), []);
    const place = { userId: user.id, organisationId: child.id, roles: 4, createdAt: now };
    await database.insertAssignment({ ...place, status: 1 });
    assert.deepEqual(await database.listTokenPlaces(user.id), [
      { organisationId: organisation.id, parentId: null, roles: 2 },
      { organisationId: child.id, parentId: organisation.id, roles: 4 },
    ]);
    await database.setAssignmentStatus(user.id, child.id, 2);
    assert.equal((await database.listTokenPlaces(user.id)).length, 1);
  });

  test('since when tokens count is set for one organisation or all, and never moves back', async (t) => {
    const { database, query } = await create(t);
    const { organisation } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    await database.setTokensFrom(organisation.id, now + hour);
    await database.setTokensFrom('all', now + 1);
    const rows = await query('SELECT id, tokens_from FROM organisation ORDER BY id');
    assert.deepEqual(
      rows.map((row) => [Number(row['id']), Number(row['tokens_from'])]),
      [
        [organisation.id, now + hour],
        [other.id, now + 1],
      ],
    );
  });

  test('live sessions that began before a time end, in one organisation or all', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const guest = await database.insertUser(sampleUser(other.id, { usernameKey: 'guest@example.com' }));
    const begin = (userId: number, organisationId: number, createdAt: number) =>
      database.insertSession(sampleSession(userId, organisationId, { createdAt }));
    const old = await begin(user.id, organisation.id, now - 1);
    const young = await begin(user.id, organisation.id, now);
    const elsewhere = await begin(guest.id, other.id, now - 1);
    const change = { begunBefore: now, endedAt: now, reason: 'test' };
    assert.equal(await database.endSessionsBegunBefore(organisation.id, change), 1);
    const endedAt = async ({ id }: { id: number }) => (await database.findSession(id))?.endedAt;
    assert.deepEqual([await endedAt(old), await endedAt(young), await endedAt(elsewhere)], [now, null, null]);
    assert.equal(await database.endSessionsBegunBefore('all', change), 1);
    assert.deepEqual([await endedAt(young), await endedAt(elsewhere)], [null, now]);
    assert.equal(await database.endSessionsBegunBefore('all', change), 0);
  });
}
