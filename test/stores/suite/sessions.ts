import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hour, now, sampleSession, sampleUser, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

export function testSessions(create: CreateStore): void {
  test('a session is found as it was inserted', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const wanted = sampleSession(user.id, organisation.id, { userAgent: null });
    const session = await database.insertSession(wanted);
    assert.deepEqual(session, { ...wanted, id: session.id });
    assert.deepEqual(await database.findSession(session.id), session);
    assert.equal(await database.findSession(999), undefined);
  });

  test("ending a user's sessions ends the live ones of that user, once, but for the one excepted", async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const stranger = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'x@example.com' }));
    const insert = async (userId: number, change = {}) =>
      (await database.insertSession(sampleSession(userId, organisation.id, change))).id;
    const kept = await insert(user.id);
    const first = await insert(user.id);
    const second = await insert(user.id);
    const expired = await insert(user.id, { expiresAt: now + 1 });
    const others = await insert(stranger.id);
    const change = { endedAt: now + hour, reason: 'password changed' };
    assert.deepEqual(await database.endSessions(user.id, { ...change, exceptId: kept }), [first, second]);
    assert.deepEqual(await database.endSessions(user.id, { ...change, exceptId: kept }), []);
    const ended = await database.findSession(first);
    assert.deepEqual([ended?.endedAt, ended?.endedReason], [now + hour, 'password changed']);
    for (const id of [kept, expired, others]) {
      assert.equal((await database.findSession(id))?.endedAt, null);
    }
    assert.deepEqual(await database.endSessions(user.id, change), [kept]);
  });

  test("a caller's session comes with what the store says of user, organisation and roles now", async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const session = await database.insertSession(sampleSession(user.id, organisation.id));
    const caller = {
      session,
      username: user.username,
      name: user.name,
      userStatus: 1,
      userVersion: 1,
      organisation: { id: organisation.id, name: 'Acme', tokensFrom: 0 },
      roles: 2,
      operatorUsername: null,
    };
    assert.deepEqual(await database.findSessionCaller(session.id), caller);
    await database.updateUser(user.id, { status: 2 });
    await database.raiseUserVersion(user.id);
    await database.upsertAssignment({ userId: user.id, organisationId: organisation.id, roles: 8, createdAt: now });
    assert.deepEqual(await database.findSessionCaller(session.id), {
      ...caller,
      userStatus: 2,
      userVersion: 2,
      roles: 8,
    });
    assert.equal(await database.findSessionCaller(999), undefined);
  });

  test("a session in an organisation that the user isn't assigned to has no roles", async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const session = await database.insertSession(sampleSession(user.id, other.id));
    assert.equal((await database.findSessionCaller(session.id))?.roles, 0);
  });

  test('the last use of a session never moves back, whatever order the notes come in', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const { id } = await database.insertSession(sampleSession(user.id, organisation.id));
    await database.noteSessionUses([
      { sessionId: id, at: now + 3, ip: '192.0.2.3' },
      { sessionId: id, at: now + 2, ip: '192.0.2.2' },
      { sessionId: 999, at: now, ip: '192.0.2.9' },
    ]);
    await database.noteSessionUses([{ sessionId: id, at: now + 1, ip: '192.0.2.1' }]);
    const session = await database.findSession(id);
    assert.deepEqual([session?.lastUsedAt, session?.lastUsedIp], [now + 3, '192.0.2.3']);
  });
}
