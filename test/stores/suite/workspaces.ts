import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../packages/server/src/domain/ports.ts';
import type { User } from '../../../packages/server/src/domain/records.ts';
import { roleSet } from '../../../packages/server/src/domain/role.ts';
import {
  insertTokenWithSecret,
  now,
  numberFilter,
  pageQuery,
  sampleHash,
  sampleSession,
  sampleToken,
  sampleUser,
  seed,
  textFilter,
} from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

const [user, administrator, superAdmin] = [roleSet('User'), roleSet('Administrator'), roleSet('SuperAdmin')];

export function testWorkspaces(create: CreateStore): void {
  testSight(create);
  testAssignments(create);
  testReach(create);
  testInvitations(create);
  testFormerUsers(create);
}

async function addUser(database: Database, organisationId: number, name: string, change: Partial<User> = {}) {
  return database.insertUser(
    sampleUser(organisationId, {
      username: `${name}@example.com`,
      usernameKey: `${name}@example.com`,
      name,
      ...change,
    }),
  );
}

function place(userId: number, organisationId: number, roles: number, status: 0 | 1 | 2 = 1, createdAt = now) {
  return { userId, organisationId, roles, status, createdAt };
}

function testSight(create: CreateStore): void {
  test('whoever is at home in or assigned to an organisation is seen, through the asking one first', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const child = await database.insertOrganisation({ name: 'Child', parentId: organisation.id, createdAt: now });
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const atChild = await addUser(database, child.id, 'child');
    await database.insertAssignment(place(atChild.id, child.id, user));
    await database.insertAssignment(place(jane.id, child.id, user));
    const guest = await addUser(database, other.id, 'guest');
    await database.insertAssignment(place(guest.id, other.id, administrator));
    await database.insertAssignment(place(guest.id, child.id, user, 2));
    await addUser(database, other.id, 'unseen');
    const without = await addUser(database, organisation.id, 'without');
    const scope = { organisationId: organisation.id, organisationIds: [organisation.id, child.id] };
    const { rows, total } = await database.listSeenUsers(scope, pageQuery());
    assert.deepEqual(rows, [
      {
        ...jane,
        organisationName: 'Acme',
        seenIn: { organisationId: organisation.id, roles: administrator, status: 1 },
      },
      { ...atChild, organisationName: 'Child', seenIn: { organisationId: child.id, roles: user, status: 1 } },
      { ...guest, organisationName: 'Other', seenIn: { organisationId: child.id, roles: user, status: 2 } },
      { ...without, organisationName: 'Acme', seenIn: null },
    ]);
    assert.equal(total, 4);
    const ofChild = await database.listSeenUsers(
      { organisationId: child.id, organisationIds: [child.id] },
      pageQuery(),
    );
    assert.deepEqual(
      ofChild.rows.map(({ name, seenIn }) => [name, seenIn?.roles]),
      [
        ['Jane', user],
        ['child', user],
        ['guest', user],
      ],
    );
    for (const seen of rows) assert.deepEqual(await database.findSeenUser(scope, { id: seen.id }), seen);
    assert.equal(await database.findSeenUser(scope, { usernameKey: 'unseen@example.com' }), undefined);
    assert.equal((await database.findSeenUser(scope, { usernameKey: 'guest@example.com' }))?.id, guest.id);
  });

  test('seen users are filtered and sorted by id, status, name, username, home organisation and time', async (t) => {
    const { database } = await create(t);
    const { organisation } = await seed(database);
    const child = await database.insertOrganisation({ name: 'Child', parentId: organisation.id, createdAt: now });
    const zoe = await addUser(database, child.id, 'Zoë', { status: 2, createdAt: now + 5 });
    await addUser(database, child.id, 'adam', { createdAt: now + 9 });
    const scope = { organisationId: organisation.id, organisationIds: [organisation.id, child.id] };
    const names = async (change: Parameters<typeof pageQuery>[0]) =>
      (await database.listSeenUsers(scope, pageQuery(change))).rows.map(({ name }) => name);
    assert.deepEqual(await names({ filters: [numberFilter('status', 2)] }), ['Zoë']);
    assert.deepEqual(await names({ filters: [numberFilter('organisation', child.id)] }), ['Zoë', 'adam']);
    assert.deepEqual(await names({ filters: [textFilter('name', 'zOË')] }), ['Zoë']);
    assert.deepEqual(await names({ filters: [textFilter('username', 'ADAM', '')] }), ['adam']);
    assert.deepEqual(await names({ filters: [numberFilter('id', zoe.id)] }), ['Zoë']);
    assert.deepEqual(await names({ sort: [{ field: 'created', descending: true }] }), ['adam', 'Zoë', 'Jane']);
    assert.deepEqual(await names({ sort: [{ field: 'name', descending: false }] }), ['adam', 'Jane', 'Zoë']);
  });

  test('a username that is yet to be confirmed finds who waits for it, after who has it', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const scope = { organisationId: organisation.id, organisationIds: [organisation.id] };
    const waiting = await addUser(database, organisation.id, 'Renamed:x', { pendingUsernameKey: 'new@example.com' });
    const found = await database.findSeenUser(scope, { usernameKey: 'new@example.com' });
    assert.deepEqual([found?.id, found?.pendingUsernameKey], [waiting.id, 'new@example.com']);
    assert.equal(await database.findUserByUsername('new@example.com'), undefined);
    await database.updateUser(waiting.id, { pendingUsernameKey: jane.usernameKey });
    assert.equal((await database.findSeenUser(scope, { usernameKey: jane.usernameKey }))?.id, jane.id);
  });
}

