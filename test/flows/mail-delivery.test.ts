import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { enqueueMail } from '../../packages/server/src/domain/mail.ts';
import { type MailSink, startMailSink } from '../support/mail-sink.ts';
import { readOutbox } from '../support/received-mail.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import {
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  type TestStore,
} from '../support/test-server.ts';

const code = '918273';

/** Queues a mail with a code, as signing in does; `name` tells mails apart. */
async function queueMail(server: TestServer, name = 'Jane', to = 'jane@example.com'): Promise<void> {
  await enqueueMail(server.service, server.service.database, {
    template: 'password_changed',
    userId: null,
    to,
    language: 'en',
    data: { name, address: code, time: '2027-03-10T12:00:00.000Z' },
  });
}

async function startSink(t: TestContext): Promise<MailSink> {
  const sink = await startMailSink();
  t.after(() => sink.stop());
  return sink;
}

async function start(t: TestContext, store: TestStore, sink?: MailSink, of?: TestServer): Promise<TestServer> {
  const env = sink === undefined ? {} : { KEYWRIGHT_SMTP_URL: sink.url };
  const server = await startTestServer({ store, env, ...(of === undefined ? {} : { clock: of.clock }) });
  t.after(() => server.close());
  return server;
}

for (const kind of storeKinds) {
  async function createStore(t: TestContext): Promise<TestStore> {
    const store = await createTestStore(kind);
    t.after(() => store.remove());
    return store;
  }

  test(`a mail to a server that is down waits on ${kind}, and arrives once it is up`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const server = await start(t, store, sink);
    await sink.stop();
    await queueMail(server);
    await server.deliverMails();
    await sink.start();
    await server.deliverMails();
    assert.equal(sink.mails.length, 0, 'it is not tried again before its time');
    server.clock.advance({ seconds: 5 });
    await server.deliverMails();
    assert.equal(sink.mails.length, 1);
    server.clock.advance({ days: 3 });
    await server.deliverMails();
    assert.equal(sink.mails.length, 1, 'and once only');
    assert.deepEqual(await queryStore(store, 'SELECT id FROM mail'), []);
  });

  test(`a mail outlives a restart on ${kind}, and what it says rests encrypted until it is gone`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const first = await start(t, store, sink);
    await queueMail(first, 'Jane Secretname');
    const dump = await dumpStore(store);
    for (const secret of [code, 'Secretname']) assert.equal(dump.includes(secret), false);
    await first.close();
    const second = await start(t, store, sink, first);
    await second.deliverMails();
    assert.match(sink.mails[0]?.text ?? '', /Jane Secretname[\s\S]*918273/);
  });

  test(`a mail of a process that died while handing it over arrives from another one on ${kind}, as the same mail`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const server = await start(t, store, sink);
    await queueMail(server);
    // As a process that is killed after the mail server took the mail, and before it could note that.
    const [claimed] = await server.service.database.claimMails(server.clock.now(), server.clock.now() + 120_000, 1);
    assert.ok(claimed);
    await server.deliverMails();
    assert.equal(sink.mails.length, 0);
    server.clock.advance({ minutes: 2 });
    await server.deliverMails();
    assert.equal(sink.mails.length, 1);
    assert.equal(sink.mails[0]?.messageId, `<${claimed.messageKey}@localhost>`);
  });

  test(`a mail that nobody takes is tried less and less often on ${kind}, and given up after days, with an event`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const server = await start(t, store, sink);
    let attempts = 0;
    sink.judge(() => {
      attempts += 1;
      return { code: 451, text: 'not now' };
    });
    await queueMail(server);
    const begun = server.clock.now();
    const waits: number[] = [];
    let last = begun;
    for (let seconds = 0; seconds < 6 * 24 * 3600; seconds += waits.length < 10 ? 5 : 1800) {
      const before = attempts;
      await server.deliverMails();
      if (attempts > before) {
        waits.push((server.clock.now() - last) / 1000);
        last = server.clock.now();
      }
      server.clock.advance({ seconds: waits.length < 10 ? 5 : 1800 });
    }
    assert.deepEqual(waits.slice(0, 9), [0, 5, 10, 20, 40, 80, 160, 320, 640]);
    assert.ok(Math.max(...waits) <= 4 * 3600 + 1800, 'four hours at most lie between two attempts');
    assert.ok(last - begun > 4 * 24 * 3600 * 1000, 'for days');
    assert.deepEqual(await queryStore(store, 'SELECT id FROM mail'), []);
    const [event] = await queryStore(store, 'SELECT description, detail FROM event WHERE type = 1088');
    assert.match(event?.['description'], /^A mail to jane@example\.com was given up: .*not now/);
    assert.equal(event?.['detail'].includes(code), false);
  });

  test(`what a mail server refuses for good is tried hours later only on ${kind}, or when an operator says so`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const server = await start(t, store, sink);
    sink.judge(() => ({ code: 550, text: 'relaying denied' }));
    await queueMail(server);
    await server.deliverMails();
    sink.judge(() => undefined);
    server.clock.advance({ minutes: 59 });
    await server.deliverMails();
    assert.equal(sink.mails.length, 0);
    assert.equal(await server.service.database.retryMails(server.clock.now()), 1);
    await server.deliverMails();
    assert.equal(sink.mails.length, 1);
  });

  test(`a mail whose link or code is of no use any more is not delivered on ${kind}`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const server = await start(t, store, sink);
    const data = { name: 'Jane', code, minutes: '10' };
    const mail = { userId: null, to: 'jane@example.com', language: 'en', template: 'email_code', data } as const;
    await enqueueMail(server.service, server.service.database, mail);
    server.clock.advance({ minutes: 10 });
    await server.deliverMails();
    assert.equal(sink.mails.length, 0);
    assert.equal((await queryStore(store, 'SELECT id FROM event WHERE type = 1088')).length, 1);
  });

  test(`one mail that is slow or refused keeps no other one waiting on ${kind}`, async (t) => {
    const [store, sink] = [await createStore(t), await startSink(t)];
    const server = await start(t, store, sink);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isOthersIn: () => void = () => undefined;
    const othersAreIn = new Promise<void>((resolve) => {
      isOthersIn = resolve;
    });
    let others = 0;
    sink.judge(async (recipient) => {
      if (recipient === 'refused@example.com') return { code: 550, text: 'no' };
      if (recipient === 'slow@example.com') await released;
      else others += 1;
      if (others === 12) isOthersIn();
      return undefined;
    });
    await queueMail(server, 'Slow', 'slow@example.com');
    await queueMail(server, 'Refused', 'refused@example.com');
    for (let index = 0; index < 12; index++) await queueMail(server, `No. ${index}`, `no${index}@example.com`);
    const delivery = server.deliverMails();
    await othersAreIn;
    assert.equal((await server.call('GET', '/readyz')).status, 200, 'and no request either');
    release();
    await delivery;
    assert.equal(sink.mails.length, 13);
  });
}

test('two instances hand each mail over once', async (t) => {
  const store = await createTestStore('postgres');
  t.after(() => store.remove());
  const sink = await startSink(t);
  const one = await start(t, store, sink);
  const other = await start(t, store, sink, one);
  for (let index = 0; index < 40; index++) await queueMail(index % 2 === 0 ? one : other, `No. ${index}`);
  await Promise.all([one.deliverMails(), other.deliverMails(), one.deliverMails(), other.deliverMails()]);
  const names = sink.mails.map(({ text }) => /No\. \d+/.exec(text)?.[0]);
  assert.deepEqual([names.length, new Set(names).size], [40, 40]);
});

test('without a mail server mails are files in the outbox, in the order in which they were queued', async (t) => {
  const server = await startTestServer();
  t.after(() => server.close());
  for (const name of ['One', 'Two', 'Three']) await queueMail(server, name);
  await server.deliverMails();
  const mails = await readOutbox(server.store);
  assert.deepEqual(
    mails.map(({ text }) => /^Hello (\w+)/.exec(text)?.[1]),
    ['One', 'Two', 'Three'],
  );
});
