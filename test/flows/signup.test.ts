import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sealedMailRequestPurpose } from '../../packages/server/src/domain/mail-request-port.ts';
import { drawId } from '../../packages/server/src/domain/random-id.ts';
import { keyOf, type ReceivedMail, takeMails } from '../support/received-mail.ts';
import { recordWork } from '../support/recorded-work.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import { type Answer, behindProxy, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';

const password = 'quaint otters juggle lemons';

function bodyFor(username: string, change: object = {}): object {
  return { username, password, name: 'Jane Doe', organisation: 'Acme', ...change };
}

function seenOf({ status, headers, text }: Answer): object {
  return { status, text, headers: [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date') };
}

for (const kind of storeKinds) {
  describe(`sign-up on ${kind}`, () => {
    let server: TestServer;
    let count = 0;

    before(async () => {
      server = await startTestServer({
        store: kind,
        env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_SIGNUP: 'open' },
      });
    });
    after(() => server.close());

    const signUp = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
      server.call('POST', '/api/v1/signup', { body, headers });

    const confirm = (activationKey: string, more: object = { password }): Promise<Answer> =>
      server.call('POST', '/api/v1/user/activation', { body: { activationKey, ...more } });

    async function signUpMail(username: string, change: object = {}): Promise<ReceivedMail | undefined> {
      const answer = await signUp(bodyFor(username, change));
      assert.equal(answer.status, 204, answer.text);
      return (await takeMails(server)).find(({ to }) => to === username);
    }

    const nextName = (): string => `new${++count}@example.com`;

    test('whoever confirms the mail is the first administrator of a new organisation; before that there is nothing', async () => {
      const username = nextName();
      const mail = await signUpMail(username);
      assert.deepEqual(await queryStore(server.store, 'SELECT id FROM organisation'), []);
      assert.deepEqual(await queryStore(server.store, 'SELECT id FROM user_account'), []);
      assert.equal((await server.authenticate({ username, password })).status, 401);
      assert.equal((await confirm(keyOf(mail))).status, 204);
      const { auth_token } = await server.signIn(username, password);
      const { json } = await server.call('GET', '/api/v1/user/my', { bearer: auth_token });
      assert.deepEqual(
        [json.name, json.organisation.name, json.roles.map(({ name }: { name: string }) => name)],
        ['Jane Doe', 'Acme', ['Administrator']],
      );
      assert.equal((await confirm(keyOf(mail))).status, 400);
    });

    test('whoever has the mail chooses the password: none of a stranger’s gets into the account', async () => {
      const username = nextName();
      const key = keyOf(await signUpMail(username, { password: 'a stranger chose this' }));
      const missing = await confirm(key, {});
      assert.deepEqual([missing.status, missing.json.errors[0].error_code], [422, 1402]);
      assert.equal((await confirm(key, { password: 'seven 7' })).status, 422);
      assert.equal((await confirm(key, { password: username })).status, 422);
      assert.equal((await server.authenticate({ username, password: 'a stranger chose this' })).status, 401);
      assert.equal((await confirm(key, { password: 'one of my own making' })).status, 204);
      assert.equal((await server.authenticate({ username, password: 'a stranger chose this' })).status, 401);
      await server.signIn(username, 'one of my own making');
    });

    test('of a password that was signed up with nothing is kept, not even its hash', async () => {
      const username = nextName();
      const before = await dumpStore(server.store);
      assert.equal((await signUp(bodyFor(username))).status, 204);
      const [waiting] = await queryStore(server.store, 'SELECT sealed_data FROM mail_request');
      const opened = server.service.box.open(waiting?.['sealed_data'], sealedMailRequestPurpose);
      assert.ok(opened.includes(username));
      assert.equal(/password|argon/i.test(opened), false, opened);
      assert.equal((await dumpStore(server.store)).split('\n').length, before.split('\n').length + 1);
      await takeMails(server);
    });

    test('a name that exists and one that does not are answered alike, to the byte, after the same work', async (t) => {
      const existing = nextName();
      await confirm(keyOf(await signUpMail(existing)));
      const work = recordWork(t, server.service);
      const attempt = async (username: string): Promise<[object, string[]]> => {
        const answer = await signUp(bodyFor(username));
        return [seenOf(answer), work.take()];
      };
      const known = await attempt(existing);
      assert.deepEqual(await attempt(nextName()), known);
      assert.deepEqual(known[1], ['insertMailRequest']);
      const wrong = async (username: string): Promise<unknown> => {
        const { status, json } = await signUp(bodyFor(username, { password: 'seven 7' }));
        return [status, json.errors];
      };
      assert.deepEqual(await wrong(existing), await wrong(nextName()));
    });

    test('the owner of a name that exists is told by mail, and nothing changes', async () => {
      const username = nextName();
      await confirm(keyOf(await signUpMail(username)));
      const mail = await signUpMail(username, { password: 'a stranger chose this', organisation: 'Evil' });
      assert.equal(mail?.subject, 'You have an account already');
      assert.equal(mail?.raw.includes('activationKey'), false);
      await server.signIn(username, password);
      assert.deepEqual(await queryStore(server.store, "SELECT id FROM organisation WHERE name = 'Evil'"), []);
    });

    test('of several sign-ups of one name the one that is confirmed counts, and voids the others', async () => {
      const username = nextName();
      const first = keyOf(await signUpMail(username, { organisation: 'First' }));
      const second = keyOf(await signUpMail(username, { organisation: 'Second' }));
      const uses = await Promise.all([confirm(second), confirm(first), confirm(second)]);
      assert.equal(uses.filter(({ status }) => status === 204).length, 1);
      assert.equal(uses.filter(({ status }) => status === 400).length, 2);
      const rows = await queryStore(server.store, "SELECT name FROM organisation WHERE name IN ('First', 'Second')");
      assert.equal(rows.length, 1);
    });

    test('the mail can be had again, and a sign-up that nobody confirms is over after 72 hours', async () => {
      const username = nextName();
      const first = keyOf(await signUpMail(username));
      server.clock.advance({ days: 2 });
      await server.call('POST', '/api/v1/user/activation_resend', { body: { username } });
      const again = keyOf((await takeMails(server)).find(({ to }) => to === username));
      server.clock.advance({ days: 1 });
      assert.equal((await confirm(first)).status, 400);
      server.clock.advance({ days: 1 });
      assert.equal((await confirm(again)).status, 204);
      await server.signIn(username, password);
    });

    test('what is wrong with a sign-up is listed', async () => {
      const answer = await signUp({ username: 'x', password: 'seven 7', name: ' ', organisation: '\u0000' });
      assert.equal(answer.status, 422);
      const named = answer.json.errors.map(({ message }: { message: string }) => message.split(' ')[0]);
      assert.deepEqual(named.sort(), ['name', 'organisation', 'password', 'username']);
      assert.equal((await signUp({})).json.errors.length, 4);
    });

    test('mails are in the language that the sign-up preferred, from the first on', async () => {
      const username = nextName();
      await signUp(bodyFor(username), { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' });
      const [mail] = await takeMails(server);
      assert.equal(mail?.subject, 'Bestätigen Sie Ihre E-Mail-Adresse');
      await confirm(keyOf(mail));
      await server.call('POST', '/api/v1/user/password_reset', { body: { username } });
      assert.equal((await takeMails(server))[0]?.subject, 'Wählen Sie ein neues Passwort');
    });

    test('a stranger’s words can neither add a recipient to a mail nor a header', async () => {
      const username = nextName();
      const odd = 'Acme", <eve@example.com>, "x';
      const mail = await signUpMail(username, { name: odd, organisation: odd });
      assert.equal(mail?.to, username);
      for (const wrong of [`${username},eve@example.com`, `${username}\r\nBcc: eve@example.com`, `a <${username}>`]) {
        assert.equal((await signUp(bodyFor(wrong))).status, 422);
      }
      for (const name of ['A\r\nBcc: eve@example.com', 'A\nB', 'A\u2028B']) {
        assert.equal((await signUp(bodyFor(username, { name }))).status, 422, JSON.stringify(name));
      }
      assert.deepEqual(await takeMails(server), []);
    });

    test('neither the password nor its SHA-1 nor the key rests in the store or the log', async () => {
      const secret = `quaint otters juggle melons ${drawId(server.service.random)}`;
      const username = nextName();
      await signUp(bodyFor(username, { password: secret }));
      const waiting = await dumpStore(server.store);
      const [mail] = await takeMails(server);
      const key = keyOf(mail);
      await confirm(key, { password: secret });
      await server.flush();
      const everywhere = waiting + (await dumpStore(server.store)) + server.logLines.join('');
      for (const part of [secret, key.split('.')[1] ?? '', key.split('.')[2] ?? '']) {
        assert.equal(everywhere.includes(part), false);
      }
    });
  });
}

test('where sign-up is not open it is 403, whatever the body says', async (t) => {
  for (const mode of ['invite', 'closed']) {
    const server = await startTestServer({ env: { KEYWRIGHT_SIGNUP: mode } });
    t.after(() => server.close());
    for (const body of [bodyFor('jane@example.com'), {}, { username: 7 }]) {
      const answer = await server.call('POST', '/api/v1/signup', { body });
      assert.deepEqual([answer.status, answer.json.error_code], [403, 1104], mode);
    }
    assert.deepEqual(await takeMails(server), []);
  }
});

test('where accounts are closed administrators make users and nobody is invited; else both', async (t) => {
  for (const [mode, invited] of [
    ['open', 201],
    ['invite', 201],
    ['closed', 403],
  ] as const) {
    const server = await startTestServer({ env: { KEYWRIGHT_SIGNUP: mode } });
    t.after(() => server.close());
    const { id } = await server.addOrganisation('Acme');
    await server.addUser({ username: 'admin@example.com', organisationId: id });
    const bearer = (await server.signIn('admin@example.com')).auth_token;
    const invite = (username: string, path: string) =>
      server.call('POST', path, { bearer, body: { username, name: 'Jane Doe' } });
    assert.equal((await invite('made@example.com', '/api/v1/user')).status, 201);
    assert.equal((await invite('invited@example.com', '/api/v2/user/invitation')).status, invited, mode);
  }
});

test('an hour has three sign-ups per name; what was refused with 422 does not count', async (t) => {
  const server = await startTestServer({ env: behindProxy });
  t.after(() => server.close());
  const signUp = (body: object) => server.call('POST', '/api/v1/signup', { body });
  for (let index = 0; index < 5; index++) {
    assert.equal((await signUp(bodyFor('jane@example.com', { password: 'short' }))).status, 422);
  }
  for (let index = 0; index < 3; index++) assert.equal((await signUp(bodyFor('jane@example.com'))).status, 204);
  const limited = await signUp(bodyFor('JANE@example.com'));
  assert.equal(limited.status, 429);
  assert.ok(Number(limited.headers.get('retry-after')) > 0);
});

test('of sign-ups of one name that are confirmed over two instances at the same moment one counts', async (t) => {
  const servers = await startTwoServers(t, { KEYWRIGHT_RATE_LIMIT: 'off' });
  const [one] = servers;
  for (let index = 0; index < 4; index++) {
    await one.call('POST', '/api/v1/signup', { body: bodyFor('jane@example.com', { organisation: `No. ${index}` }) });
  }
  const keys = (await takeMails(one)).map(keyOf);
  assert.equal(keys.length, 4);
  const uses = Array.from({ length: 20 }, (_, index) =>
    servers[index % 2]!.call('POST', '/api/v2/user/activation', { body: { activationKey: keys[index % 4], password } }),
  );
  const statuses = (await Promise.all(uses)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 204).length, 1);
  assert.equal(statuses.filter((status) => status === 403).length, 19);
  assert.equal((await queryStore(one.store, 'SELECT id FROM organisation')).length, 1);
  await one.signIn('jane@example.com', password);
});