function testAssignments(create: CreateStore): void {
  test('an assignment is found as it was made, once, with the longest held first', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    assert.equal(await database.insertAssignment(place(jane.id, other.id, user, 0, now - 1)), true);
    assert.equal(await database.insertAssignment(place(jane.id, other.id, administrator)), false);
    const made = {
      userId: jane.id,
      organisation: { id: other.id, name: 'Other' },
      roles: user,
      status: 0,
      createdAt: now - 1,
    };
    assert.deepEqual(await database.findAssignment(jane.id, other.id), made);
    const all = await database.listAssignments(jane.id);
    assert.deepEqual(
      all.map((one) => one.organisation.name),
      ['Other', 'Acme'],
    );
    await database.setAssignmentStatus(jane.id, other.id, 2);
    assert.equal((await database.findAssignment(jane.id, other.id))?.status, 2);
    assert.equal((await database.findAssignment(jane.id, organisation.id))?.status, 1);
    assert.equal(await database.deleteAssignment(jane.id, other.id), true);
    assert.equal(await database.deleteAssignment(jane.id, other.id), false);
    assert.equal(await database.findAssignment(jane.id, other.id), undefined);
  });

  test('roles that are added and taken at the same moment are all added and taken', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const changes = [2, 3, 4, 5].map((id) => ({ added: 1 << id, removed: 0 }));
    await Promise.all(
      [...changes, { added: 0, removed: administrator }].map((change) =>
        database.changeAssignmentRoles(jane.id, organisation.id, change),
      ),
    );
    assert.equal((await database.findAssignment(jane.id, organisation.id))?.roles, 0b111100);
  });

  test('only active assignments with a role count: for sign-ins, sessions, exchanges and callers', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const session = await database.insertSession(sampleSession(jane.id, organisation.id));
    const token = await insertTokenWithSecret(database, sampleToken(organisation.id, jane.id), 'secret');
    const roles = async () => [
      (await database.listAssignedWorkspaces(jane.id))[0]?.roles,
      (await database.findWorkspace(jane.id, organisation.id))?.roles,
      (await database.findSessionCaller(session.id))?.roles,
      (await database.findApplicationTokenExchange(token.secretHash))?.creatorRoles,
      (await database.findApplicationTokenCaller(token.id))?.creatorRoles,
    ];
    assert.deepEqual(await roles(), Array(5).fill(administrator));
    for (const status of [0, 2] as const) {
      await database.setAssignmentStatus(jane.id, organisation.id, status);
      assert.deepEqual(await roles(), [undefined, undefined, 0, 0, 0]);
    }
    await database.setAssignmentStatus(jane.id, organisation.id, 1);
    await database.changeAssignmentRoles(jane.id, organisation.id, { added: 0, removed: administrator });
    assert.deepEqual(await roles(), [undefined, undefined, 0, 0, 0]);
  });

  test('others with a role are counted where they can sign in and work', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const count = () => database.countOthersWithRoles(organisation.id, administrator | superAdmin, jane.id);
    const add = async (name: string, roles: number, status: 0 | 1 | 2, change: Partial<User> = {}) => {
      const added = await addUser(database, organisation.id, name, change);
      await database.insertAssignment(place(added.id, organisation.id, roles, status));
    };
    await add('user', user, 1);
    await add('invited', administrator, 0);
    await add('suspended-here', administrator, 2);
    await add('suspended', administrator, 1, { status: 2 });
    await add('pending', administrator, 1, { status: 0 });
    await add('unused', administrator, 1, { passwordHash: null });
    assert.equal(await count(), 0);
    await add('administrator', user | administrator, 1);
    await add('super', superAdmin, 1);
    assert.equal(await count(), 2);
    assert.equal(await database.countOthersWithRoles(organisation.id, administrator, 0), 2);
  });

  test('a live session moves to another workspace, an ended or expired one does not', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const { id, expiresAt } = await database.insertSession(sampleSession(jane.id, organisation.id));
    assert.equal(await database.moveSession(id, other.id, expiresAt), false);
    assert.equal(await database.moveSession(id, other.id, now), true);
    assert.equal((await database.findSession(id))?.organisationId, other.id);
    await database.endSession(id, { userId: jane.id, endedAt: now, reason: 'test' });
    assert.equal(await database.moveSession(id, organisation.id, now), false);
    assert.equal((await database.findSession(id))?.organisationId, other.id);
  });
}

