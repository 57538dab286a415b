import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now, sampleSession, sampleUser, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

/** What every database guarantees of the removal of what is of no use any more. */
export function testStoreCare(create: CreateStore): void {
  test('rows go a thousand at a time, until there are none', async (t) => {
    const { database, query } = await create(t);
    const { organisation, user } = await seed(database);
    const { id } = await database.insertSession(sampleSession(user.id, organisation.id, { expiresAt: now - 1 }));
    await query(
      `INSERT INTO session (user_id, organisation_id, created_at, created_ip, last_used_at, last_used_ip, amr, expires_at)
        SELECT user_id, organisation_id, created_at, created_ip, last_used_at, last_used_ip, amr, expires_at FROM session,
          (WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500) SELECT n FROM numbers) AS many
        WHERE id = ${id}`,
    );
    const kept = await database.insertSession(sampleSession(user.id, organisation.id, { expiresAt: now }));
    const counts: number[] = [];
    for (let index = 0; index < 4; index++) counts.push(await database.deleteExpiredSessions(now));
    assert.deepEqual(counts, [1000, 1000, 501, 0]);
    assert.ok(await database.findSession(kept.id));
  });

  test('two processes that remove at the same moment remove each row once', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { organisation, user } = await seed(database);
    for (let index = 0; index < 50; index++) {
      await database.insertSession(sampleSession(user.id, organisation.id, { expiresAt: now - 1 }));
    }
    const counts = await Promise.all(
      [database, other, database, other].map((stores) => stores.deleteExpiredSessions(now)),
    );
    const rest = await database.deleteExpiredSessions(now);
    assert.equal(
      counts.reduce((sum, count) => sum + count, rest),
      50,
    );
  });

  test('of the networks of a user the last one stays, of two at the same moment too', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const other = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'other@example.com' }));
    const note = (userId: number, network: string, lastSignInAt: number) =>
      database.upsertKnownNetwork({ userId, network, lastSignInAt });
    await note(user.id, '192.0.2.0/24', now - 3);
    await note(user.id, '198.51.100.0/24', now - 2);
    await note(user.id, '203.0.113.0/24', now - 2);
    await note(other.id, '192.0.2.0/24', now - 3);
    await note(other.id, '198.51.100.0/24', now);
    assert.equal(await database.deleteOldKnownNetworks(now), 3);
    assert.equal(await database.deleteOldKnownNetworks(now), 0);
    const isKnown = async (userId: number, network: string) =>
      (await database.findKnownNetwork(userId, network)) !== undefined;
    assert.deepEqual(
      [await isKnown(user.id, '203.0.113.0/24'), await isKnown(other.id, '198.51.100.0/24')],
      [true, true],
    );
  });

  test('a lock that holds is kept, and so is a count below it', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const fail = (subject: string, limit: number, lockUntil: number, userId: number | null = user.id) =>
      database.countFailure({ subject, scope: 'account' }, { userId, now: now - 10, limit, lockUntil });
    await fail('user:1', 1, now - 1);
    await fail('user:2', 1, now);
    await fail('user:3', 3, now - 1);
    await fail('name:nobody', 1, now - 1, null);
    assert.equal(await database.deleteEndedLockouts(now), 2);
    for (const [subject, stays] of [
      ['user:1', false],
      ['user:2', true],
      ['user:3', true],
      ['name:nobody', false],
    ] as const) {
      const found = await database.findLockout({ subject, scope: 'account' });
      assert.equal(found !== undefined, stays, subject);
    }
  });
}
