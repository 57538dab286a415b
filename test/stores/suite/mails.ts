import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MailStore } from '../../../packages/server/src/domain/mail-port.ts';
import { hour, now, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

type NewMail = Parameters<MailStore['insertMail']>[0];

function sampleMail(change: Partial<NewMail> = {}): NewMail {
  return {
    userId: null,
    recipient: 'jane@example.com',
    template: 'activation',
    language: 'de',
    sealedData: 'sealed',
    messageKey: 'key',
    createdAt: now,
    ...change,
  };
}

export function testMails(create: CreateStore): void {
  test('a mail is claimed as it was inserted, with its attempt counted, and is due again once its lease has run out', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const mail = sampleMail({ userId: user.id });
    await database.insertMail(mail);
    const lease = now + hour;
    const [claimed] = await database.claimMails(now, lease, 5);
    assert.ok(claimed);
    assert.deepEqual(claimed, { ...mail, id: claimed.id, attempts: 1 });
    assert.deepEqual(await database.claimMails(lease - 1, lease, 5), []);
    assert.deepEqual(await database.claimMails(lease, lease + hour, 5), [{ ...claimed, attempts: 2 }]);
  });

  test('mails are claimed in the order in which they are due, no more than were asked for', async (t) => {
    const { database } = await create(t);
    for (const [index, later] of [3, 1, 2, 9].entries()) {
      await database.insertMail(sampleMail({ messageKey: `${index}`, createdAt: now + later }));
    }
    const claim = async () => (await database.claimMails(now + 3, now + hour, 2)).map(({ messageKey }) => messageKey);
    assert.deepEqual(await claim(), ['1', '2']);
    assert.deepEqual(await claim(), ['0']);
    assert.deepEqual(await claim(), []);
  });

  test('of many claims at once over two processes, each mail is in one', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    for (let index = 0; index < 30; index++) await database.insertMail(sampleMail());
    const claims = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? database : other).claimMails(now, now + hour, 3),
    );
    const ids = (await Promise.all(claims)).flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const rest = await database.claimMails(now, now + hour, 100);
    assert.equal(ids.length + rest.length, 30);
  });

  test('a mail is postponed by whoever made its last attempt, and by nobody before', async (t) => {
    const { database } = await create(t);
    await database.insertMail(sampleMail());
    const [first] = await database.claimMails(now, now + 1, 1);
    const [second] = await database.claimMails(now + 1, now + 2, 1);
    assert.ok(first !== undefined && second !== undefined);
    await database.postponeMail(first, { nextAttemptAt: now + 9 * hour, lastError: 'late' });
    assert.equal((await database.listMails(9))[0]?.lastError, null);
    await database.postponeMail(second, { nextAttemptAt: now + hour, lastError: 'ECONNREFUSED' });
    const { sealedData: _sealed, messageKey: _key, ...shown } = second;
    assert.deepEqual(await database.listMails(9), [{ ...shown, nextAttemptAt: now + hour, lastError: 'ECONNREFUSED' }]);
  });

  test('mails can be made due at once, and are gone when they are deleted', async (t) => {
    const { database } = await create(t);
    await database.insertMail(sampleMail({ createdAt: now + hour }));
    await database.insertMail(sampleMail({ createdAt: now }));
    assert.equal(await database.retryMails(now), 1);
    const claimed = await database.claimMails(now, now + hour, 9);
    assert.equal(claimed.length, 2);
    for (const { id } of claimed) await database.deleteMail(id);
    assert.equal(await database.countMails(), 0);
  });

  test('a wish for a mail is taken once, also of many at the same moment over two processes', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    await database.insertMailRequest({ sealedData: 'one', createdAt: now });
    await database.insertMailRequest({ sealedData: 'two', createdAt: now });
    const [first, second] = await database.listMailRequests(9);
    assert.deepEqual([first?.sealedData, second?.sealedData], ['one', 'two']);
    const takes = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? database : other).takeMailRequest(first?.id ?? 0),
    );
    assert.equal((await Promise.all(takes)).filter(Boolean).length, 1);
    assert.deepEqual(await database.listMailRequests(9), [second]);
  });
}
