import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import { askedForFactor, enrolTotp, eventsOf, signInWithTotp, step, wrongCode } from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  behindProxy,
  claimsOf,
  refusalOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

/** Addresses of networks that no account of these tests signs in from unless it says so. */
const outside = '198.51.100.1';
const home = '203.0.113.5';

for (const kind of storeKinds) {
  describe(`signing in with a second factor on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind);
      server = scene.server;
    });
    after(() => server.close());

    /** A user of the test's own with a TOTP. */
    async function addUser() {
      const { id, username, bearer } = await scene.addPerson();
      return { id, username, app: await enrolTotp(server, bearer) };
    }
    const second = (mfa_token: string, code: string, from?: string) =>
      server.authenticate({ mfa_token, code }, { from });

    test('the password alone gives an mfa_token, no session and no sign-in, and resets no count (security C 33)', async () => {
      const { id, username } = await addUser();
      const attempt = (password: string) => server.authenticate({ username, password }, { from: outside });
      const sessions = () => queryStore(server.store, `SELECT id FROM session WHERE user_id = ${id}`);
      const [before, signIns] = [await sessions(), await eventsOf(server, id, 1000)];
      assert.deepEqual([(await attempt('x')).status, (await attempt('x')).status], [401, 401]);
      const asked = await attempt(testPassword);
      assert.deepEqual([asked.status, Object.keys(asked.json)], [200, ['mfa_token']]);
      assert.equal(asked.headers.get('cache-control'), 'no-store');
      assert.deepEqual([await sessions(), await eventsOf(server, id, 1000)], [before, signIns]);
      assert.deepEqual([(await attempt('x')).status, (await attempt(testPassword)).status], [401, 429]);
    });

    test('an mfa_token says for whom, where and how long it is, and what can follow (contract §2)', async () => {
      const { id, username } = await addUser();
      const claims = claimsOf(await askedForFactor(server, username));
      const now = Math.floor(server.clock.now() / 1000);
      const { jti, ...rest } = claims;
      assert.match(String(jti), /^[\w-]{22}$/);
      assert.deepEqual(rest, {
        iss: server.url,
        aud: `${server.url}/api/v1/authenticate`,
        sub: `user:${id}`,
        iat: now,
        exp: now + 20 * 60,
        use: 'mfa',
        methods: ['totp'],
      });
    });

    test('an mfa_token is useless elsewhere: as a bearer, as a refresh token, as an application token (security C 33, D 48)', async () => {
      const { username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const calls: [string, string, object?][] = [
        ['GET', '/api/v1/user/my'],
        ['GET', '/api/v1/application_token'],
        ['POST', '/api/v1/application_token', {}],
        ['POST', '/api/v1/user/mfa', { type: { id: 1 }, password: testPassword }],
        ['PATCH', `/api/v1/user/mfa/${app.id}`, { status: { id: 1 }, code: app.code() }],
        ['POST', '/api/v1/user/mfa/recovery_code', { password: testPassword }],
        ['DELETE', `/api/v1/user/my/mfa/${app.id}`],
        ['GET', '/api/v1/user/mfa/trusted_device'],
      ];
      for (const [method, path, body] of calls) {
        const answer = await server.call(method, path, { bearer: mfa_token, body });
        assert.deepEqual(refusalOf(answer), [401, 1102], `${method} ${path}`);
      }
      assert.deepEqual(refusalOf(await server.authenticate({ refresh_token: mfa_token })), [401, 1102]);
      assert.deepEqual(refusalOf(await server.authenticate({ application_token: mfa_token })), [401, 1102]);
    });

    test('no other token stands for an mfa_token (security D 48)', async () => {
      const { username, app } = await addUser();
      const { auth_token, refresh_token } = await signInWithTotp(server, username, app);
      for (const token of [auth_token, refresh_token, 'kwt_x', 'x.y.z', '']) {
        const answer = await second(token, app.code());
        assert.ok(answer.status === 401 || (token === '' && answer.status === 422), `${answer.status}`);
      }
    });

    test('the right code completes the sign-in: both tokens, amr pwd and otp, one event, a session of its own', async () => {
      const { id, username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const answer = await second(mfa_token, app.code());
      assert.deepEqual([answer.status, Object.keys(answer.json).sort()], [200, ['auth_token', 'refresh_token']]);
      const { amr, sid } = claimsOf(answer.json.auth_token);
      assert.deepEqual(amr, ['pwd', 'otp']);
      const rows = await queryStore(
        server.store,
        `SELECT id, second_factor_at FROM session WHERE user_id = ${id} ORDER BY id`,
      );
      assert.deepEqual({ ...rows.at(-1) }, { id: sid, second_factor_at: server.clock.now() });
      assert.equal((await eventsOf(server, id, 1000)).length, 2);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: answer.json.auth_token })).status, 200);
      const refreshed = await server.authenticate({ refresh_token: answer.json.refresh_token });
      assert.deepEqual(claimsOf(refreshed.json.auth_token)['amr'], ['pwd', 'otp']);
      server.clock.advance(step);
    });

    test('a code is accepted however it is spaced, under /api/v2 too', async () => {
      const { username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const code = app.code();
      const body = { mfa_token, code: ` ${code.slice(0, 3)} ${code.slice(3)} ` };
      assert.equal((await server.call('POST', '/api/v2/authenticate', { body })).status, 200);
      server.clock.advance(step);
    });

    test('codes of the steps -3, -2, +2 and +3 are refused; of -1, 0 and +1 accepted, each once (security C 31)', async () => {
      const { username, app } = await addUser();
      server.clock.advance({ minutes: 3 });
      const at = async (steps: number) =>
        (await second(await askedForFactor(server, username), app.code(steps))).status;
      for (const steps of [-3, -2]) assert.equal(await at(steps), 401);
      assert.equal(await at(-1), 200);
      for (const steps of [2, 3]) assert.equal(await at(steps), 401);
      assert.equal(await at(0), 200);
      assert.equal(await at(-1), 401, 'used');
      assert.equal(await at(0), 401, 'used');
      assert.equal(await at(1), 200);
      assert.equal(await at(1), 401, 'used');
      server.clock.advance({ minutes: 10 });
    });

    test('a code is good once: not again with the same mfa_token, nor with another (security C 30, CVE-2025-6015)', async () => {
      const { username, app } = await addUser();
      const [first, other] = [await askedForFactor(server, username), await askedForFactor(server, username)];
      const code = app.code();
      assert.equal((await second(first, code)).status, 200);
      assert.deepEqual(refusalOf(await second(first, code)), [401, 1102]);
      assert.deepEqual(refusalOf(await second(other, code)), [401, 1101]);
      server.clock.advance(step);
    });

    test('a code of an earlier step than the last is refused, though it was never used (security C 30)', async () => {
      const { username, app } = await addUser();
      const [first, other] = [await askedForFactor(server, username), await askedForFactor(server, username)];
      assert.equal((await second(first, app.code(1))).status, 200);
      assert.deepEqual(refusalOf(await second(other, app.code())), [401, 1101]);
      server.clock.advance({ minutes: 1 });
    });

    test('no step is accepted a second time when the clock goes back (fault 8)', async () => {
      const { username, app } = await addUser();
      const now = server.clock.now();
      const used = app.code();
      assert.equal((await second(await askedForFactor(server, username), used)).status, 200);
      server.clock.advance({ minutes: -60 });
      assert.equal(server.clock.now(), now - 3_600_000);
      const statuses: number[] = [];
      for (const code of [app.code(), used])
        statuses.push((await second(await askedForFactor(server, username), code)).status);
      assert.deepEqual(statuses, [401, 401]);
      server.clock.advance({ minutes: 61 });
    });

    test('15 wrong codes, and the right one is refused for the lock time (security C 32, CVE-2024-32868)', async () => {
      const { username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const statuses: number[] = [];
      for (let guess = 0; guess < 15; guess += 1) statuses.push((await second(mfa_token, wrongCode(app))).status);
      assert.deepEqual(statuses, [401, 401, 401, ...new Array(12).fill(429)]);
      const locked = await second(mfa_token, app.code());
      assert.deepEqual([...refusalOf(locked), locked.headers.get('retry-after')], [429, 1105, '300']);
      assert.equal(
        (await server.authenticate({ username, password: testPassword })).status,
        429,
        'the first step as well',
      );
      server.clock.advance({ minutes: 5 });
      assert.equal((await second(mfa_token, app.code())).status, 200);
    });

    test('two wrong codes for each right password, over many rounds, lock all the same (security C 32)', async () => {
      const { username, app } = await addUser();
      const statuses: number[] = [];
      for (let round = 0; round < 3 && !statuses.includes(429); round += 1) {
        const asked = await server.authenticate({ username, password: testPassword }, { from: outside });
        statuses.push(asked.status);
        if (asked.status !== 200) break;
        for (const _ of [1, 2]) statuses.push((await second(asked.json.mfa_token, wrongCode(app), outside)).status);
      }
      assert.deepEqual(statuses, [200, 401, 401, 200, 401, 429]);
    });

    test('only a completed sign-in resets the count: two failures, a success, again and again, never lock (security B 19)', async () => {
      const { username, app } = await addUser();
      for (const round of [1, 2, 3]) {
        const asked = await server.authenticate({ username, password: testPassword }, { from: outside });
        const { mfa_token } = asked.json;
        const wrong = [
          await second(mfa_token, wrongCode(app), outside),
          await second(mfa_token, wrongCode(app), outside),
        ];
        assert.deepEqual(
          wrong.map(({ status }) => status),
          [401, 401],
          `${round}`,
        );
        assert.equal((await second(mfa_token, app.code(), outside)).status, 200, `${round}`);
        server.clock.advance(step);
      }
    });

    test('wrong passwords and wrong codes count together (contract §3)', async () => {
      const { username, app } = await addUser();
      const { mfa_token } = (await server.authenticate({ username, password: testPassword }, { from: outside })).json;
      assert.equal((await server.authenticate({ username, password: 'x' }, { from: outside })).status, 401);
      assert.equal((await second(mfa_token, wrongCode(app), outside)).status, 401);
      assert.equal((await server.authenticate({ username, password: 'x' }, { from: outside })).status, 401);
      assert.equal((await second(mfa_token, app.code(), outside)).status, 429);
    });

    test('a lock is looked at where the session begins, in the second step too (CVE-2026-9798)', async () => {
      const { username, app } = await addUser();
      const { mfa_token } = (await server.authenticate({ username, password: testPassword }, { from: outside })).json;
      for (const _ of [1, 2, 3]) await server.authenticate({ username, password: 'x' }, { from: outside });
      assert.equal((await second(mfa_token, app.code(), outside)).status, 429);
      assert.equal((await second(mfa_token, app.code())).status, 200, 'from a known network its own count decides');
      server.clock.advance(step);
    });

    test('a lock that comes while a code is judged is seen where the session begins (CVE-2026-16103)', async (t) => {
      const { id, username, app } = await addUser();
      const { mfa_token } = (await server.authenticate({ username, password: testPassword }, { from: outside })).json;
      const { database } = server.service;
      const { transaction } = database;
      const lock = { userId: id, now: server.clock.now(), limit: 1, lockUntil: server.clock.now() + 300_000 };
      t.mock.method(database, 'transaction', (async (work) => {
        await database.countFailure({ subject: `user:${id}`, scope: 'account' }, lock);
        return transaction(work);
      }) as typeof transaction);
      const answer = await second(mfa_token, app.code(), outside);
      t.mock.restoreAll();
      assert.deepEqual(refusalOf(answer), [429, 1105]);
      server.clock.advance({ minutes: 5 });
      assert.equal((await second(mfa_token, app.code(), outside)).status, 200, 'neither token nor code was used up');
    });

    test('an owner completes both steps from a known network while outsiders have the account locked (security B 26)', async () => {
      const { username, app } = await addUser();
      const asked = await server.authenticate({ username, password: testPassword }, { from: home });
      assert.equal((await second(asked.json.mfa_token, app.code(), home)).status, 200);
      server.clock.advance(step);
      for (const _ of [1, 2, 3]) await server.authenticate({ username, password: 'x' }, { from: outside });
      assert.equal((await server.authenticate({ username, password: testPassword }, { from: outside })).status, 429);
      const again = await server.authenticate({ username, password: testPassword }, { from: home });
      assert.equal((await second(again.json.mfa_token, app.code(), home)).status, 200);
      server.clock.advance(step);
    });

    test('an mfa_token is good for 20 minutes (security C 34)', async () => {
      const { username, app } = await addUser();
      const [early, late] = [await askedForFactor(server, username), await askedForFactor(server, username)];
      server.clock.advance({ minutes: 20, ms: -1 });
      assert.equal((await second(early, app.code())).status, 200);
      server.clock.advance({ ms: 1 });
      assert.deepEqual(refusalOf(await second(late, app.code(1))), [401, 1103]);
      server.clock.advance({ minutes: 120 });
      await askedForFactor(server, username);
      assert.deepEqual(refusalOf(await second(late, app.code(1))), [401, 1103]);
    });

    test('an mfa_token with five wrong codes behind it is refused, the right code and all (security C 34)', async () => {
      const { username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      for (const _ of [1, 2, 3]) assert.equal((await second(mfa_token, wrongCode(app))).status, 401);
      server.clock.advance({ minutes: 5 });
      for (const _ of [1, 2]) assert.equal((await second(mfa_token, wrongCode(app))).status, 401);
      assert.deepEqual(refusalOf(await second(mfa_token, app.code())), [401, 1102]);
      assert.equal((await second(await askedForFactor(server, username), app.code())).status, 200, 'another token');
      server.clock.advance(step);
    });

    test("an mfa_token ends when its user's password changes, or a factor does (security C 35)", async () => {
      const { id, username, app } = await addUser();
      const token = await askedForFactor(server, username);
      await setPassword(server.service, testActor, id, 'another password for tests');
      assert.deepEqual(refusalOf(await second(token, app.code())), [401, 1102]);
      await setPassword(server.service, testActor, id, testPassword);
      const { auth_token } = await signInWithTotp(server, username, app);
      const other = await askedForFactor(server, username);
      assert.equal((await server.call('DELETE', `/api/v1/user/my/mfa/${app.id}`, { bearer: auth_token })).status, 204);
      assert.deepEqual(refusalOf(await second(other, app.code())), [401, 1102]);
    });

    test("one user's mfa_token does not take another's code", async () => {
      const [jane, joe] = [await addUser(), await addUser()];
      const mfa_token = await askedForFactor(server, jane.username);
      assert.deepEqual(refusalOf(await second(mfa_token, joe.app.code())), [401, 1101]);
      assert.equal((await second(await askedForFactor(server, joe.username), joe.app.code())).status, 200);
      server.clock.advance(step);
    });

    test('a failed second step is an event of type 6 with name, reason and address; never with the code', async () => {
      const { id, username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const code = wrongCode(app);
      await second(mfa_token, code);
      await server.flush();
      assert.deepEqual(await eventsOf(server, id, 6), [`${username}: wrong code, from 127.0.0.1`]);
      assert.ok(server.logLines.every((line) => !line.includes(app.secret)));
    });

    test('a second step with a part missing is 422; with parts of two forms 400', async () => {
      const problems = async (body: object) => {
        const { status, json } = await server.authenticate(body);
        return [status, ...json.errors.map(({ message }: { message: string }) => message)];
      };
      assert.deepEqual(await problems({ mfa_token: 'x' }), [422, 'Credentials - code is required.']);
      assert.deepEqual(await problems({ code: '123456' }), [422, 'Credentials - mfa_token is required.']);
      assert.deepEqual(await problems({ mfa_token: 'x', code: '1', trusted_device: {} }), [
        422,
        'Credentials - trusted_device.fingerprint is required.',
        'Credentials - trusted_device.operating_system is required.',
        'Credentials - trusted_device.browser is required.',
      ]);
      assert.equal((await server.authenticate({ mfa_token: 'x', code: '1', credential: {} })).status, 400);
      assert.equal((await server.authenticate({ mfa_token: 'x', refresh_token: 'y' })).status, 400);
    });
  });
}

test('second steps and challenges count against their address, as passwords do (contract §3, Limits)', async (t) => {
  const server = await startTestServer({ env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'attempts=4' } });
  t.after(() => server.close());
  const body = { mfa_token: 'x.y.z', code: '123456' };
  const credential = {
    id: 'a',
    rawId: 'a',
    type: 'public-key',
    response: { clientDataJSON: '', authenticatorData: '', signature: '' },
  };
  const challenge = () =>
    server.call('POST', '/api/v1/authenticate/challenge', { body: { mfa_token: 'x', type: { id: 1 } }, from: outside });
  const statuses = [
    (await server.authenticate(body, { from: outside })).status,
    (await server.authenticate({ mfa_token: 'x', credential }, { from: outside })).status,
    (await challenge()).status,
    (await server.authenticate({ username: 'a@example.com', password: 'x' }, { from: outside })).status,
  ];
  assert.deepEqual(statuses, [401, 401, 401, 401]);
  for (const limited of [await server.authenticate(body, { from: outside }), await challenge()]) {
    assert.deepEqual([limited.status, limited.headers.has('retry-after')], [429, true]);
  }
  assert.equal((await server.authenticate(body, { from: home })).status, 401, 'another address');
});
