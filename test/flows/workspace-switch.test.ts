import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RoleName } from '@keywright/contract';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

const path = '/api/v1/authenticate/workspace';

for (const kind of storeKinds) {
  describe(`switching workspaces on ${kind}`, () => {
    let server: TestServer;
    const organisations: Record<string, number> = {};
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const parents = {
        home: undefined,
        guest: undefined,
        main: undefined,
        one: 'main',
        two: 'main',
        deep: 'one',
      } as const;
      for (const [name, parent] of Object.entries(parents)) {
        const parentId = parent === undefined ? undefined : organisations[parent];
        organisations[name] = (await server.addOrganisation(name, parentId)).id;
      }
    });
    after(() => server.close());

    const idOf = (name: string) => organisations[name] ?? 0;
    async function signedIn(home: string, role: RoleName, places: Record<string, RoleName> = {}) {
      const username = `switcher${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: idOf(home), role });
      for (const [name, held] of Object.entries(places)) await assign(id, name, held);
      return { id, username, ...(await server.signIn(username)) };
    }
    const assign = (userId: number, name: string, role: RoleName) =>
      server.service.database.insertAssignment({
        userId,
        organisationId: idOf(name),
        roles: roleSet(role),
        status: 1,
        createdAt: server.clock.now(),
      });
    const switchTo = (bearer: string | undefined, target: unknown) =>
      server.call('POST', path, { bearer, body: { target_organisation: { id: target } } });
    const organisationOf = async (bearer: string) => {
      const { status, json } = await server.call('GET', '/api/v1/organisation/my', { bearer });
      return status === 200 ? json.name : status;
    };

    test('switching answers an auth token for the workspace alone, with the roles there', async () => {
      const { auth_token } = await signedIn('home', 'User', { guest: 'Administrator' });
      const { status, json } = await switchTo(auth_token, idOf('guest'));
      assert.deepEqual([status, Object.keys(json)], [200, ['auth_token']]);
      const [before, after] = [claimsOf(auth_token), claimsOf(json.auth_token)];
      assert.deepEqual([after['org'], after['roles']], [{ id: idOf('guest'), name: 'guest' }, ['Administrator']]);
      assert.deepEqual([after['sub'], after['sid'], after['amr']], [before['sub'], before['sid'], ['pwd']]);
      assert.notEqual(after['jti'], before['jti']);
      assert.equal(await organisationOf(json.auth_token), 'guest');
    });

    test('the session goes on in the other workspace: its refresh token gives tokens for it', async () => {
      const { auth_token, refresh_token } = await signedIn('home', 'User', { guest: 'Observer' });
      await switchTo(auth_token, idOf('guest'));
      const refreshed = (await server.authenticate({ refresh_token })).json.auth_token;
      assert.deepEqual(claimsOf(refreshed)['roles'], ['Observer']);
      assert.equal(await organisationOf(refreshed), 'guest');
      await switchTo(refreshed, idOf('home'));
      assert.equal(await organisationOf((await server.authenticate({ refresh_token })).json.auth_token), 'home');
    });

    test('a token for the workspace before lives out its time, as long as the user is assigned there', async () => {
      const { id, auth_token } = await signedIn('home', 'Administrator', { guest: 'User' });
      const other = (await switchTo(auth_token, idOf('guest'))).json.auth_token;
      assert.deepEqual([await organisationOf(auth_token), await organisationOf(other)], ['home', 'guest']);
      assert.equal((await server.call('GET', '/api/v1/user', { bearer: auth_token })).status, 200);
      assert.equal(
        (await server.call('GET', '/api/v1/user', { bearer: other })).status,
        403,
        'each with its own roles',
      );
      await server.service.database.deleteAssignment(id, idOf('home'));
      assert.deepEqual([await organisationOf(auth_token), await organisationOf(other)], [401, 'guest']);
      server.clock.advance({ minutes: 241 });
      assert.equal(await organisationOf(other), 401);
    });

    test('a token for the workspace before goes on when the user is taken from the present one', async () => {
      const { id, auth_token } = await signedIn('home', 'User', { guest: 'User' });
      const other = (await switchTo(auth_token, idOf('guest'))).json.auth_token;
      await server.service.database.setAssignmentStatus(id, idOf('guest'), 2);
      assert.deepEqual([await organisationOf(auth_token), await organisationOf(other)], ['home', 401]);
    });

    test('a workspace that the user is not assigned to, or that there is not, is 401 alike', async () => {
      const { auth_token, refresh_token } = await signedIn('home', 'Administrator');
      const answers = [];
      for (const target of [idOf('guest'), idOf('one'), 999_999, 0, -1]) {
        const { status, json, headers } = await switchTo(auth_token, target);
        answers.push([status, json.error_code, json.message, headers.get('www-authenticate')]);
      }
      assert.deepEqual(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
      assert.deepEqual(answers[0]?.slice(0, 2), [401, 1102]);
      assert.match(String(answers[0]?.[3]), /^Bearer .*error="invalid_token"/);
      assert.equal(await organisationOf((await server.authenticate({ refresh_token })).json.auth_token), 'home');
    });

    test('no application token switches, nor an operator who supports the user', async () => {
      const { id, auth_token } = await signedIn('home', 'Administrator', { guest: 'User' });
      const { application_token } = await server.createToken(auth_token);
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      const operator = await server.addUser({ username: `op${++count}@example.com`, organisationId: idOf('guest') });
      await addOperator(server.service, testActor, operator);
      const bearer = (await server.signIn(operator.username)).auth_token;
      const support = await server.call('POST', `/api/v2/user/${id}/support_token`, { bearer, body: {} });
      assert.equal(support.status, 201);
      for (const token of [exchanged, support.json.support_token]) {
        const { status, json } = await switchTo(token, idOf('guest'));
        assert.deepEqual([status, json.error_code], [401, 1102]);
        assert.equal((await switchTo(token, 'wrong')).status, 401, 'before the input is looked at');
      }
      assert.equal((await switchTo(undefined, idOf('guest'))).status, 401);
    });

    test('a body without a target is 422, and names what is missing', async () => {
      const { auth_token } = await signedIn('home', 'User');
      for (const body of [
        {},
        { target_organisation: 7 },
        { target_organisation: {} },
        { target_organisation: { id: 'x' } },
      ]) {
        const { status, json } = await server.call('POST', path, { bearer: auth_token, body });
        assert.deepEqual([status, json.error_code], [422, 1400]);
        assert.match(json.errors[0].message, /target_organisation/);
      }
    });

    test('switching is an event of the workspace', async () => {
      const { auth_token, username } = await signedIn('home', 'User', { guest: 'Administrator' });
      const bearer = (await switchTo(auth_token, idOf('guest'))).json.auth_token;
      const [event] = (await server.call('GET', '/api/v1/event?q=type:1065&sort=-id', { bearer })).json;
      assert.deepEqual([event.user.username, event.organisation.name], [username, 'guest']);
    });

    test('an ended session switches no more', async () => {
      const { auth_token } = await signedIn('home', 'User', { guest: 'User' });
      await server.call('DELETE', '/api/v1/user/my/session', { bearer: auth_token });
      assert.equal((await switchTo(auth_token, idOf('guest'))).status, 401);
    });

    test('the SuperAdmin of a main organisation works in every direct child, and is listed with all of them', async () => {
      const { auth_token, refresh_token, id } = await signedIn('main', 'SuperAdmin');
      const listed = (await server.call('GET', '/api/v2/user/my/workspace', { bearer: auth_token })).json;
      assert.deepEqual(
        listed.map((one: { name: string; roles: { name: string }[] }) => [one.name, one.roles[0]?.name]),
        [
          ['main', 'SuperAdmin'],
          ['one', 'SuperAdmin'],
          ['two', 'SuperAdmin'],
        ],
      );
      const bearer = (await switchTo(auth_token, idOf('one'))).json.auth_token;
      assert.deepEqual(claimsOf(bearer)['roles'], ['SuperAdmin']);
      assert.equal((await server.call('GET', '/api/v1/user', { bearer })).status, 200);
      const own = (await server.call('GET', '/api/v1/user/my', { bearer })).json;
      assert.deepEqual([own.id, own.organisation.name, own.roles], [id, 'main', [{ id: 4, name: 'SuperAdmin' }]]);
      assert.equal(await organisationOf((await server.authenticate({ refresh_token })).json.auth_token), 'one');
      const { application_token } = await server.createToken(bearer);
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal(await organisationOf(exchanged), 'one');
      await server.service.database.changeAssignmentRoles(id, idOf('main'), {
        added: 2,
        removed: roleSet('SuperAdmin'),
      });
      assert.deepEqual([await organisationOf(bearer), await organisationOf(exchanged)], [401, 401]);
      assert.equal((await server.authenticate({ application_token })).status, 401);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
    });

    test('that reach ends at direct children, and only a main organisation gives it', async () => {
      const { auth_token } = await signedIn('main', 'SuperAdmin');
      const { auth_token: below } = await signedIn('one', 'SuperAdmin');
      const { auth_token: administrator } = await signedIn('main', 'Administrator');
      assert.equal((await switchTo(auth_token, idOf('deep'))).status, 401);
      assert.equal((await switchTo(auth_token, idOf('home'))).status, 401);
      for (const name of ['deep', 'main', 'two']) assert.equal((await switchTo(below, idOf(name))).status, 401);
      assert.equal((await switchTo(administrator, idOf('one'))).status, 401);
    });
  });
}