function testReach(create: CreateStore): void {
  test('a SuperAdmin of a main organisation reaches its direct children in every look-up, and nothing else', async (t) => {
    const { database } = await create(t);
    const { organisation: main, user: jane } = await seed(database);
    const child = await database.insertOrganisation({ name: 'Child', parentId: main.id, createdAt: now });
    const deep = await database.insertOrganisation({ name: 'Deep', parentId: child.id, createdAt: now });
    const reach = async (organisationId: number) => {
      const session = await database.insertSession(sampleSession(jane.id, organisationId));
      const secret = `secret of ${organisationId} ${session.id}`;
      const token = await insertTokenWithSecret(database, sampleToken(organisationId, jane.id), secret);
      return [
        (await database.findWorkspace(jane.id, organisationId))?.roles ?? 0,
        (await database.findSessionCaller(session.id))?.roles,
        (await database.findApplicationTokenExchange(sampleHash(secret)))?.creatorRoles,
        (await database.findApplicationTokenCaller(token.id))?.creatorRoles,
      ];
    };
    assert.deepEqual(await reach(child.id), [0, 0, 0, 0], 'an Administrator has no reach');
    await database.changeAssignmentRoles(jane.id, main.id, { added: superAdmin, removed: 0 });
    assert.deepEqual(await reach(child.id), Array(4).fill(superAdmin));
    assert.deepEqual(await reach(deep.id), [0, 0, 0, 0]);
    assert.deepEqual(await database.findMainChildren(jane.id, superAdmin), [{ id: child.id, name: 'Child' }]);
    await database.insertAssignment(place(jane.id, child.id, user));
    assert.deepEqual(await reach(child.id), Array(4).fill(superAdmin | user));
    await database.setAssignmentStatus(jane.id, main.id, 2);
    assert.deepEqual(await reach(child.id), Array(4).fill(user));
    assert.deepEqual(await database.findMainChildren(jane.id, superAdmin), []);
    await database.changeAssignmentRoles(jane.id, child.id, { added: superAdmin, removed: 0 });
    assert.deepEqual(await reach(deep.id), [0, 0, 0, 0], 'a child is no main organisation');
    assert.deepEqual(await database.findMainChildren(jane.id, superAdmin), []);
  });
}

