import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { insertTokenWithSecret, now, sampleSession, sampleToken, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

const organisation = { parentId: null, createdAt: now };

export function testTransactions(create: CreateStore): void {
  testAtomicity(create);
  testIsolation(create);
}

function testAtomicity(create: CreateStore): void {
  test('what a transaction throws rolls everything back and reaches the caller as it is', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const reason = new Error('no');
    const failing = database.transaction(async (stores) => {
      await stores.insertOrganisation({ ...organisation, name: 'Gone' });
      await stores.updateUser(user.id, { name: 'Changed' });
      throw reason;
    });
    await assert.rejects(failing, (error) => error === reason);
    assert.deepEqual(await database.findOrganisationsByName('Gone'), []);
    assert.deepEqual(await database.findUser(user.id), user);
  });

  test('a transaction whose statement failed commits nothing, even if the failure was caught', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const failing = database.transaction(async (stores) => {
      await stores.insertOrganisation({ ...organisation, name: 'Half' });
      await stores.insertSession(sampleSession(user.id, 999)).catch(() => undefined);
      await stores.insertOrganisation({ ...organisation, name: 'Half' }).catch(() => undefined);
      return 'done';
    });
    await assert.rejects(failing, { token: 'InvalidReference' });
    assert.deepEqual(await database.findOrganisationsByName('Half'), []);
  });

  test('stores kept beyond the end of their transaction do nothing any more', async (t) => {
    const { database } = await create(t);
    const stores = await database.transaction(async (stores) => stores);
    await assert.rejects(
      stores.insertOrganisation({ ...organisation, name: 'Late' }),
      /after its transaction had ended/,
    );
    assert.deepEqual(await database.findOrganisationsByName('Late'), []);
  });

  test('holding a user makes those who change it take turns, across processes', async (t) => {
    const { database, open } = await create(t);
    const { user } = await seed(database);
    const other = await open();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? database : other).transaction(async (stores) => {
          const held = await stores.holdUser(user.id);
          await stores.updateUser(user.id, { version: (held?.version ?? 0) + 1 });
        }),
      ),
    );
    assert.equal((await database.findUser(user.id))?.version, 11);
    assert.equal(await database.transaction((stores) => stores.holdUser(999)), undefined);
  });
}

function testIsolation(create: CreateStore): void {
  test('what a transaction has not committed is seen inside it and nowhere else', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { organisation: home, user } = await seed(database);
    const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(home.id, user.id), 'secret');
    await database.transaction(async (stores) => {
      await stores.revokeApplicationToken(id, now);
      await stores.insertOrganisation({ ...organisation, name: 'New' });
      assert.equal((await stores.findApplicationTokenExchange(secretHash))?.revokedAt, now);
      assert.equal((await stores.findApplicationTokenCaller(id))?.revokedAt, now);
      assert.equal((await stores.findOrganisationsByName('New')).length, 1);
      for (const instance of [database, other]) {
        assert.equal((await instance.findApplicationTokenExchange(secretHash))?.revokedAt, null);
        assert.deepEqual(await instance.findOrganisationsByName('New'), []);
      }
    });
    assert.equal((await other.findApplicationTokenExchange(secretHash))?.revokedAt, now);
  });

  test('a write beside a transaction that is waiting for something else does not become part of it', async (t) => {
    const { database } = await create(t);
    const started = Promise.withResolvers<void>();
    const failing = database.transaction(async (stores) => {
      await stores.insertOrganisation({ ...organisation, name: 'Inside' });
      started.resolve();
      await delay(20);
      throw new Error('no');
    });
    const settled = assert.rejects(failing, /no/);
    await started.promise;
    await Promise.all([
      database.insertOrganisation({ ...organisation, name: 'Beside' }),
      database.transaction((stores) => stores.insertOrganisation({ ...organisation, name: 'Other' })),
      settled,
    ]);
    const names = (await database.listOrganisations()).map(({ name }) => name).sort();
    assert.deepEqual(names, ['Beside', 'Other']);
  });
}
