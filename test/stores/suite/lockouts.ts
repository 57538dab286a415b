import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

const key = { subject: 'name:abc', scope: 'account' };
const change = { userId: null, now, limit: 3, lockUntil: now + 300_000 };

export function testLockouts(create: CreateStore): void {
  test('failures count up to the limit, which locks; a lock that holds is left as it is', async (t) => {
    const { database } = await create(t);
    assert.equal(await database.findLockout(key), undefined);
    assert.deepEqual(await database.countFailure(key, change), { failures: 1, lockedUntil: null, wasLocked: false });
    assert.deepEqual(await database.countFailure(key, change), { failures: 2, lockedUntil: null, wasLocked: false });
    const locked = { failures: 3, lockedUntil: now + 300_000 };
    assert.deepEqual(await database.countFailure(key, change), { ...locked, wasLocked: false });
    const later = { ...change, now: now + 299_999, lockUntil: now + 900_000 };
    assert.deepEqual(await database.countFailure(key, later), { ...locked, wasLocked: true });
    assert.deepEqual(await database.findLockout(key), locked);
  });

  test('the first failure after a lock has run out counts as one', async (t) => {
    const { database } = await create(t);
    for (let failure = 0; failure < 3; failure++) {
      await database.countFailure(key, change);
    }
    const later = { ...change, now: change.lockUntil };
    assert.deepEqual(await database.countFailure(key, later), { failures: 1, lockedUntil: null, wasLocked: false });
    assert.deepEqual(await database.findLockout(key), { failures: 1, lockedUntil: null });
  });

  test('a limit of one locks at the first failure', async (t) => {
    const { database } = await create(t);
    const counted = await database.countFailure(key, { ...change, limit: 1 });
    assert.deepEqual(counted, { failures: 1, lockedUntil: now + 300_000, wasLocked: false });
  });

  test('of thirty failures at once over two processes, three count and lock', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const counted = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? database : other).countFailure(key, change)),
    );
    const before = counted.filter(({ wasLocked }) => wasLocked !== true);
    assert.deepEqual(before.map(({ failures }) => failures).sort(), [1, 2, 3]);
    assert.equal(counted.filter(({ wasLocked }) => wasLocked === true).length, 27);
    assert.deepEqual(await database.findLockout(key), { failures: 3, lockedUntil: now + 300_000 });
  });

  test('counts are reset by scope, or all of a subject at once', async (t) => {
    const { database } = await create(t);
    const scopes = ['account', 'network:192.0.2.0/24', 'device:7'];
    for (const scope of scopes) {
      await database.countFailure({ ...key, scope }, change);
    }
    await database.countFailure({ ...key, subject: 'name:other' }, change);
    assert.equal(await database.deleteLockouts(key.subject, []), 0);
    assert.equal(await database.deleteLockouts(key.subject, ['account', 'device:8']), 1);
    assert.equal(await database.deleteLockouts(key.subject, 'all'), 2);
    assert.equal((await database.findLockout({ ...key, subject: 'name:other' }))?.failures, 1);
  });

  test('counts that hold no lock are trimmed, of users and of names alike, the longest untouched first', async (t) => {
    const { database, query } = await create(t);
    const { user } = await seed(database);
    const ofUser = { ...change, userId: user.id, now: 0 };
    await database.countFailure({ subject: 'user:1', scope: 'account' }, ofUser);
    await database.countFailure({ subject: 'user:1', scope: 'network:192.0.2.0/24' }, ofUser);
    for (const subject of ['name:locked', 'user:2']) {
      await database.countFailure({ subject, scope: 'account' }, { ...ofUser, userId: null, limit: 1 });
    }
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
      await database.countFailure({ subject: `name:${name}`, scope: 'account' }, { ...change, now: now + index });
    }
    await database.countFailure({ subject: 'name:a', scope: 'account' }, { ...change, now: now + 9 });
    const left = async () => (await query('SELECT subject FROM lockout ORDER BY subject')).map((row) => row['subject']);
    await database.trimOpenCounts(4, now);
    assert.deepEqual(await left(), ['name:a', 'name:b', 'name:c', 'name:d', 'name:locked', 'user:1', 'user:2']);
    await database.trimOpenCounts(2, now);
    assert.deepEqual(await left(), ['name:a', 'name:d', 'name:locked', 'user:1', 'user:2']);
    await database.trimOpenCounts(0, change.lockUntil);
    assert.deepEqual(await left(), ['user:1'], 'the count of a network stays');
  });

  test('a known network has the time of the latest sign-in', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const known = { userId: user.id, network: '192.0.2.0/24', lastSignInAt: now };
    assert.equal(await database.findKnownNetwork(user.id, known.network), undefined);
    await database.upsertKnownNetwork(known);
    await database.upsertKnownNetwork({ ...known, lastSignInAt: now + 2 });
    await database.upsertKnownNetwork({ ...known, lastSignInAt: now + 1 });
    assert.deepEqual(await database.findKnownNetwork(user.id, known.network), { ...known, lastSignInAt: now + 2 });
    assert.equal(await database.findKnownNetwork(user.id, '198.51.100.0/24'), undefined);
  });
}