function testInvitations(create: CreateStore): void {
  test('what stands for an invited user is found by user and organisation, and is forgotten with the user', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const other = await database.insertOrganisation({ name: 'Other', parentId: null, createdAt: now });
    const waiting = { pendingUsernameKey: jane.usernameKey, invitedUserId: jane.id };
    const invitation = await addUser(database, other.id, 'Invited:x', { status: 0, passwordHash: null, ...waiting });
    assert.equal(await database.findInvitation(jane.id, other.id), undefined, 'without a place there is none');
    await database.insertAssignment(place(invitation.id, other.id, user));
    assert.deepEqual(await database.findInvitation(jane.id, other.id), invitation);
    assert.equal(await database.findInvitation(jane.id, organisation.id), undefined);
    const [listed, ...more] = await database.listInvitations(jane.id);
    assert.deepEqual(
      [listed?.organisation.name, listed?.roles, listed?.invitation, more],
      ['Other', user, invitation, []],
    );
    await database.deleteUser(jane, null);
    assert.equal((await database.findUser(invitation.id))?.invitedUserId, null);
  });
}

function testFormerUsers(create: CreateStore): void {
  test('a deleted user leaves a name to the events, and an id that may go on to mean somebody', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const heir = await addUser(database, organisation.id, 'heir');
    await database.insertSession(sampleSession(jane.id, organisation.id));
    await database.deleteUser(jane, heir.id);
    assert.equal(await database.findUser(jane.id), undefined);
    assert.deepEqual(await database.listAssignments(jane.id), []);
    assert.equal((await database.findSuccessor(jane.id))?.id, heir.id);
    assert.equal(await database.findSuccessor(heir.id), undefined);
    await database.deleteUser(heir, null);
    assert.equal(await database.findSuccessor(jane.id), undefined);
    const again = await database.insertUser(sampleUser(organisation.id));
    assert.ok(again.id > heir.id);
  });

  test("a maker's live tokens are listed, and handed over with roles of their own", async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const heir = await addUser(database, organisation.id, 'heir');
    const { id: all } = await insertTokenWithSecret(database, sampleToken(organisation.id, jane.id), 'all');
    const narrowed = sampleToken(organisation.id, jane.id, { roles: user, expiresAt: now + 1 });
    const { id: some } = await insertTokenWithSecret(database, narrowed, 'some');
    await database.insertApplicationToken(sampleToken(organisation.id, jane.id, { expiresAt: now }));
    await database.insertApplicationToken(sampleToken(organisation.id, jane.id, { revokedAt: now }));
    await database.insertApplicationToken(sampleToken(organisation.id, heir.id));
    const acme = { id: organisation.id, name: 'Acme' };
    assert.deepEqual(await database.listTokensOfMaker(jane.id, now), [
      { id: all, organisation: acme, roles: null, expiresAt: null },
      { id: some, organisation: acme, roles: user, expiresAt: now + 1 },
    ]);
    await database.transferApplicationToken(all, { creatorId: heir.id, roles: administrator });
    const moved = await database.findApplicationTokenExchange(sampleHash('all'));
    assert.deepEqual([moved?.creatorId, moved?.roles], [heir.id, administrator]);
    assert.equal((await database.findApplicationTokenExchange(sampleHash('some')))?.creatorId, jane.id);
  });

  test('events go on naming who is gone, and are found by that name', async (t) => {
    const { database } = await create(t);
    const { organisation, user: jane } = await seed(database);
    const event = {
      occurredAt: now,
      organisationId: organisation.id,
      userId: jane.id,
      type: 1061,
      source: 2,
      severity: 0,
    };
    const rest = { alert: false, description: 'x', requestId: null, detail: null };
    await database.appendEvents([{ ...event, ...rest }]);
    await database.deleteUser(jane, null);
    const query = pageQuery({ filters: [textFilter('user', 'jane@', '')] });
    const { rows } = await database.listEvents({ organisationIds: [organisation.id] }, query);
    assert.deepEqual(
      rows.map(({ userId, username, userName }) => [userId, username, userName]),
      [[jane.id, 'Jane@Example.com', 'Jane']],
    );
  });
}
