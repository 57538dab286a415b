import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { announceExpiringTokens } from '../../packages/server/src/domain/expiry-notice.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { keyOf, type ReceivedMail, takeMails } from '../support/received-mail.ts';
import { recordWork } from '../support/recorded-work.ts';
import {
  behindProxy,
  createTestStore,
  type StoreKind,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const username = 'jane@example.com';
const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_PUBLIC_URL: 'http://keywright.test' };

async function startWithJane(t: TestContext, kind: StoreKind): Promise<TestServer> {
  const server = await startTestServer({ store: kind, env });
  t.after(() => server.close());
  const { id } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId: id });
  return server;
}

async function signIn(server: TestServer, from: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await server.authenticate({ username, password: testPassword }, { from, headers });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.auth_token;
}

async function subjects(server: TestServer): Promise<string[]> {
  return (await takeMails(server)).map(({ subject }) => subject);
}

/** Turns the clock on by a day and looks for tokens that expire, as a server does each minute. */
async function passDays(server: TestServer, days: number): Promise<ReceivedMail[]> {
  const mails: ReceivedMail[] = [];
  for (let day = 0; day < days; day++) {
    server.clock.advance({ days: 1 });
    await announceExpiringTokens(server.service);
    await announceExpiringTokens(server.service);
    mails.push(...(await takeMails(server)));
  }
  return mails;
}

function expiryIn(server: TestServer, days: number): string {
  return new Date(server.clock.now() + days * 24 * 3600 * 1000).toISOString();
}

