import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now, sampleUser, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

export function testAccounts(create: CreateStore): void {
  testOrganisations(create);
  testUsers(create);
  testAssignments(create);
}

function testOrganisations(create: CreateStore): void {
  test('an organisation is found as it was inserted, by id, by name and under its parent', async (t) => {
    const { database } = await create(t);
    const parent = await database.insertOrganisation({ name: 'Acme', parentId: null, createdAt: now });
    const child = await database.insertOrganisation({ name: 'Acme', parentId: parent.id, createdAt: now + 1 });
    assert.deepEqual(child, { id: child.id, name: 'Acme', parentId: parent.id, createdAt: now + 1 });
    assert.deepEqual(await database.findOrganisation(child.id), child);
    assert.equal(await database.findOrganisation(999), undefined);
    assert.deepEqual(await database.findOrganisationsByName('Acme'), [parent, child]);
    assert.deepEqual(await database.findOrganisationsByName('acme'), []);
    assert.deepEqual(await database.listOrganisations(), [parent, child]);
    assert.deepEqual(await database.findChildIds(parent.id), [child.id]);
    assert.deepEqual(await database.findChildIds(child.id), []);
  });
}

function testUsers(create: CreateStore): void {
  test('a user is found as it was inserted, by id and by normalised username', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    const wanted = sampleUser(organisation.id, {
      username: 'Bob@Example.com',
      usernameKey: 'bob@example.com',
      passwordChangedAt: now - 5,
    });
    const user = await database.insertUser(wanted);
    assert.deepEqual(user, { ...wanted, id: user.id });
    assert.deepEqual(await database.findUser(user.id), user);
    assert.deepEqual(await database.findUserByUsername('bob@example.com'), user);
    assert.equal(await database.findUserByUsername('Bob@Example.com'), undefined);
    assert.equal(await database.findUserByUsername('bob\0@example.com'), undefined);
    assert.equal(await database.findUser(999), undefined);
    assert.equal(await database.hasUsers(), true);
  });

  test('whether there are users, also at home in one organisation, and which organisation is first, is known from one row', async (t) => {
    const { database, statements } = await create(t);
    const { id } = await database.insertOrganisation({ name: 'Empty', parentId: null, createdAt: now });
    assert.deepEqual([await database.hasUsers(), await database.hasUsers(id)], [false, false]);
    const { organisation } = await seed(database);
    assert.deepEqual(await database.listOrganisations(1), (await database.listOrganisations()).slice(0, 1));
    statements.length = 0;
    await database.listOrganisations(1);
    const found = [await database.hasUsers(), await database.hasUsers(organisation.id), await database.hasUsers(id)];
    assert.deepEqual(found, [true, true, false]);
    assert.equal(statements.length, 4);
    for (const statement of statements) assert.match(statement, /limit/i);
  });

  test('a taken username is refused as a conflict, and the transaction that tried goes on', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    await assert.rejects(database.insertUser(sampleUser(organisation.id)), { name: 'Refusal', token: 'Conflict' });
    await database.transaction(async (stores) => {
      await assert.rejects(stores.insertUser(sampleUser(organisation.id)), { token: 'Conflict' });
      await stores.insertOrganisation({ name: 'Besides', parentId: null, createdAt: now });
    });
    assert.equal((await database.findOrganisationsByName('Besides')).length, 1);
    const other = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'other@example.com' }));
    await assert.rejects(database.updateUser(other.id, { usernameKey: 'jane@example.com' }), { token: 'Conflict' });
  });

  test('updating a user changes what is given and nothing else', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    await database.updateUser(user.id, { status: 2, passwordHash: null, passwordChangedAt: now + 9 });
    const changed = { ...user, status: 2, passwordHash: null, passwordChangedAt: now + 9 };
    assert.deepEqual(await database.findUser(user.id), changed);
    await database.updateUser(user.id, {});
    assert.deepEqual(await database.findUser(user.id), changed);
  });

  test("raising a user's version answers the new one, each once, under parallel calls", async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const versions = await Promise.all(Array.from({ length: 8 }, () => database.raiseUserVersion(user.id)));
    assert.deepEqual(
      versions.sort((a, b) => a - b),
      [2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  test('an id is never given twice, even after the row is gone', async (t) => {
    const { database, query } = await create(t);
    const first = await database.insertOrganisation({ name: 'First', parentId: null, createdAt: now });
    const second = await database.insertOrganisation({ name: 'Second', parentId: null, createdAt: now });
    await query(`DELETE FROM organisation WHERE id = ${second.id}`);
    const third = await database.insertOrganisation({ name: 'Third', parentId: null, createdAt: now });
    assert.ok(third.id > second.id && second.id > first.id);
  });
}

function testAssignments(create: CreateStore): void {
  test('a workspace has the roles of the last assignment, in the order of their ids', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    await database.upsertAssignment({ userId: user.id, organisationId: other.id, roles: 4, createdAt: now });
    await database.upsertAssignment({ userId: user.id, organisationId: other.id, roles: 8, createdAt: now + 1 });
    assert.deepEqual(await database.listAssignedWorkspaces(user.id), [
      { id: organisation.id, name: 'Acme', roles: 2 },
      { id: other.id, name: 'Other', roles: 8 },
    ]);
    assert.deepEqual(await database.listAssignedWorkspaces(999), []);
  });

  test('the list of users holds home roles, and the lock that holds longest, of the account or of a network', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const unassigned = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'un@example.com' }));
    const free = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'free@example.com' }));
    const change = { userId: user.id, now, limit: 1, lockUntil: now + 1000 };
    const subject = `user:${user.id}`;
    await database.countFailure({ subject, scope: 'account' }, change);
    await database.countFailure({ subject, scope: 'network:192.0.2.0/24' }, { ...change, lockUntil: now + 2000 });
    await database.countFailure({ subject, scope: 'network:198.51.100.0/24' }, { ...change, limit: 2 });
    await database.countFailure(
      { subject: `user:${unassigned.id}`, scope: 'network:192.0.2.0/24' },
      { ...change, userId: unassigned.id },
    );
    assert.deepEqual(await database.listUsers(), [
      { ...user, organisationName: 'Acme', roles: 2, lockedUntil: now + 2000 },
      { ...unassigned, organisationName: 'Acme', roles: 0, lockedUntil: now + 1000 },
      { ...free, organisationName: 'Acme', roles: 0, lockedUntil: null },
    ]);
  });
}
