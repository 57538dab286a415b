import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { User } from '../../packages/server/src/domain/records.ts';
import { addOperator, removeOperator } from '../../packages/server/src/domain/support.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`sessions, on ${store}`, () => {
    let server: TestServer;
    let admin: { auth_token: string; refresh_token: string };
    let user: User;

    before(async () => {
      server = await startTestServer({ store });
      const organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'admin@example.com', organisationId });
      user = await server.addUser({ username: 'user@example.com', organisationId, role: 'User' });
      admin = await server.signIn('admin@example.com');
    });
    after(() => server.close());

    const refresh = (refresh_token: string) => server.call('POST', '/api/v1/authenticate', { body: { refresh_token } });
    const list = (bearer: string, whose = 'my') => server.call('GET', `/api/v1/user/${whose}/session`, { bearer });

    test('the list shows each live session with browser, system, address and which one asks', async () => {
      const body = { username: 'user@example.com', password: 'a password for tests' };
      const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
      const first = (await server.call('POST', '/api/v1/authenticate', { body, headers: { 'user-agent': browser } }))
        .json;
      server.clock.advance({ seconds: 1 });
      const second = await server.signIn('user@example.com');
      const answer = await list(second.auth_token);
      assert.equal(answer.status, 200);
      assert.deepEqual(
        answer.json.map(({ id, current }: { id: number; current: boolean }) => [id, current]),
        [
          [claimsOf(second.auth_token)['sid'], true],
          [claimsOf(first.auth_token)['sid'], false],
        ],
      );
      const { browser: name, operating_system, ip } = answer.json[1];
      assert.deepEqual([name, operating_system, ip], ['Firefox 140', 'Windows', '127.0.0.1']);
    });

    test('the list is a collection: paged, filtered and sorted, the last used first; 422 for anything else', async () => {
      const username = 'pages@example.com';
      const { id } = await server.addUser({ username, organisationId: (await server.addOrganisation('Pages')).id });
      const sids: unknown[] = [];
      for (let count = 0; count < 5; count++) {
        const { auth_token } = await server.signIn(username);
        sids.push(claimsOf(auth_token)['sid']);
        server.clock.advance({ seconds: 1 });
      }
      const { auth_token: bearer } = await server.signIn(username);
      sids.push(claimsOf(bearer)['sid']);
      const read = async (query: string) => {
        const answer = await server.call('GET', `/api/v1/user/${id}/session?${query}`, { bearer });
        if (answer.status !== 200) return [answer.status, answer.json.error_code];
        return answer.json.map((session: { id: number }) => session.id);
      };
      assert.deepEqual(await read(''), sids.toReversed());
      assert.deepEqual(await read('sort=id'), sids);
      assert.deepEqual(await read('sort=-created&per_page=4&page=2'), sids.toReversed().slice(4));
      assert.deepEqual(await read(`q=id:${sids[2]}`), [sids[2]]);
      assert.deepEqual(await read('q=created:2026'), []);
      assert.deepEqual(
        [await read('q=ip:x'), await read('sort=ip')],
        [
          [422, 1301],
          [422, 1302],
        ],
      );
      const { headers } = await server.call('GET', '/api/v1/user/my/session?per_page=4', { bearer });
      assert.deepEqual(
        ['x-total-count', 'x-total-pages', 'x-current-page', 'x-count-per-page'].map((name) => headers.get(name)),
        ['6', '2', '1', '4'],
      );
      assert.match(headers.get('link') ?? '', /page=2>; rel="next"/);
    });

    test('signing out refuses the refresh token and the auth token at once (security E 62)', async () => {
      const tokens = await server.signIn('user@example.com');
      const other = await server.signIn('user@example.com');
      const path = `/api/v1/user/my/session/${claimsOf(tokens.auth_token)['sid']}`;
      assert.equal((await server.call('DELETE', path, { bearer: tokens.auth_token })).status, 204);
      assert.equal((await refresh(tokens.refresh_token)).status, 401);
      assert.equal((await list(tokens.auth_token)).status, 401);
      assert.equal((await refresh(other.refresh_token)).status, 200, 'another session goes on');
      assert.equal((await server.call('DELETE', path, { bearer: other.auth_token })).status, 404, 'it ended before');
    });

    test("nobody ends or sees another's session by its number", async () => {
      const sid = claimsOf(admin.auth_token)['sid'];
      const tokens = await server.signIn('user@example.com');
      const mine = await server.call('DELETE', `/api/v1/user/my/session/${sid}`, { bearer: tokens.auth_token });
      assert.equal(mine.status, 404);
      for (const [method, path] of [
        ['GET', '/api/v1/user/admin@example.com/session'],
        ['DELETE', '/api/v1/user/admin@example.com/session'],
        ['DELETE', `/api/v1/user/admin@example.com/session/${sid}`],
      ] as const) {
        assert.equal((await server.call(method, path, { bearer: tokens.auth_token })).status, 403, path);
      }
      assert.equal((await list(admin.auth_token)).status, 200);
    });

    test('an administrator ends the sessions of a user, and all fall (security E 69)', async () => {
      const tokens = [await server.signIn('user@example.com'), await server.signIn('user@example.com')];
      const shown = await list(admin.auth_token, String(user.id));
      assert.ok(shown.json.length >= 2);
      const ended = await server.call('DELETE', `/api/v1/user/${user.id}/session`, { bearer: admin.auth_token });
      assert.equal(ended.status, 204);
      for (const { auth_token, refresh_token } of tokens) {
        assert.equal((await refresh(refresh_token)).status, 401);
        assert.equal((await list(auth_token)).status, 401);
      }
    });

    test("an administrator of another organisation can't tell that the user exists", async () => {
      const foreign = await server.addOrganisation('Foreign');
      await server.addUser({ username: 'foreign@example.com', organisationId: foreign.id });
      const { auth_token } = await server.signIn('foreign@example.com');
      const known = await list(auth_token, String(user.id));
      const unknown = await list(auth_token, '999999');
      assert.deepEqual([known.status, unknown.status], [404, 404]);
    });

    test('signing out everywhere but here leaves the session of the call', async () => {
      const here = await server.signIn('user@example.com');
      const there = await server.signIn('user@example.com');
      const path = '/api/v1/user/my/session?keep_current=true';
      assert.equal((await server.call('DELETE', path, { bearer: here.auth_token })).status, 204);
      assert.equal((await refresh(here.refresh_token)).status, 200);
      assert.equal((await refresh(there.refresh_token)).status, 401);
    });

    test('what does not say plainly whether the session of the call stays ends none', async () => {
      const here = await server.signIn('user@example.com');
      for (const query of ['True', '1', '', 'yes', 'true&keep_current=true']) {
        const path = `/api/v1/user/my/session?keep_current=${query}`;
        const { status, json } = await server.call('DELETE', path, { bearer: here.auth_token });
        assert.deepEqual([status, json.error_code], [422, 1400], query);
      }
      assert.equal((await refresh(here.refresh_token)).status, 200);
      const path = '/api/v1/user/my/session?keep_current=false';
      assert.equal((await server.call('DELETE', path, { bearer: here.auth_token })).status, 204);
      assert.equal((await refresh(here.refresh_token)).status, 401);
    });

    test('an application token neither sees nor ends sessions', async () => {
      const made = await server.call('POST', '/api/v1/application_token', {
        bearer: admin.auth_token,
        body: { roles: [{ id: 1 }] },
      });
      const { application_token } = made.json;
      const { auth_token } = (await server.call('POST', '/api/v1/authenticate', { body: { application_token } })).json;
      assert.equal((await list(auth_token)).status, 403);
      assert.equal((await server.call('DELETE', '/api/v1/user/my/session', { bearer: auth_token })).status, 403);
    });

    test('a refresh token is refused after 30 days, however often it was used (security E 68)', async () => {
      const tokens = await server.signIn('user@example.com');
      server.clock.advance({ days: 29 });
      assert.equal((await refresh(tokens.refresh_token)).status, 200);
      server.clock.advance({ days: 1, seconds: 1 });
      const late = await refresh(tokens.refresh_token);
      assert.deepEqual([late.status, late.json.error_code], [401, 1103]);
      admin = await server.signIn('admin@example.com');
    });
  });

  describe(`support access, on ${store}`, () => {
    let server: TestServer;
    let operator: User;
    let operatorToken: string;
    let admin: User;
    let observer: User;

    before(async () => {
      server = await startTestServer({ store });
      const platform = await server.addOrganisation('Platform');
      const customer = await server.addOrganisation('Customer');
      operator = await server.addUser({ username: 'operator@example.com', organisationId: platform.id });
      admin = await server.addUser({ username: 'admin@example.com', organisationId: customer.id });
      observer = await server.addUser({
        username: 'observer@example.com',
        organisationId: customer.id,
        role: 'Observer',
      });
      operatorToken = (await server.signIn('operator@example.com')).auth_token;
    });
    after(() => server.close());

    const support = (id: number | string, body: object = {}, bearer = operatorToken) =>
      server.call('POST', `/api/v2/user/${id}/support_token`, { bearer, body });

    test('an administrator who is no operator is refused, before the user is looked for', async () => {
      assert.equal((await support(admin.id)).status, 403);
      assert.equal((await support(999_999)).status, 403);
    });

    test('an operator acts as the user for 60 minutes, named in act, and the administrators see an event', async () => {
      assert.equal(await addOperator(server.service, testActor, operator), true);
      const made = await support(admin.id);
      assert.equal(made.status, 201, made.text);
      const token: string = made.json.support_token;
      const claims = claimsOf(token);
      assert.deepEqual(
        [claims['sub'], claims['act'], claims['roles'], Number(claims['exp']) - Number(claims['iat'])],
        [`user:${admin.id}`, { sub: `user:${operator.id}` }, ['Observer'], 3600],
      );
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: token })).json.username, admin.username);
      const { auth_token } = await server.signIn('admin@example.com');
      const events = await server.call('GET', '/api/v1/event?q=type:13', { bearer: auth_token });
      assert.equal(events.json.length, 1);
      assert.match(events.json[0].description, /operator@example\.com/);
    });

    test('as an observer it changes nothing, as an administrator it does, and events name the operator', async () => {
      const asObserver = (await support(admin.id)).json.support_token;
      const asAdministrator = (await support(admin.username, { role: '1' })).json.support_token;
      const { auth_token } = await server.signIn('admin@example.com');
      const { id } = (await server.call('POST', '/api/v1/application_token', { bearer: auth_token, body: {} })).json;
      const revoke = (bearer: string) =>
        server.call('PATCH', `/api/v1/application_token/${id}`, { bearer, body: { status: { id: 1 } } });
      assert.equal((await revoke(asObserver)).status, 403);
      assert.equal((await revoke(asAdministrator)).status, 204);
      const [event] = (await server.call('GET', '/api/v1/event?q=type:1022', { bearer: auth_token })).json;
      assert.match(event.description, /operator@example\.com \(support\) as admin@example\.com/);
    });

    test("an operator gets no more than the user's own rights", async () => {
      assert.equal((await support(observer.id, { role: '1' })).status, 422);
      assert.equal((await support(observer.id, { role: '3' })).status, 201);
      assert.equal((await support(observer.id, { role: '4' })).status, 422);
    });

    test('a support token gives no further one, and reaches nothing of the account itself', async () => {
      const token = (await support(admin.id, { role: '1' })).json.support_token;
      assert.equal((await support(observer.id, {}, token)).status, 403);
      assert.equal((await server.call('GET', '/api/v1/user/my/session', { bearer: token })).status, 403);
    });

    test('the user sees the support and ends it', async () => {
      const token = (await support(observer.id)).json.support_token;
      const { auth_token } = await server.signIn('observer@example.com');
      const sessions = (await server.call('GET', '/api/v1/user/my/session', { bearer: auth_token })).json;
      const shown = sessions.find(({ id }: { id: number }) => id === claimsOf(token)['sid']);
      assert.equal(shown.support, true);
      await server.call('DELETE', `/api/v1/user/my/session/${shown.id}`, { bearer: auth_token });
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: token })).status, 401);
    });

    test('support ends after 60 minutes, and at once when the operator is removed', async () => {
      const first = (await support(admin.id)).json.support_token;
      server.clock.advance({ minutes: 61 });
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: first })).status, 401);
      operatorToken = (await server.signIn('operator@example.com')).auth_token;
      const second = (await support(admin.id)).json.support_token;
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: second })).status, 200);
      assert.equal(await removeOperator(server.service, testActor, operator), true);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: second })).status, 401);
      assert.equal((await support(admin.id)).status, 403);
    });
  });
}
