import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActivationKey } from '../../../packages/server/src/domain/activation-key-port.ts';
import type { StoredSignUp } from '../../../packages/server/src/domain/signup-port.ts';
import { hour, now, sampleToken, sampleUser, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

function sampleKey(userId: number, change: Partial<ActivationKey> = {}): ActivationKey {
  return {
    id: 'key-1',
    userId,
    purpose: 'activation',
    organisationId: null,
    roles: null,
    usernameKey: 'jane@example.com',
    passwordChangedAt: null,
    createdAt: now,
    expiresAt: now + hour,
    usedAt: null,
    ...change,
  };
}

function sampleSignUp(change: Partial<StoredSignUp> = {}): StoredSignUp {
  return {
    id: 'signup-1',
    usernameKey: 'new@example.com',
    sealedData: 'sealed',
    createdAt: now,
    expiresAt: now + hour,
    ...change,
  };
}

export function testActivationKeys(create: CreateStore): void {
  test('an activation key is found as it was inserted, and spent once, also of many at the same moment', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { user, organisation } = await seed(database);
    const key = sampleKey(user.id, { purpose: 'invitation', organisationId: organisation.id, roles: 6 });
    await database.insertActivationKey(key);
    assert.deepEqual(await database.findActivationKey('key-1'), key);
    const spending = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? database : other).spendActivationKey('key-1', now + index),
    );
    assert.equal((await Promise.all(spending)).filter(Boolean).length, 1);
    assert.notEqual((await database.findActivationKey('key-1'))?.usedAt, null);
    assert.equal(await database.spendActivationKey('key-2', now), false);
  });

  test('the unused keys of a user are voided by what they are for; used ones stay as they are', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const purposes = ['activation', 'password_reset', 'invitation'] as const;
    for (const purpose of purposes) await database.insertActivationKey(sampleKey(user.id, { id: purpose, purpose }));
    await database.spendActivationKey('activation', now + 1);
    await database.voidActivationKeys(user.id, ['activation', 'password_reset'], now + 2);
    await database.voidActivationKeys(user.id, [], now + 3);
    const used = await Promise.all(purposes.map(async (id) => (await database.findActivationKey(id))?.usedAt));
    assert.deepEqual(used, [now + 1, now + 2, null]);
  });

  test('expired keys and sign-ups can be removed, and no others', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    await database.insertActivationKey(sampleKey(user.id, { id: 'old', expiresAt: now - 1 }));
    await database.insertActivationKey(sampleKey(user.id, { id: 'new', expiresAt: now }));
    await database.insertSignUp(sampleSignUp({ id: 'old', expiresAt: now - 1 }));
    await database.insertSignUp(sampleSignUp({ id: 'new', expiresAt: now }));
    await database.deleteExpiredActivationKeys(now);
    await database.deleteExpiredSignUps(now);
    assert.equal(await database.findActivationKey('old'), undefined);
    assert.ok(await database.findActivationKey('new'));
    assert.equal(await database.findSignUp('old'), undefined);
    assert.ok(await database.findSignUp('new'));
  });

  test('whoever waits for a username is found by it, but not who stands for somebody that is invited', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const waiting = { status: 0, pendingUsernameKey: 'new@example.com' } as const;
    const insert = (usernameKey: string, change = {}) =>
      database.insertUser(sampleUser(organisation.id, { usernameKey, ...waiting, ...change }));
    assert.equal(await database.findRenamedUser('new@example.com'), undefined);
    await insert('Renamed:1');
    const last = await insert('Renamed:2');
    await insert('Invited:3', { invitedUserId: user.id });
    assert.deepEqual(await database.findRenamedUser('new@example.com'), last);
  });

  test('a sign-up is found by its key and by its username, the last first, until it is taken, once', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const first = sampleSignUp();
    const last = sampleSignUp({ id: 'signup-2', createdAt: now + 1, expiresAt: now + 2 * hour });
    await database.insertSignUp(first);
    await database.insertSignUp(last);
    assert.deepEqual(await database.findSignUp('signup-1'), first);
    assert.deepEqual(await database.findLatestSignUp('new@example.com', now), last);
    assert.equal(await database.findLatestSignUp('new@example.com', now + 2 * hour), undefined);
    const takes = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? database : other).takeSignUp('signup-1'));
    assert.equal((await Promise.all(takes)).filter(Boolean).length, 1);
    await database.deleteSignUps('new@example.com');
    assert.equal(await database.findLatestSignUp('new@example.com', now), undefined);
  });

  test('a user is told of one thing at most once in a while, also of many at the same moment', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { user } = await seed(database);
    const claims = (when: number) =>
      Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? database : other).claimNotice(user.id, 'account_locked', {
            now: when,
            notSince: when - hour,
          }),
        ),
      );
    assert.equal((await claims(now)).filter(Boolean).length, 1);
    assert.equal((await claims(now + hour - 1)).filter(Boolean).length, 0);
    assert.equal((await claims(now + hour)).filter(Boolean).length, 1);
  });

  test('tokens that expire in a span of time are found, live ones of active makers alone', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const suspended = await database.insertUser(
      sampleUser(organisation.id, { usernameKey: 'x@example.com', status: 2 }),
    );
    const insert = (change: object, creatorId = user.id) =>
      database.insertApplicationToken(sampleToken(organisation.id, creatorId, change));
    const first = await insert({ expiresAt: now + 1 });
    await insert({ expiresAt: now });
    await insert({ expiresAt: null });
    const revoked = await insert({ expiresAt: now + 2 });
    await database.revokeApplicationToken(revoked, now);
    await insert({ expiresAt: now + 2 }, suspended.id);
    const last = await insert({ expiresAt: now + hour, description: null });
    await insert({ expiresAt: now + hour + 1 });
    const span = { from: now, until: now + hour };
    const tokens = await database.listExpiringTokens(span, { afterId: 0, limit: 9 });
    assert.deepEqual(
      tokens.map(({ id }) => id),
      [first, last],
    );
    assert.deepEqual(tokens[1], {
      id: last,
      description: null,
      prefix: 'kwt_abcdefgh',
      expiresAt: now + hour,
      organisationName: 'Acme',
      creatorId: user.id,
      noticeDays: null,
    });
    assert.equal((await database.listExpiringTokens(span, { afterId: first, limit: 9 })).length, 1);
    assert.equal((await database.listExpiringTokens(span, { afterId: 0, limit: 1 })).length, 1);
  });

  test('each stage before a token expires is claimed once, never one before it, and not for another date', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { organisation, user } = await seed(database);
    const id = await database.insertApplicationToken(sampleToken(organisation.id, user.id, { expiresAt: now + hour }));
    const token = { id, expiresAt: now + hour };
    const claims = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? database : other).claimExpiryNotice(token, 3),
    );
    assert.equal((await Promise.all(claims)).filter(Boolean).length, 1);
    assert.equal(await database.claimExpiryNotice(token, 14), false);
    assert.equal(await database.claimExpiryNotice({ id, expiresAt: now + 1 }, 1), false);
    assert.equal(await database.claimExpiryNotice(token, 1), true);
    await database.setExpiryNotice(id, null);
    assert.equal(await database.claimExpiryNotice(token, 14), true);
  });

  test('a user who signed in from anywhere has a known network', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    assert.equal(await database.hasKnownNetwork(user.id), false);
    await database.upsertKnownNetwork({ userId: user.id, network: '192.0.2.0/24', lastSignInAt: now });
    assert.equal(await database.hasKnownNetwork(user.id), true);
  });
}
