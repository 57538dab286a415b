import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { RoleName } from '../../packages/contract/src/index.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import {
  askedForFactor,
  beginFactor,
  confirmFactor,
  createTotpApp,
  enrolTotp,
  eventsOf,
  mailsFor,
  signInWithTotp,
  step,
  wrongCode,
} from '../support/second-factor.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import { type Answer, claimsOf, storeKinds, type TestServer, testActor, testPassword } from '../support/test-server.ts';

const pending = { id: 0, description: 'Activation Pending' };
const active = { id: 1, description: 'Active' };
const totp = { id: 0, description: 'Time-Based One-Time Password' };

function refusalOf({ status, json }: Answer): unknown[] {
  return [status, json.error_code, ...(json.errors ?? []).map(({ message }: { message: string }) => message)];
}

for (const kind of storeKinds) {
  describe(`second factors on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind);
      server = scene.server;
    });
    after(() => server.close());

    const addUser = (role: RoleName = 'User') => scene.addPerson(role);
    const post = (bearer: string, body: object) => server.call('POST', '/api/v1/user/mfa', { bearer, body });
    const remove = (bearer: string, userId: number | string, keyId: number, body?: object) =>
      server.call('DELETE', `/api/v1/user/${userId}/mfa/${keyId}`, { bearer, body });
    const mfaOf = async (bearer: string) => (await server.call('GET', '/api/v1/user/my', { bearer })).json.mfa;

    test('the lookups say what types and statuses there are', async () => {
      const { bearer } = await addUser();
      const read = async (path: string) => (await server.call('GET', `/api/v1/user/mfa/${path}`, { bearer })).json;
      assert.deepEqual(await read('status'), [pending, active]);
      assert.deepEqual(await read('type'), [
        totp,
        { id: 1, description: 'E-mail code' },
        { id: 2, description: 'Passkey' },
      ]);
    });

    test('a new TOTP is answered once, with secret and URI, and waits for its first code', async () => {
      const { bearer, username } = await addUser();
      const answer = await post(bearer, { type: { id: 0 }, password: testPassword });
      assert.equal(answer.status, 200);
      const { id, secret_key, otpauth, creation_date, ...rest } = answer.json;
      assert.deepEqual(rest, { status: pending, type: totp });
      assert.match(secret_key, /^[A-Z2-7]{32}$/);
      const uri = new URL(otpauth);
      assert.equal(decodeURIComponent(uri.pathname), `/Keywright:${username}`);
      assert.equal(uri.searchParams.get('secret'), secret_key);
      assert.equal(creation_date, new Date(server.clock.now()).toISOString());
      assert.deepEqual(await mfaOf(bearer), [{ id, status: pending, type: totp }]);
    });

    test('the password may come as its SHA-1, too', async () => {
      const { bearer } = await addUser();
      const password = createHash('sha1').update(testPassword).digest('hex');
      assert.equal((await post(bearer, { type: { id: 0 }, password })).status, 200);
    });

    test('until its first code is confirmed, a second factor is not in force (security C 36)', async () => {
      const { bearer, username } = await addUser();
      const { id, secret_key } = await beginFactor(server, bearer, 0);
      const tokens = await server.authenticate({ username, password: testPassword });
      assert.deepEqual(Object.keys(tokens.json).sort(), ['auth_token', 'refresh_token']);
      const app = createTotpApp(server, id, secret_key);
      assert.equal((await confirmFactor(server, bearer, id, { code: app.code() })).status, 204);
      assert.deepEqual(await mfaOf(bearer), [{ id, status: active, type: totp }]);
      await askedForFactor(server, username);
    });

    test("a TOTP's secret is nowhere in the database as it is (security C 37)", async () => {
      const { bearer } = await addUser();
      const app = await enrolTotp(server, bearer);
      const dump = await dumpStore(server.store);
      assert.ok(dump.includes('sealed_secret'));
      const bits = [...app.secret].map((letter) =>
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
      );
      const bytes = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
      for (const text of [app.secret, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('latin1')]) {
        assert.ok(!dump.includes(text));
      }
    });

    test('one user has one factor of a type: 409 while one waits, and while one is active', async () => {
      const { bearer } = await addUser();
      const { id, secret_key } = await beginFactor(server, bearer, 0);
      const again = () => post(bearer, { type: { id: 0 }, password: testPassword });
      assert.deepEqual(refusalOf(await again()), [409, 1405]);
      assert.equal(
        (await confirmFactor(server, bearer, id, { code: createTotpApp(server, id, secret_key).code() })).status,
        204,
      );
      assert.deepEqual(refusalOf(await again()), [409, 1405]);
      assert.equal((await post(bearer, { type: { id: 1 }, password: testPassword })).status, 200, 'another type');
    });

    test('of 10 calls at once that begin a factor, one does, and the rest are 409', async () => {
      const { bearer } = await addUser();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => post(bearer, { type: { id: 0 }, password: testPassword })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...new Array(9).fill(409)]);
    });

    test('a factor that was not confirmed within an hour is gone, and another takes its place', async () => {
      const { bearer } = await addUser();
      const stale = await beginFactor(server, bearer, 0);
      server.clock.advance({ minutes: 59 });
      assert.equal((await post(bearer, { type: { id: 0 }, password: testPassword })).status, 409);
      server.clock.advance({ minutes: 1 });
      assert.deepEqual(await mfaOf(bearer), []);
      const code = createTotpApp(server, stale.id, stale.secret_key).code();
      assert.equal((await confirmFactor(server, bearer, stale.id, { code })).status, 404);
      const { id } = await beginFactor(server, bearer, 0);
      assert.ok(id > stale.id);
    });

    test('a factor that waits can be removed without any proof, and begun anew', async () => {
      const { bearer } = await addUser();
      const { id } = await beginFactor(server, bearer, 0);
      assert.equal((await remove(bearer, 'my', id)).status, 204);
      await beginFactor(server, bearer, 0);
    });

    test('a wrong password is 422 and counts: the third locks the account, for sign-ins too (security C 32)', async () => {
      const { bearer, username } = await addUser();
      const outside = { from: '198.51.100.9' };
      const wrong = () =>
        server.call('POST', '/api/v1/user/mfa', { bearer, body: { type: { id: 0 }, password: 'wrong' }, ...outside });
      for (const _ of [1, 2, 3])
        assert.deepEqual(refusalOf(await wrong()), [422, 1400, 'Second factor - password is wrong.']);
      const locked = await wrong();
      assert.deepEqual([locked.status, locked.headers.get('retry-after')], [429, '300']);
      const signIn = await server.authenticate({ username, password: testPassword }, outside);
      assert.equal(signIn.status, 429);
    });

    test('what is missing or wrong in a body is 422 with every problem, before the password is judged', async () => {
      const { bearer, id: userId } = await addUser();
      const problems = async (body: object) =>
        (await post(bearer, body)).json.errors.map((p: { message: string }) => p.message);
      assert.deepEqual(await problems({}), [
        'Second factor - type is required.',
        'Second factor - password is required.',
      ]);
      assert.deepEqual(await problems({ type: { id: 'x' }, password: 1 }), [
        'Second factor - type.id must be a whole number.',
        'Second factor - password must be a string.',
      ]);
      assert.match((await problems({ type: { id: 3 }, password: 'wrong' }))[0], /there is no type 3/);
      assert.deepEqual(await queryStore(server.store, `SELECT * FROM lockout WHERE user_id = ${userId}`), []);
    });

    test('a factor is confirmed once; 409 then, judged before the code, which it leaves unused', async () => {
      const { bearer, username } = await addUser();
      const app = await enrolTotp(server, bearer);
      const code = app.code();
      assert.deepEqual(refusalOf(await confirmFactor(server, bearer, app.id, { code })), [409, 1405]);
      assert.deepEqual(refusalOf(await confirmFactor(server, bearer, app.id, { code: wrongCode(app) })), [409, 1405]);
      const mfa_token = await askedForFactor(server, username);
      assert.equal((await server.authenticate({ mfa_token, code })).status, 200, 'the code is still good');
    });

    test('the code that confirms a factor is used up by that (security C 30)', async () => {
      const { bearer, username } = await addUser();
      const { id, secret_key } = await beginFactor(server, bearer, 0);
      const app = createTotpApp(server, id, secret_key);
      const code = app.code();
      assert.equal((await confirmFactor(server, bearer, id, { code })).status, 204);
      const mfa_token = await askedForFactor(server, username);
      assert.deepEqual(refusalOf(await server.authenticate({ mfa_token, code })), [401, 1101]);
      server.clock.advance(step);
      assert.equal((await server.authenticate({ mfa_token, code: app.code() })).status, 200);
    });

    test('a wrong code is 422 and counts towards the lock-out; the factor stays pending', async () => {
      const { bearer } = await addUser();
      const { id, secret_key } = await beginFactor(server, bearer, 0);
      const app = createTotpApp(server, id, secret_key);
      for (const _ of [1, 2, 3]) {
        const answer = await confirmFactor(server, bearer, id, { code: wrongCode(app) });
        assert.deepEqual(refusalOf(answer), [422, 1400, 'Second factor - code is wrong.']);
      }
      assert.equal((await confirmFactor(server, bearer, id, { code: app.code() })).status, 429);
      assert.deepEqual(await mfaOf(bearer), [{ id, status: pending, type: totp }]);
      server.clock.advance({ minutes: 5 });
      assert.equal((await confirmFactor(server, bearer, id, { code: app.code() })).status, 204);
    });

    test('of 10 confirmations with one code at once, one is 204 and the rest are 409', async () => {
      const { bearer } = await addUser();
      const { id, secret_key } = await beginFactor(server, bearer, 0);
      const code = createTotpApp(server, id, secret_key).code();
      const answers = await Promise.all(Array.from({ length: 10 }, () => confirmFactor(server, bearer, id, { code })));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [204, ...new Array(9).fill(409)]);
    });

    test("a confirmation of nobody's, or somebody else's, factor is 404; without a code, or of another status, 422", async () => {
      const [jane, joe] = [await addUser(), await addUser('Administrator')];
      const { id } = await beginFactor(server, jane.bearer, 0);
      for (const keyId of [id + 1000, 'x']) {
        const answer = await confirmFactor(server, jane.bearer, keyId as number, { code: '000000' });
        assert.deepEqual(refusalOf(answer), [404, 1201]);
      }
      assert.equal((await confirmFactor(server, joe.bearer, id, { code: '000000' })).status, 404);
      const missing = await confirmFactor(server, jane.bearer, id, {});
      assert.deepEqual(refusalOf(missing), [422, 1400, 'Second factor - code is required.']);
      const body = { status: { id: 0 }, code: '000000' };
      const other = await server.call('PATCH', `/api/v1/user/mfa/${id}`, { bearer: jane.bearer, body });
      assert.equal(other.status, 422);
    });

    test('one switches an own factor off within ten minutes of a sign-in with it, no later (security C 38)', async () => {
      const { bearer, username } = await addUser();
      const app = await enrolTotp(server, bearer);
      const { auth_token } = await signInWithTotp(server, username, app);
      const other = await signInWithTotp(server, username, app);
      assert.deepEqual(refusalOf(await remove(bearer, 'my', app.id)), [422, 1406], 'a sign-in before the factor');
      server.clock.advance({ minutes: 9, ms: -1 });
      assert.equal((await remove(other.auth_token, 'my', app.id)).status, 204);
      assert.equal((await remove(auth_token, 'my', app.id)).status, 404);
    });

    test('ten minutes after the sign-in the factor is asked for again (security C 38)', async () => {
      const { bearer, username } = await addUser();
      const app = await enrolTotp(server, bearer);
      const { auth_token } = await signInWithTotp(server, username, app);
      server.clock.advance({ minutes: 9, seconds: 30 });
      assert.deepEqual(refusalOf(await remove(auth_token, 'my', app.id)), [422, 1406]);
      const { refresh_token } = await signInWithTotp(server, username, app);
      const refreshed = (await server.authenticate({ refresh_token })).json.auth_token;
      assert.equal((await remove(refreshed, 'my', app.id)).status, 204, 'a refreshed token is of the same sign-in');
    });

    test('one switches an own factor off with password and code; with either wrong it is 422 and counts (security C 38)', async () => {
      const { bearer, username, id: userId } = await addUser();
      const app = await enrolTotp(server, bearer);
      const attempt = (password: string | undefined, code: string | undefined) =>
        remove(bearer, username, app.id, { ...(password && { password }), ...(code && { code }) });
      assert.deepEqual(refusalOf(await attempt(testPassword, undefined)), [422, 1406]);
      assert.deepEqual(refusalOf(await attempt(undefined, app.code())), [422, 1406]);
      assert.deepEqual(await queryStore(server.store, `SELECT * FROM lockout WHERE user_id = ${userId}`), []);
      assert.deepEqual(refusalOf(await attempt(testPassword, wrongCode(app))), [422, 1406]);
      assert.deepEqual(refusalOf(await attempt('wrong', app.code())), [422, 1406]);
      assert.equal((await attempt(testPassword, app.code())).status, 204, 'no code was used up by a wrong password');
      assert.deepEqual(await mfaOf(bearer), []);
      const { auth_token } = await server.signIn(username);
      assert.deepEqual(claimsOf(auth_token)['amr'], ['pwd']);
    });

    test('three wrong codes at the switching off lock it, and the right one is 429 (security C 32)', async () => {
      const { bearer } = await addUser();
      const app = await enrolTotp(server, bearer);
      const attempt = (code: string) => remove(bearer, 'my', app.id, { password: testPassword, code });
      for (const _ of [1, 2, 3]) assert.equal((await attempt(wrongCode(app))).status, 422);
      assert.equal((await attempt(app.code())).status, 429);
      server.clock.advance({ minutes: 5 });
      assert.equal((await attempt(app.code())).status, 204);
    });

    test('administrators of the home organisation switch factors of others off; nobody else does', async () => {
      const [jane, admin, user, observer] = [
        await addUser(),
        await addUser('Administrator'),
        await addUser('User'),
        await addUser('Observer'),
      ];
      const other = await server.addOrganisation('Other');
      const foreign = await scene.addPerson('Administrator', other.id);
      const app = await enrolTotp(server, jane.bearer);
      for (const { bearer } of [user, observer]) {
        assert.deepEqual(refusalOf(await remove(bearer, jane.id, app.id)), [403, 1104]);
      }
      assert.deepEqual(refusalOf(await remove(foreign.bearer, jane.id, app.id)), [404, 1201]);
      assert.deepEqual(refusalOf(await remove(admin.bearer, jane.id, app.id + 1000)), [404, 1201]);
      assert.equal((await remove(admin.bearer, jane.id, app.id)).status, 204);
    });

    test('an administrator of a workspace that is not the home does not touch the factors', async () => {
      const jane = await addUser();
      const app = await enrolTotp(server, jane.bearer);
      const other = await server.addOrganisation('Workspace');
      const { bearer } = await scene.addPerson('Administrator', other.id);
      await server.service.database.upsertAssignment({
        userId: jane.id,
        organisationId: other.id,
        roles: 4,
        createdAt: 1,
      });
      assert.deepEqual(refusalOf(await remove(bearer, jane.id, app.id)), [403, 1104]);
    });

    test('an administrator does not take the factor of somebody with a higher role away', async () => {
      const admin = await addUser('Administrator');
      const { id, bearer } = await scene.addPerson('SuperAdmin');
      const app = await enrolTotp(server, bearer);
      assert.deepEqual(refusalOf(await remove(admin.bearer, id, app.id)), [403, 1104]);
    });

    test('every role has its own factors, recovery codes and devices; SuperAdmin and Administrator see to those of others (contract §6)', async () => {
      const jane = await addUser();
      for (const role of ['SuperAdmin', 'Administrator', 'User', 'Observer'] as const) {
        const { bearer, username } = await addUser(role);
        const own = await enrolTotp(server, bearer);
        const body = { password: testPassword };
        const codes = await server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body });
        const devices = await server.call('GET', '/api/v1/user/mfa/trusted_device', { bearer });
        const removed = await remove(bearer, username, own.id, { ...body, code: own.code() });
        assert.deepEqual([codes.status, devices.status, removed.status], [200, 200, 204], role);
        const mayManage = role === 'SuperAdmin' || role === 'Administrator';
        const { id } = await beginFactor(server, jane.bearer, 0);
        const listed = await server.call('GET', `/api/v1/user/${jane.id}/mfa/trusted_device`, { bearer });
        const managed = await remove(bearer, jane.id, id);
        assert.deepEqual([listed.status, managed.status], mayManage ? [200, 204] : [403, 403], role);
        if (!mayManage) assert.equal((await remove(jane.bearer, 'my', id)).status, 204);
      }
    });

    test('whoever supports a user reaches neither factors nor devices', async () => {
      const [jane, operator] = [await addUser('Administrator'), await addUser('User')];
      const account = await server.service.database.findUser(operator.id);
      assert.ok(account);
      await addOperator(server.service, testActor, account);
      const app = await enrolTotp(server, jane.bearer);
      const path = `/api/v2/user/${jane.id}/support_token`;
      const made = await server.call('POST', path, { bearer: operator.bearer, body: { role: '1' } });
      assert.equal(made.status, 201, made.text);
      const calls: [string, string, object?][] = [
        ['POST', '/api/v1/user/mfa', { type: { id: 1 }, password: testPassword }],
        ['POST', '/api/v1/user/mfa/recovery_code', { password: testPassword }],
        ['PATCH', `/api/v1/user/mfa/${app.id}`, { status: { id: 1 }, code: app.code() }],
        ['DELETE', `/api/v1/user/my/mfa/${app.id}`, { password: testPassword, code: app.code() }],
        ['GET', '/api/v1/user/mfa/trusted_device'],
        ['DELETE', '/api/v1/user/mfa/trusted_device/1'],
      ];
      for (const [method, where, body] of calls) {
        const answer = await server.call(method, where, { bearer: made.json.support_token, body });
        assert.deepEqual(refusalOf(answer), [403, 1104], `${method} ${where}`);
      }
    });

    test('an application token neither makes, confirms nor removes factors, nor sees devices (contract §6)', async () => {
      const admin = await addUser('Administrator');
      const { application_token } = await server.createToken(admin.bearer, { roles: [{ id: 1 }] });
      const { auth_token } = (await server.authenticate({ application_token })).json;
      const calls: [string, string, object?][] = [
        ['POST', '/api/v1/user/mfa', { type: { id: 0 }, password: testPassword }],
        ['POST', '/api/v1/user/mfa/recovery_code', { password: testPassword }],
        ['PATCH', '/api/v1/user/mfa/1', { status: { id: 1 }, code: '000000' }],
        ['DELETE', '/api/v1/user/my/mfa/1'],
        ['GET', '/api/v1/user/mfa/trusted_device'],
        ['GET', '/api/v1/user/my/mfa/trusted_device'],
        ['DELETE', '/api/v1/user/mfa/trusted_device/1'],
        ['DELETE', '/api/v1/user/my/mfa/trusted_device/1'],
      ];
      for (const [method, path, body] of calls) {
        const answer = await server.call(method, path, { bearer: auth_token, body });
        assert.deepEqual(refusalOf(answer), [403, 1104], `${method} ${path}`);
        assert.equal((await server.call(method, path, { body })).status, 401, `${method} ${path}`);
      }
    });

    test('every change is an event of type 14, who from where, and a mail to the user; never with a secret', async () => {
      const { bearer, username, id } = await addUser();
      const app = await enrolTotp(server, bearer);
      const codes = (
        await server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body: { password: testPassword } })
      ).json;
      assert.equal((await remove(bearer, 'my', app.id, { password: testPassword, code: app.code() })).status, 204);
      assert.deepEqual(await eventsOf(server, id, 14), [
        `${username} began to set up: Time-Based One-Time Password, by ${username}`,
        `${username} has a new second factor: Time-Based One-Time Password, by ${username}`,
        `${username} got new recovery codes, by ${username}`,
        `${username} no longer has the second factor: Time-Based One-Time Password, by ${username}`,
      ]);
      const mails = (await mailsFor(server, username)).filter(({ template }) => template === 'factor_changed');
      assert.deepEqual(
        mails.map(({ data }) => `${data['factor']} ${data['change']} ${data['address']}`),
        ['totp added 127.0.0.1', 'recovery_codes added 127.0.0.1', 'totp removed 127.0.0.1'],
      );
      const written = [
        ...(await queryStore(server.store, 'SELECT description, detail FROM event')).map((row) => JSON.stringify(row)),
        ...server.logLines,
      ].join('\n');
      for (const secret of [app.secret, ...codes.recovery_codes]) assert.ok(!written.includes(secret));
    });

    test("a suspended user's factors stay; activated, the user signs in with them", async () => {
      const { bearer, username, id } = await addUser();
      const app = await enrolTotp(server, bearer);
      const mfa_token = await askedForFactor(server, username);
      await suspendUser(server.service, testActor, id);
      assert.equal((await server.authenticate({ mfa_token, code: app.code() })).status, 401);
      await server.service.database.updateUser(id, { status: 1 });
      await signInWithTotp(server, username, app);
    });
  });
}
