import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { runCommandLine } from '../support/command-line.ts';
import { beginFactor, enrolTotp, signInWithTotp, type TotpApp } from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import { type Answer, startTestServer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';
import { followLink, lastKey, waitingMails } from '../support/waiting-mail.ts';

const base = '/api/v1/user';

function refusedRule(answer: Answer, message: RegExp): void {
  assert.deepEqual([answer.status, answer.json?.error_code], [422, 1406], answer.text);
  assert.match(answer.json.message, message);
}

for (const kind of storeKinds) {
  describe(`what of an account is the owner's alone, on ${kind}`, () => {
    let server: TestServer;
    let home: number;
    let child: number;
    let elsewhere: number;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      home = (await server.addOrganisation('Home')).id;
      child = (await server.addOrganisation('Child', home)).id;
      elsewhere = (await server.addOrganisation('Elsewhere')).id;
      await server.addUser({ username: 'admin@example.com', organisationId: home });
      await server.addUser({ username: 'child@example.com', organisationId: child });
      await server.addUser({ username: 'stranger@example.com', organisationId: elsewhere });
    });
    after(() => server.close());

    const freshName = () => `person${++count}@example.com`;

    async function as(who: string, method: string, path: string, body?: unknown): Promise<Answer> {
      const { auth_token: bearer } = await server.signIn(`${who}@example.com`);
      return server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) });
    }

    async function addUser(organisationId = home): Promise<{ id: number; username: string }> {
      return server.addUser({ username: freshName(), organisationId, role: 'User' });
    }

    async function assign(userId: number, organisationId: number, status: 0 | 1 | 2 = 1): Promise<void> {
      const place = { userId, organisationId, roles: roleSet('User'), createdAt: server.clock.now() };
      await server.service.database.insertAssignment({ ...place, status });
    }

    async function enrol(username: string): Promise<TotpApp> {
      return enrolTotp(server, (await server.signIn(username)).auth_token);
    }

    for (const [what, status] of [
      ['works', 1],
      ['is suspended', 2],
    ] as const) {
      test(`of whoever ${what} elsewhere too, administrators at home change neither username nor factors`, async () => {
        const { id, username } = await addUser();
        const app = await enrol(username);
        await assign(id, elsewhere, status);
        for (const next of [freshName(), username.toUpperCase()]) {
          refusedRule(await as('admin', 'PATCH', `${base}/${id}`, { username: next, name: 'Taken' }), /^username - /);
        }
        refusedRule(await as('admin', 'DELETE', `${base}/${id}/mfa/${app.id}`), /^Second factor - /);
        const seen = (await as('admin', 'GET', `${base}/${id}`)).json;
        assert.deepEqual([seen.username, seen.name, seen.mfa.length], [username, username.split('@')[0], 1]);
        assert.deepEqual(await waitingMails(server, username.toUpperCase()), []);
        assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { username, name: 'Ada' })).status, 204);
      });
    }

    test('a factor that is yet to be confirmed is no administrator’s either', async () => {
      const { id, username } = await addUser();
      const { id: keyId } = await beginFactor(server, (await server.signIn(username)).auth_token, 0);
      await assign(id, elsewhere);
      refusedRule(await as('admin', 'DELETE', `${base}/${id}/mfa/${keyId}`), /^Second factor - /);
    });

    test('they suspend and delete such an account all the same, with which its places elsewhere end', async () => {
      const { id, username } = await addUser();
      await assign(id, elsewhere);
      const { auth_token: bearer } = await server.signIn(username);
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 2 } })).status, 204);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401);
      assert.equal((await as('admin', 'DELETE', `${base}/${id}`)).status, 204);
      assert.equal((await as('stranger', 'GET', `${base}/${username}`)).status, 404);
      // Whoever makes the name anew begins with nothing of what the account had elsewhere.
      assert.equal((await as('admin', 'POST', base, { username, name: 'Ada' })).status, 201);
      await followLink(server, username, testPassword);
      const places = await as('admin', 'GET', `/api/v2/user/${username}/workspace`);
      assert.deepEqual(
        places.json.map((place: { id: number }) => place.id),
        [home],
      );
    });

    test('places in the organisation and its direct children are in sight, from the child those above are not', async () => {
      const { id, username } = await addUser(child);
      const app = await enrol(username);
      await assign(id, home);
      refusedRule(await as('child', 'PATCH', `${base}/${id}`, { username: freshName() }), /^username - /);
      assert.equal((await as('admin', 'DELETE', `${base}/${id}/mfa/${app.id}`)).status, 204);
      const next = freshName();
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { username: next })).status, 204);
      await followLink(server, next);
      await server.signIn(next);
    });

    test('an invitation that is not accepted gives whoever invites no say, and leaves nothing to take over', async () => {
      const { id, username } = await addUser();
      const app = await enrol(username);
      const body = { username, name: 'Ada', roles: [{ id: 1 }] };
      assert.equal((await as('stranger', 'POST', base, body)).status, 201);
      const activationKey = await lastKey(server, username);
      await assign(id, (await server.addOrganisation('Another')).id, 0);
      assert.equal((await as('admin', 'DELETE', `${base}/${id}/mfa/${app.id}`)).status, 204);
      const next = freshName();
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { username: next })).status, 204);
      await followLink(server, next);
      const accepted = await server.call('POST', '/api/v2/user/activation', { body: { activationKey } });
      assert.equal(accepted.status, 403);
    });

    test('whoever made an account for somebody loses its power over it once they accept elsewhere', async () => {
      const username = freshName();
      const made = await as('admin', 'POST', base, { username, name: 'Ada' });
      const id = Number(made.headers.get('location')?.split('/').at(-1));
      await followLink(server, username, testPassword);
      assert.equal((await as('stranger', 'POST', base, { username, name: 'Ada' })).status, 201);
      await followLink(server, username);
      refusedRule(await as('admin', 'PATCH', `${base}/${id}`, { username: freshName() }), /^username - /);
    });

    test('the owner changes username and factors wherever they work', async () => {
      const { id, username } = await addUser();
      const app = await enrol(username);
      await assign(id, elsewhere);
      const { auth_token: bearer } = await signInWithTotp(server, username, app);
      assert.equal((await server.call('DELETE', `${base}/my/mfa/${app.id}`, { bearer })).status, 204);
      const next = freshName();
      assert.equal((await server.call('PATCH', `${base}/my`, { bearer, body: { username: next } })).status, 204);
      await followLink(server, next);
      await server.signIn(next);
    });

    test('the own username takes a sign-in of the last ten minutes, or the password', async () => {
      const { username } = await addUser();
      const { auth_token: bearer, refresh_token } = await server.signIn(username);
      const change = (body: object, token = bearer) => server.call('PATCH', `${base}/my`, { bearer: token, body });
      server.clock.advance({ minutes: 10 });
      const next = freshName();
      refusedRule(await change({ username: next }), /^username - .*password/);
      const refreshed = (await server.authenticate({ refresh_token })).json.auth_token;
      refusedRule(await change({ username: next }, refreshed), /^username - /);
      const wrong = await change({ username: next, password: 'not the password' });
      assert.deepEqual([wrong.status, wrong.json.errors[0].error_code], [422, 1403], wrong.text);
      assert.match(wrong.json.errors[0].message, /^password /);
      assert.deepEqual(await waitingMails(server, next), []);
      assert.equal((await change({ username, name: 'Ada' })).status, 204, 'nothing else asks for it');
      assert.equal((await change({ username: next, password: testPassword })).status, 204);
      await followLink(server, next);
      const again = (await server.signIn(next)).auth_token;
      server.clock.advance({ minutes: 9 });
      assert.equal((await change({ username: freshName() }, again)).status, 204);
    });

    test('wrong passwords there count towards the lock-out', async () => {
      const { username } = await addUser();
      const { auth_token: bearer } = await server.signIn(username);
      server.clock.advance({ minutes: 11 });
      const attempt = (password: string) =>
        server.call('PATCH', `${base}/my`, { bearer, body: { username: freshName(), password } });
      for (const guess of ['a', 'b', 'c']) assert.equal((await attempt(guess)).status, 422);
      const locked = await attempt(testPassword);
      assert.deepEqual([locked.status, locked.json.error_code], [429, 1105]);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 429);
      await server.service.database.deleteLockouts(`user:${(await idOf(username)) ?? 0}`, 'all');
    });

    const idOf = async (username: string): Promise<number | undefined> =>
      (await queryStore(server.store, `SELECT id FROM user_account WHERE username = '${username}'`))[0]?.['id'];

    for (const [what, respell] of [
      ['in capitals', (username: string) => username.toUpperCase()],
      ['in compatibility characters', (username: string) => username.replace('p', 'ｐ')],
    ] as const) {
      test(`the same username ${what} may be another mailbox, and is confirmed as any new one`, async () => {
        const { username } = await addUser();
        const spelled = respell(username);
        const { auth_token: bearer } = await server.signIn(username);
        assert.equal((await server.call('PATCH', `${base}/my`, { bearer, body: { username: spelled } })).status, 204);
        assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
        const mails = await waitingMails(server, spelled);
        assert.deepEqual(
          mails.map(({ template }) => template),
          ['username_change'],
        );
        await followLink(server, spelled);
        await server.signIn(username);
      });
    }

    test('of a user who has yet to activate another spelling needs no new link', async () => {
      const username = freshName();
      const made = await as('admin', 'POST', base, { username, name: 'Ada' });
      const path = made.headers.get('location') ?? '';
      assert.equal((await as('admin', 'PATCH', path, { username: username.toUpperCase() })).status, 204);
      assert.deepEqual(await waitingMails(server, username.toUpperCase()), []);
      await followLink(server, username, testPassword);
      await server.signIn(username);
    });

    test('an operator at the machine gives somebody a username back who mistyped the new one', async () => {
      const { id, username } = await addUser();
      await assign(id, elsewhere);
      const { auth_token: bearer } = await server.signIn(username);
      const mistyped = freshName();
      await server.call('PATCH', `${base}/my`, { bearer, body: { username: mistyped } });
      const activationKey = await lastKey(server, mistyped);
      const rename = (from: string, to: string) =>
        runCommandLine(['user', 'rename', from, to], { env: server.store.env });
      const taken = await rename(mistyped, 'admin@example.com');
      assert.deepEqual([taken.code, taken.out], [1, '']);
      assert.match(taken.err, /There is a user admin@example\.com already/);
      assert.equal((await rename(mistyped, 'no address')).code, 1);
      const renamed = await rename(mistyped, username);
      assert.deepEqual(renamed, { code: 0, out: `${mistyped} is ${username} from now on.\n`, err: '' });
      await server.signIn(username);
      assert.equal((await server.call('POST', `${base}/activation`, { body: { activationKey } })).status, 400);
      const mails = await waitingMails(server, mistyped);
      assert.deepEqual(
        mails.map(({ template }) => template),
        ['username_change', 'username_changed'],
      );
    });

    test('by that a suspended user stays suspended, and one who has yet to activate is not renamed', async () => {
      const { id, username } = await addUser();
      await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 2 } });
      const next = freshName();
      const rename = (from: string, to: string) =>
        runCommandLine(['user', 'rename', from, to], { env: server.store.env });
      assert.equal((await rename(username, next)).code, 0);
      assert.equal((await server.authenticate({ username: next, password: testPassword })).status, 401);
      assert.equal((await as('admin', 'PATCH', `${base}/${id}`, { status: { id: 1 } })).status, 204);
      await server.signIn(next);
      const pending = freshName();
      await as('admin', 'POST', base, { username: pending, name: 'Ada' });
      const refused = await rename(pending, freshName());
      assert.equal(refused.code, 1);
      assert.match(refused.err, /has yet to activate/);
    });
  });
}
