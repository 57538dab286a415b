import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredKey } from '../../../packages/server/src/domain/records.ts';
import { now, sampleHash } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

const sampleKey: Omit<StoredKey, 'id'> = {
  kid: 'key-1',
  purpose: 'auth',
  algorithm: 'ES256',
  state: 'next',
  encryptedKey: 'sealed',
  createdAt: now,
  activatedAt: null,
  retiredAt: null,
};

export function testServiceData(create: CreateStore): void {
  test('a signing key is listed as it was inserted, changes only its state and times, and goes', async (t) => {
    const { database } = await create(t);
    await database.insertKey(sampleKey);
    await database.insertKey({ ...sampleKey, kid: 'key-2', purpose: 'internal', algorithm: 'HS256' });
    const [first, second] = await database.listKeys();
    assert.deepEqual(first, { ...sampleKey, id: first?.id });
    assert.equal(second?.kid, 'key-2');
    await database.updateKey('key-1', { state: 'retired', activatedAt: now + 1, retiredAt: now + 2 });
    await database.updateKey('key-2', {});
    const retired = { ...sampleKey, id: first?.id, state: 'retired', activatedAt: now + 1, retiredAt: now + 2 };
    assert.deepEqual((await database.listKeys())[0], retired);
    await database.deleteKey('key-1');
    assert.deepEqual(await database.listKeys(), [second]);
  });

  test('a set-up key is known by its hash until all are deleted', async (t) => {
    const { database } = await create(t);
    await database.insertSetupKey(sampleHash('key'), now);
    assert.equal(await database.hasSetupKey(sampleHash('key')), true);
    assert.equal(await database.hasSetupKey(sampleHash('other')), false);
    await database.deleteSetupKeys();
    assert.equal(await database.hasSetupKey(sampleHash('key')), false);
  });

  test('of values set for the service at once, every process is told the one that stands', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    assert.equal(await database.findServiceValue('master-key-check'), undefined);
    const told = await Promise.all([
      database.insertServiceValue('master-key-check', 'one'),
      other.insertServiceValue('master-key-check', 'two'),
    ]);
    const standing = await database.findServiceValue('master-key-check');
    assert.deepEqual(told, [standing, standing]);
  });

  test('transactions of two processes that take a named lock come one after another', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? database : other).transaction(async (stores) => {
          await stores.lock('setup');
          const keys = await stores.listKeys();
          await stores.insertKey({ ...sampleKey, kid: `key-${keys.length + 1}` });
        }),
      ),
    );
    const kids = (await database.listKeys()).map(({ kid }) => kid);
    assert.deepEqual(
      kids,
      Array.from({ length: 10 }, (_, index) => `key-${index + 1}`),
    );
  });
}