for (const kind of storeKinds) {
  test(`the maker of a token is told 14, 3 and 1 days before it expires on ${kind}, each once, and of no other token`, async (t) => {
    const server = await startWithJane(t, kind);
    const bearer = await signIn(server, '192.0.2.1');
    const expiry_date = expiryIn(server, 30);
    await server.createToken(bearer, { description: 'Nightly build', expiry_date });
    await server.createToken(bearer, { description: 'For good' });
    const revoked = await server.createToken(bearer, { description: 'Revoked', expiry_date });
    const gone = { bearer, body: { status: { id: 1 } } };
    await server.call('PATCH', `/api/v1/application_token/${revoked.id}`, gone);
    await takeMails(server);
    const mails = await passDays(server, 40);
    assert.deepEqual(
      mails.map(({ to, subject }) => [to, subject]),
      [
        [username, 'An application token expires within 14 days'],
        [username, 'An application token expires within 3 days'],
        [username, 'An application token expires within a day'],
      ],
    );
    for (const { text } of mails) {
      assert.match(text, /^Token: Nightly build \(kwt_\w{8}…\)$/m);
      assert.match(text, /^http:\/\/keywright\.test\/integrations#application-tokens$/m);
      assert.match(text, /^Expires: 9 April 2027 at 12:00 UTC$/m);
    }
  });

  test(`where notices were missed on ${kind}, the last alone is sent`, async (t) => {
    const server = await startWithJane(t, kind);
    const bearer = await signIn(server, '192.0.2.1');
    await server.createToken(bearer, { expiry_date: expiryIn(server, 92) });
    await takeMails(server);
    server.clock.advance({ days: 90 });
    await announceExpiringTokens(server.service);
    assert.deepEqual(await subjects(server), ['An application token expires within 3 days']);
    assert.deepEqual(
      (await passDays(server, 5)).map(({ subject }) => subject),
      ['An application token expires within a day'],
    );
  });

  test(`a date that was just set on ${kind} is no news; the stages that follow are`, async (t) => {
    const server = await startWithJane(t, kind);
    const bearer = await signIn(server, '192.0.2.1');
    const { id } = await server.createToken(bearer, { expiry_date: expiryIn(server, 2) });
    await takeMails(server);
    await announceExpiringTokens(server.service);
    assert.deepEqual(await subjects(server), []);
    assert.equal((await passDays(server, 1)).length, 1);
    const later = { bearer: await signIn(server, '192.0.2.1'), body: { expiry_date: expiryIn(server, 10) } };
    assert.equal((await server.call('PATCH', `/api/v1/application_token/${id}`, later)).status, 204);
    assert.deepEqual(
      (await passDays(server, 12)).map(({ subject }) => subject),
      ['An application token expires within 3 days', 'An application token expires within a day'],
    );
  });

  test(`a suspended maker is told of no token on ${kind}`, async (t) => {
    const server = await startWithJane(t, kind);
    await server.createToken(await signIn(server, '192.0.2.1'), { expiry_date: expiryIn(server, 20) });
    const user = await server.service.database.findUserByUsername(username);
    await suspendUser(server.service, testActor, user?.id ?? 0);
    await takeMails(server);
    assert.deepEqual(await passDays(server, 25), []);
  });

  test(`a sign-in from a new network is told on ${kind}, but for the very first, and each network once`, async (t) => {
    const server = await startWithJane(t, kind);
    await signIn(server, '192.0.2.1');
    assert.deepEqual(await takeMails(server), []);
    await signIn(server, '192.0.2.200');
    assert.deepEqual(await takeMails(server), [], 'the same network');
    const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    await signIn(server, '2001:db8::1', agent);
    const [mail] = await takeMails(server);
    assert.deepEqual([mail?.to, mail?.subject], [username, 'Sign-in from a new network']);
    assert.match(mail?.text ?? '', /^Address: 2001:db8::1$/m);
    assert.match(mail?.text ?? '', /^Device: Firefox 140, Linux$/m);
    await signIn(server, '2001:db8::2');
    server.clock.advance({ days: 60 });
    await signIn(server, '192.0.2.1');
    assert.deepEqual(await takeMails(server), [], 'networks that were known once are not new');
  });

  test(`a lock is told on ${kind}, at most once a day`, async (t) => {
    const server = await startWithJane(t, kind);
    const lock = async (): Promise<void> => {
      for (const password of ['a', 'b', 'c'])
        await server.authenticate({ username, password }, { from: '203.0.113.5' });
      server.clock.advance({ minutes: 6 });
    };
    await lock();
    const [mail] = await takeMails(server);
    assert.deepEqual([mail?.to, mail?.subject], [username, 'Signing in was locked for a while']);
    assert.match(mail?.text ?? '', /^Address: 203\.0\.113\.5$/m);
    await lock();
    await lock();
    assert.deepEqual(await takeMails(server), []);
    server.clock.advance({ days: 1 });
    await lock();
    assert.equal((await takeMails(server)).length, 1);
  });

  test(`a lock of a name that does not exist costs the same on ${kind}, and nobody is told`, async (t) => {
    const server = await startWithJane(t, kind);
    const work = recordWork(t, server.service);
    const lock = async (name: string): Promise<string[]> => {
      for (const password of ['a', 'b', 'c']) {
        await server.authenticate({ username: name, password }, { from: '203.0.113.5' });
      }
      return work.take();
    };
    const known = await lock(username);
    assert.ok(known.includes('in it: insertMailRequest'));
    await takeMails(server);
    work.take();
    assert.deepEqual(await lock('nobody@example.com'), known);
    assert.deepEqual(await takeMails(server), []);
  });

  test(`a new application token is told its maker on ${kind}`, async (t) => {
    const server = await startWithJane(t, kind);
    const { application_token } = await server.createToken(await signIn(server, '192.0.2.1'), { description: 'CI' });
    const [mail] = await takeMails(server);
    assert.deepEqual([mail?.to, mail?.subject], [username, 'A new application token']);
    assert.ok(mail?.text.includes(`Token: CI (${application_token.slice(0, 12)}…)`));
    assert.equal(mail?.raw.includes(application_token.slice(0, 14)), false, 'never its secret');
  });

  test(`a new secret of an application token is told its maker on ${kind}, whoever rotated it`, async (t) => {
    const server = await startWithJane(t, kind);
    const { id } = await server.createToken(await signIn(server, '192.0.2.1'), { description: 'CI' });
    const jane = await server.service.database.findUserByUsername(username);
    await server.addUser({ username: 'admin@example.com', organisationId: jane?.organisationId ?? 0 });
    await takeMails(server);
    const { auth_token: bearer } = await server.signIn('admin@example.com');
    const rotate = () => server.call('POST', `/api/v1/application_token/${id}/rotate`, { bearer, body: {} });
    const { application_token } = (await rotate()).json;
    const mails = await takeMails(server);
    assert.deepEqual(
      mails.map(({ to, subject }) => [to, subject]),
      [[username, 'An application token has a new secret']],
    );
    assert.ok(mails[0]?.text.includes(`Token: CI (${application_token.slice(0, 12)}…)`));
    assert.equal(mails[0]?.raw.includes(application_token.slice(0, 14)), false, 'never its secret');
    await server.call('PATCH', `/api/v1/application_token/${id}`, { bearer, body: { status: { id: 1 } } });
    assert.equal((await rotate()).status, 422);
    assert.deepEqual(await takeMails(server), [], 'what is refused is no news');
  });

  test(`a user is written to in the user's own language on ${kind}`, async (t) => {
    const server = await startWithJane(t, kind);
    const user = await server.service.database.findUserByUsername(username);
    await server.service.database.updateUser(user?.id ?? 0, { language: 'de' });
    await server.call('POST', '/api/v1/user/password_reset', { body: { username } });
    const [mail] = await takeMails(server);
    assert.equal(mail?.subject, 'Wählen Sie ein neues Passwort');
    assert.match(mail?.text ?? '', /^Guten Tag jane,$/m);
    assert.match(mail?.html ?? '', /<html lang="de">/);
    assert.ok(keyOf(mail));
  });
}

test('two instances and restarts send each notice once', async (t) => {
  const store = await createTestStore('postgres');
  t.after(() => store.remove());
  const one = await startTestServer({ store, env });
  t.after(() => one.close());
  const { id } = await one.addOrganisation('Acme');
  await one.addUser({ username, organisationId: id });
  const bearer = await signIn(one, '192.0.2.1');
  for (let index = 0; index < 10; index++) await one.createToken(bearer, { expiry_date: expiryIn(one, 20) });
  await takeMails(one);
  for (const [days, expected] of [
    [7, 10],
    [10, 10],
    [2, 10],
  ] as const) {
    one.clock.advance({ days });
    const other = await startTestServer({ store, env, clock: one.clock });
    const told = await Promise.all([one, other, one, other].map((server) => announceExpiringTokens(server.service)));
    await other.close();
    assert.equal(
      told.reduce((sum, number) => sum + number, 0),
      expected,
    );
    assert.equal((await takeMails(one)).length, expected);
  }
});
