import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { beginFactor, enrolTotp } from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testPassword,
} from '../support/test-server.ts';

const username = 'jane@example.com';
/** A refresh token that costs nothing to refuse: each counts as a failure of its address. */
const garbage = { refresh_token: 'garbage' };

function requireLimited(answer: Answer): number {
  assert.deepEqual([answer.status, answer.json.error_code, answer.json.error_token], [429, 1105, 'TooManyRequests']);
  const seconds = Number(answer.headers.get('retry-after'));
  assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 330, `Retry-After: ${seconds}`);
  return seconds;
}

/** Makes calls all at once. */
function times(count: number, call: (index: number) => Promise<Answer>): Promise<Answer>[] {
  return Array.from({ length: count }, (_, index) => call(index));
}

async function allAnswer(status: number, calls: readonly Promise<Answer>[]): Promise<void> {
  const statuses = (await Promise.all(calls)).map((answer) => answer.status);
  assert.deepEqual(new Set(statuses), new Set([status]));
}

for (const kind of storeKinds) {
  describe(`rate limits on ${kind}`, () => {
    async function start(t: TestContext, env: Readonly<Record<string, string>> = behindProxy): Promise<TestServer> {
      const server = await startTestServer({ store: kind, env });
      t.after(() => server.close());
      const { id } = await server.addOrganisation('Acme');
      await server.addUser({ username, organisationId: id });
      return server;
    }

    test('failed sign-ins over many names from one address: after so many the next is 429 until its Retry-After has passed (security B 23)', async (t) => {
      const server = await start(t, { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'attempts=30' });
      const from = '192.0.2.1';
      await allAnswer(
        401,
        times(30, (index) =>
          server.authenticate({ username: `name${index}@example.com`, password: 'Password1' }, { from }),
        ),
      );
      const owner = { username, password: testPassword };
      const seconds = requireLimited(await server.authenticate(owner, { from }));
      assert.equal((await server.authenticate(owner, { from: '192.0.2.2' })).status, 200, 'another address');
      server.clock.advance({ seconds: seconds - 31 });
      requireLimited(await server.authenticate(owner, { from }));
      server.clock.advance({ seconds: 31 });
      assert.equal((await server.authenticate(owner, { from })).status, 200);
    });

    test('100 failures of any form together use an address up for every form (security B 23)', async (t) => {
      const server = await start(t);
      const { refresh_token } = await server.signIn(username);
      const from = '192.0.2.3';
      const forms = [garbage, { application_token: 'kwt_x' }, { mfa_token: 'x', code: '1' }];
      await allAnswer(
        401,
        times(100, (count) => server.authenticate(forms[count % 3], { from })),
      );
      for (const form of [...forms, { refresh_token }, { username, password: testPassword }]) {
        requireLimited(await server.authenticate(form, { from }));
      }
      assert.equal((await server.authenticate({ refresh_token }, { from: '192.0.2.4' })).status, 200);
    });

    test('attempts with a password use an address up, although they succeed', async (t) => {
      const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'attempts=5' };
      const server = await start(t, env);
      for (let count = 0; count < 5; count += 1) await server.signIn(username);
      requireLimited(await server.authenticate({ username, password: testPassword }));
      assert.equal((await server.authenticate(garbage)).status, 401, 'a refresh is no attempt');
    });

    test('whatever judges a password, a code or a key counts against the address, also of whoever is signed in', async (t) => {
      const server = await start(t, { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'attempts=4' });
      const { auth_token: bearer } = await server.signIn(username);
      const app = await enrolTotp(server, bearer);
      const waiting = await beginFactor(server, bearer, 1);
      const next = 'quaint otters juggle lemons';
      const calls: Readonly<Record<string, [method: string, path: string, body: object]>> = {
        'change the password': ['PATCH', '/password', { old_password: 'wrong', new_password: next }],
        'begin a factor': ['POST', '/mfa', { type: { id: 2 }, password: 'wrong', code: '000000' }],
        'confirm a factor': ['PATCH', `/mfa/${waiting.id}`, { status: { id: 1 }, code: '000000' }],
        'remove a factor': ['DELETE', `/my/mfa/${app.id}`, { password: 'wrong', code: '000000' }],
        'make recovery codes': ['POST', '/mfa/recovery_code', { password: 'wrong', code: '000000' }],
        'change the username': ['PATCH', '/my', { username: 'next@example.com', password: 'wrong' }],
        'use a key': ['POST', '/activation', { activationKey: 'wrong', password: next }],
      };
      // Neither is the second factor fresh nor the sign-in, so both have to be proved.
      server.clock.advance({ minutes: 11 });
      for (const [index, [what, [method, path, body]]] of Object.entries(calls).entries()) {
        const from = `192.0.2.${index + 1}`;
        const attempt = async (): Promise<Answer> => {
          await queryStore(server.store, 'DELETE FROM lockout');
          return server.call(method, `/api/v1/user${path}`, { body, bearer, from });
        };
        for (let count = 0; count < 4; count++) assert.ok([400, 422].includes((await attempt()).status), what);
        requireLimited(await attempt());
        const owner = { username, password: testPassword };
        requireLimited(await server.authenticate(owner, { from }));
        assert.equal(
          (await server.authenticate(owner, { from: `198.51.100.${index}` })).status,
          200,
          'another address',
        );
      }
    });

    test('forwarding headers of a peer that is no trusted proxy change nothing (security B 24)', async (t) => {
      const server = await start(t, { KEYWRIGHT_RATE_LIMIT: 'failures=20' });
      for (let count = 0; count < 20; count += 1) {
        const spoofed = `203.0.113.${count}`;
        const headers = { 'x-real-ip': spoofed, forwarded: `for=${spoofed}`, 'cf-connecting-ip': spoofed };
        assert.equal((await server.authenticate(garbage, { from: spoofed, headers })).status, 401);
      }
      requireLimited(await server.authenticate(garbage, { from: '203.0.113.99' }));
    });

    test('behind a trusted proxy, what the client itself put into X-Forwarded-For is not read (security B 24)', async (t) => {
      const env = { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8', KEYWRIGHT_RATE_LIMIT: 'failures=20' };
      const server = await start(t, env);
      for (let count = 0; count < 20; count += 1) {
        const from = `203.0.113.${count}, 192.0.2.5, 10.1.2.3`;
        assert.equal((await server.authenticate(garbage, { from })).status, 401);
      }
      requireLimited(await server.authenticate(garbage, { from: '203.0.113.99, 192.0.2.5' }));
      assert.equal((await server.authenticate(garbage, { from: '192.0.2.5, 203.0.113.99' })).status, 401);
    });

    test('300 addresses of one IPv6 /64 share one counter, in whatever spelling (security B 25, CVE-2026-45364)', async (t) => {
      const server = await start(t);
      const from = (host: number): string =>
        `2001:db8:1:2:${(host * 7919)
          .toString(16)
          .match(/.{1,4}/g)
          ?.join(':')}::1`;
      await allAnswer(
        401,
        times(100, (index) => server.authenticate(garbage, { from: from(index + 1) })),
      );
      await allAnswer(
        429,
        times(200, (index) => server.authenticate(garbage, { from: from(index + 101) })),
      );
      const spellings = [
        '2001:db8:1:2::1',
        '2001:DB8:0001:0002:0:0:0:1',
        '[2001:db8:1:2::9]:443',
        '2001:db8:1:2::10.0.0.1',
      ];
      for (const spelling of spellings) requireLimited(await server.authenticate(garbage, { from: spelling }));
      assert.equal((await server.authenticate(garbage, { from: '2001:db8:1:3::1' })).status, 401, 'another /64');
    });

    test('eight spellings of one address share one counter (CVE-2026-45364)', async (t) => {
      const server = await start(t, { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'failures=8' });
      const spellings = [
        '192.0.2.77',
        '::ffff:192.0.2.77',
        '::FFFF:c000:24d',
        '0:0:0:0:0:ffff:192.0.2.77',
        '[::ffff:192.0.2.77]:8080',
        '192.0.2.77:1234',
        ' 192.0.2.77 ',
        '0000:0000:0000:0000:0000:ffff:c000:024d',
      ];
      for (const from of spellings) assert.equal((await server.authenticate(garbage, { from })).status, 401, from);
      for (const from of spellings) requireLimited(await server.authenticate(garbage, { from }));
    });

    test('100 exchanges of one application token, and the next is 429; another token is unaffected', async (t) => {
      const server = await start(t);
      const { auth_token } = await server.signIn(username);
      const [one, other] = [await server.createToken(auth_token), await server.createToken(auth_token)];
      const exchange = (token: { application_token: string }, from: string) =>
        server.authenticate({ application_token: token.application_token }, { from });
      await allAnswer(
        200,
        times(100, (count) => exchange(one, `192.0.2.${count}`)),
      );
      const seconds = requireLimited(await exchange(one, '192.0.2.200'));
      await allAnswer(
        429,
        times(120, () => exchange(one, '192.0.2.201')),
      );
      assert.equal((await exchange(other, '192.0.2.201')).status, 200, 'nor is the address used up by that');
      server.clock.advance({ seconds });
      assert.equal((await exchange(one, '192.0.2.200')).status, 200);
    });

    test('100 refreshes of one session, and the next is 429; another session is unaffected', async (t) => {
      const server = await start(t);
      const [one, other] = [await server.signIn(username), await server.signIn(username)];
      await allAnswer(
        200,
        times(100, () => server.authenticate({ refresh_token: one.refresh_token })),
      );
      requireLimited(await server.authenticate({ refresh_token: one.refresh_token }));
      assert.equal((await server.authenticate({ refresh_token: other.refresh_token })).status, 200);
    });

    test('an hour has three mails to one recipient about accounts, whichever call causes them and whoever makes it', async (t) => {
      const server = await start(t);
      const elsewhere = await server.addOrganisation('Elsewhere');
      await server.addUser({ username: 'stranger@example.com', organisationId: elsewhere.id });
      const { auth_token: bearer } = await server.signIn(username);
      const { auth_token: stranger } = await server.signIn('stranger@example.com');
      const make = (name: string, token = bearer, path = '/api/v1/user') =>
        server.call('POST', path, { bearer: token, body: { username: name, name: 'Ada' } });
      const remake = async (name: string): Promise<Answer> => {
        const made = await make(name);
        if (made.status === 201) {
          await server.call('DELETE', made.headers.get('location') ?? '', { bearer });
        }
        return made;
      };
      const mailed = async (name: string): Promise<number> =>
        (await queryStore(server.store, `SELECT id FROM mail WHERE recipient = '${name}'`)).length;
      const requireFull = ({ status, json, headers }: Answer): void => {
        assert.deepEqual([status, json.error_code, Number(headers.get('retry-after')) > 3000], [429, 1105, true]);
      };
      for (const victim of ['victim@example.com', 'stranger@example.com']) {
        for (let count = 0; count < 3; count++) assert.equal((await remake(victim)).status, 201);
        requireFull(await make(victim.toUpperCase()));
        requireFull(await make(victim, bearer, '/api/v2/user/invitation'));
      }
      requireFull(await make('victim@example.com', stranger));
      // Of accounts that are gone the mails went along.
      assert.equal(await mailed('stranger@example.com'), 3);
      const { headers } = await make('mistyped@example.com');
      const rename = (name: string) =>
        server.call('PATCH', headers.get('location') ?? '', { bearer, body: { username: name } });
      requireFull(await rename('victim@example.com'));
      // Somebody who is seen has no row made for the invitation.
      const child = await server.addOrganisation('Child', 1);
      const seen = await server.addUser({ username: 'seen@example.com', organisationId: child.id, role: 'User' });
      const invite = () => make(seen.username, bearer, '/api/v2/user/invitation');
      for (let count = 0; count < 3; count++) {
        assert.equal((await invite()).status, 201);
        await server.call('DELETE', `/api/v2/user/${seen.id}/workspace/1`, { bearer });
      }
      requireFull(await invite());
      server.clock.advance({ minutes: 66 });
      assert.equal((await rename('victim@example.com')).status, 204);
      assert.equal(await mailed('victim@example.com'), 1);
    });

    test('a username that is changed to and fro mails neither address more than three times an hour', async (t) => {
      const server = await start(t);
      const { id: organisationId } = await server.addOrganisation('Other');
      await server.addUser({ username: 'admin@example.com', organisationId });
      const user = await server.addUser({ username: 'one@example.com', organisationId, role: 'User' });
      const { auth_token: bearer } = await server.signIn('admin@example.com');
      const answers: Answer[] = [];
      for (const username of ['other@example.com', 'one@example.com', 'other@example.com', 'one@example.com']) {
        answers.push(await server.call('PATCH', `/api/v1/user/${user.id}`, { bearer, body: { username } }));
      }
      assert.deepEqual(
        answers.map(({ status }) => status),
        [204, 204, 204, 429],
      );
      for (const address of ['one@example.com', 'other@example.com']) {
        const mails = await queryStore(server.store, `SELECT id FROM mail WHERE recipient = '${address}'`);
        assert.equal(mails.length, 3, address);
      }
    });

    test('one address brings in as many people as it has to', async (t) => {
      const server = await start(t);
      const { auth_token: bearer } = await server.signIn(username);
      const statuses = new Set<number>();
      for (let index = 0; index < 70; index++) {
        const body = { username: `new${index}@example.com`, name: 'New' };
        statuses.add((await server.call('POST', '/api/v1/user', { bearer, body })).status);
      }
      assert.deepEqual([...statuses], [201]);
    });

    test('calls on the rest of the API are limited per address; health, keys and /authenticate are not', async (t) => {
      const server = await start(t, { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'calls=10' });
      const { auth_token } = await server.signIn(username);
      const from = '192.0.2.6';
      const get = (path: string) => server.call('GET', path, { bearer: auth_token, from });
      for (let count = 0; count < 10; count += 1) assert.equal((await get('/api/v1/user/my')).status, 200);
      for (const path of ['/api/v1/user/my', '/api/v2/application_token', '/api/v1/event']) {
        requireLimited(await get(path));
      }
      for (const path of ['/healthz', '/readyz', '/.well-known/jwks.json']) {
        for (let count = 0; count < 12; count += 1) assert.equal((await get(path)).status, 200, path);
      }
      assert.equal((await server.authenticate({ username, password: testPassword }, { from })).status, 200);
      assert.equal(
        (await server.call('GET', '/api/v1/user/my', { bearer: auth_token, from: '192.0.2.7' })).status,
        200,
      );
    });

    test('KEYWRIGHT_RATE_LIMIT=off lifts every limit, and keeps the lock-out', async (t) => {
      const server = await start(t, { KEYWRIGHT_RATE_LIMIT: 'off' });
      const { refresh_token } = await server.signIn(username);
      await allAnswer(
        401,
        times(120, () => server.authenticate(garbage)),
      );
      await allAnswer(
        200,
        times(120, () => server.authenticate({ refresh_token })),
      );
      const statuses: number[] = [];
      for (const password of ['a', 'b', 'c', testPassword]) {
        statuses.push((await server.authenticate({ username, password })).status);
      }
      assert.deepEqual(statuses, [401, 401, 401, 429]);
    });
  });
}
