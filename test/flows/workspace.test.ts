import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RoleName } from '@keywright/contract';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import {
  type Answer,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testPassword,
} from '../support/test-server.ts';
import { followLink, waitingMails } from '../support/waiting-mail.ts';

const base = '/api/v1/user';

function refusedRule(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json.error_code], [422, 1406], answer.text);
}

for (const kind of storeKinds) {
  describe(`workspaces on ${kind}`, () => {
    let server: TestServer;
    const organisations: Record<string, number> = {};
    const bearers: Record<string, string> = {};
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      for (const name of ['home', 'guest', 'third']) organisations[name] = (await server.addOrganisation(name)).id;
      for (const name of ['home', 'guest', 'third']) {
        await server.addUser({ username: `${name}@example.com`, organisationId: organisations[name] ?? 0 });
        bearers[name] = (await server.signIn(`${name}@example.com`)).auth_token;
      }
      // Administrator of home and of guest.
      const both = await server.addUser({ username: 'both@example.com', organisationId: organisations['home'] ?? 0 });
      await assign(both.id, 'guest', 'Administrator');
      bearers['both'] = (await server.signIn('both@example.com')).auth_token;
    });
    after(() => server.close());

    const as = (who: string, method: string, path: string, body?: object) =>
      server.call(method, path, { bearer: bearers[who], ...(body === undefined ? {} : { body }) });
    const idOf = (name: string) => organisations[name] ?? 0;
    async function assign(userId: number, name: string, role: RoleName = 'User', status: 0 | 1 | 2 = 1): Promise<void> {
      const createdAt = server.clock.now() + ++count;
      const place = { userId, organisationId: idOf(name), roles: roleSet(role), status, createdAt };
      assert.ok(await server.service.database.insertAssignment(place));
    }
    /** A user at home in `home` who is assigned to `guest` as well. */
    async function addGuest(role: RoleName = 'User'): Promise<{ id: number; username: string }> {
      const username = `guest${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: idOf('home'), role: 'User' });
      await assign(id, 'guest', role);
      return { id, username };
    }
    const workspace = (id: number | string, name = 'guest') => `/api/v2/user/${id}/workspace/${idOf(name)}`;
    const switchTo = (bearer: string, id: unknown) =>
      server.call('POST', '/api/v1/authenticate/workspace', { bearer, body: { target_organisation: { id } } });
    const placesOf = async (who: string, id: number | string = 'my') =>
      (await as(who, 'GET', `/api/v2/user/${id}/workspace`)).json.map(
        (place: { name: string; status: { id: number }; roles: { name: string }[] }) => [
          place.name,
          place.status.id,
          place.roles.map(({ name }) => name).join(),
        ],
      );

    test('a workspace is shown with id, name, status and roles', async () => {
      const { id, username } = await addGuest('Observer');
      const own = (await server.signIn(username)).auth_token;
      const { status, json } = await server.call('GET', '/api/v2/user/my/workspace', { bearer: own });
      assert.equal(status, 200);
      assert.deepEqual(json, [
        { id: idOf('home'), name: 'home', status: { id: 1, description: 'Active' }, roles: [{ id: 2, name: 'User' }] },
        {
          id: idOf('guest'),
          name: 'guest',
          status: { id: 1, description: 'Active' },
          roles: [{ id: 3, name: 'Observer' }],
        },
      ]);
      assert.deepEqual((await server.call('GET', `/api/v2/user/${id}/workspace`, { bearer: own })).json, json);
    });

    test('the list is a collection: paged, filtered and sorted by id; 422 for anything else', async () => {
      const { id, username } = await addGuest();
      await assign(id, 'third');
      const { auth_token: bearer } = await server.signIn(username);
      const read = async (query: string) => {
        const { status, json } = await server.call('GET', `/api/v2/user/my/workspace?${query}`, { bearer });
        return status === 200 ? json.map(({ name }: { name: string }) => name) : [status, json.error_code];
      };
      assert.deepEqual(await read(''), ['home', 'guest', 'third']);
      assert.deepEqual(await read('sort=-id&per_page=2'), ['third', 'guest']);
      assert.deepEqual(await read('per_page=2&page=9'), ['third']);
      assert.deepEqual(await read(`q=id:${idOf('guest')}`), ['guest']);
      assert.deepEqual(
        [await read('q=name:x'), await read('sort=name')],
        [
          [422, 1301],
          [422, 1302],
        ],
      );
      const { headers } = await server.call('GET', '/api/v2/user/my/workspace?per_page=2', { bearer });
      assert.deepEqual([headers.get('x-total-count'), headers.get('x-total-pages')], ['3', '2']);
    });

    test('of others, an administrator sees the workspaces that they administer', async () => {
      const { id } = await addGuest();
      await assign(id, 'third');
      assert.deepEqual(await placesOf('home', id), [['home', 1, 'User']]);
      assert.deepEqual(await placesOf('guest', id), [['guest', 1, 'User']]);
      assert.deepEqual(await placesOf('both', id), [
        ['home', 1, 'User'],
        ['guest', 1, 'User'],
      ]);
      const outsider = await server.addUser({ username: `o${++count}@example.com`, organisationId: idOf('third') });
      assert.equal((await as('home', 'GET', `/api/v2/user/${outsider.id}/workspace`)).status, 404);
      const plain = (await server.signIn((await addGuest()).username)).auth_token;
      assert.equal((await server.call('GET', `/api/v2/user/${id}/workspace`, { bearer: plain })).status, 403);
    });

    test("another workspace's administrators see the user, and touch nothing of the account", async () => {
      const { id, username } = await addGuest();
      const path = `${base}/${id}`;
      const before = (await as('home', 'GET', path)).json;
      const seen = (await as('guest', 'GET', path)).json;
      assert.deepEqual([seen.username, seen.organisation.name], [username, 'home']);
      const session = (await server.signIn(username)).refresh_token;
      for (const [method, where, body] of [
        ['PATCH', path, { name: 'Taken' }],
        ['PATCH', path, { username: 'taken@example.com' }],
        ['PATCH', path, { status: { id: 2 } }],
        ['PATCH', path, { id: 'wrong' }],
        ['DELETE', path, undefined],
        ['DELETE', `/api/v2/user/${id}`, undefined],
        ['GET', `${path}/session`, undefined],
        ['DELETE', `${path}/session`, undefined],
        ['GET', `${path}/mfa/trusted_device`, undefined],
        ['DELETE', `${path}/mfa/1`, undefined],
        ['PUT', `/api/v2/user/${id}/default_organisation/${idOf('guest')}`, undefined],
      ] as const) {
        assert.equal((await as('guest', method, where, body)).status, 403, `${method} ${where}`);
      }
      assert.deepEqual((await as('home', 'GET', path)).json, before);
      assert.equal((await server.authenticate({ refresh_token: session })).status, 200);
      assert.equal((await as('third', 'GET', path)).status, 404);
    });

    test("another workspace's administrators change roles there, and only there", async () => {
      const { id } = await addGuest();
      assert.equal((await as('guest', 'PUT', `${base}/${id}/role/1`)).status, 204);
      assert.equal((await as('guest', 'PUT', `${workspace(id)}/role/3`)).status, 204);
      assert.equal((await as('guest', 'DELETE', `${workspace(id)}/role/2`)).status, 204);
      assert.deepEqual(await placesOf('both', id), [
        ['home', 1, 'User'],
        ['guest', 1, 'Administrator,Observer'],
      ]);
      assert.equal((await as('guest', 'PUT', `${workspace(id, 'home')}/role/1`)).status, 404);
      assert.equal((await as('guest', 'PATCH', workspace(id, 'home'), { status: { id: 2 } })).status, 404);
      assert.equal((await as('guest', 'DELETE', workspace(id, 'home'))).status, 404);
      assert.deepEqual((await as('home', 'GET', `${base}/${id}`)).json.roles, [{ id: 2, name: 'User' }]);
    });

    test('roles per workspace follow the same rules: unknown 404, above the own 403, oneself 1406', async () => {
      const { id } = await addGuest();
      for (const method of ['PUT', 'DELETE']) {
        assert.equal((await as('guest', method, `${workspace(id)}/role/9`)).status, 404);
        assert.equal((await as('guest', method, `${workspace(id)}/role/4`)).status, 403);
        assert.equal((await as('guest', method, `${workspace(999_999)}/role/2`)).status, 404);
        assert.equal((await as('guest', method, `${workspace(id, 'third')}/role/2`)).status, 404);
        refusedRule(await as('guest', method, `${workspace('my')}/role/2`));
        refusedRule(await as('guest', method, `${workspace(id)}/role/5`));
      }
    });

    test('suspended in a workspace, a user works on in the others: at once, in tokens, refreshes and exchanges', async () => {
      const { id, username } = await addGuest();
      const { auth_token: atHome, refresh_token } = await server.signIn(username);
      const bearer = (await switchTo(atHome, idOf('guest'))).json.auth_token;
      const { application_token } = await server.createToken(bearer);
      assert.equal((await as('guest', 'PATCH', workspace(id), { status: { id: 2 } })).status, 204);
      assert.deepEqual(await placesOf('both', id), [
        ['home', 1, 'User'],
        ['guest', 2, 'User'],
      ]);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401);
      assert.equal((await server.authenticate({ refresh_token })).status, 401);
      assert.equal((await server.authenticate({ application_token })).status, 401);
      assert.equal((await switchTo(atHome, idOf('guest'))).status, 401);
      assert.equal((await server.call('GET', `${base}/my`, { bearer: atHome })).status, 200);
      assert.equal((await as('guest', 'PATCH', workspace(id), { status: { id: 1 } })).status, 204);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 200);
      assert.equal((await server.authenticate({ refresh_token })).status, 200);
      assert.equal((await server.authenticate({ application_token })).status, 200);
      const types = (await as('guest', 'GET', `/api/v1/event?q=user:${username}&sort=-id`)).json.map(
        (event: { event_type: { id: number } }) => event.event_type.id,
      );
      assert.deepEqual(
        types.filter((type: number) => type === 1066 || type === 1067),
        [1067, 1066],
      );
    });

    test('a workspace status that can not follow is refused, and what is so stays', async () => {
      const { id } = await addGuest();
      const set = (status: unknown) => as('guest', 'PATCH', workspace(id), { status } as object);
      assert.equal((await set({ id: 1 })).status, 204);
      refusedRule(await set({ id: 0 }));
      assert.equal((await set({ id: 3 })).status, 422);
      assert.equal((await set({ id: 3 })).json.error_code, 1400);
      assert.equal((await set(2)).status, 422);
      refusedRule(await as('guest', 'PATCH', workspace('my'), { status: { id: 2 } }));
      const outsider = (await addGuest()).id;
      await as('guest', 'DELETE', workspace(outsider));
      assert.equal((await as('both', 'PATCH', workspace(outsider), { status: { id: 2 } })).status, 404);
    });

    test('removed from a workspace, a user is out at once, and what they made there works no more', async () => {
      const { id, username } = await addGuest();
      const { auth_token: atHome } = await server.signIn(username);
      const bearer = (await switchTo(atHome, idOf('guest'))).json.auth_token;
      const { application_token } = await server.createToken(bearer);
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal((await as('guest', 'DELETE', workspace(id))).status, 204);
      assert.equal((await as('guest', 'DELETE', workspace(id))).status, 404);
      assert.equal((await server.call('GET', `${base}/my`, { bearer })).status, 401);
      assert.equal((await server.call('GET', `${base}/my`, { bearer: exchanged })).status, 401);
      assert.equal((await server.authenticate({ application_token })).status, 401);
      assert.equal((await as('guest', 'GET', `${base}/${id}`)).status, 404);
      assert.equal((await server.call('GET', `${base}/my`, { bearer: atHome })).status, 200);
    });

    test('taken from the default workspace, the next becomes it; taken from the last, the user stays without', async () => {
      const { id, username } = await addGuest();
      assert.equal((await as('home', 'DELETE', workspace(id, 'home'))).status, 204);
      assert.equal((await as('guest', 'GET', `${base}/${id}`)).json.organisation.name, 'guest');
      assert.equal((await as('home', 'GET', `${base}/${id}`)).status, 404);
      const { auth_token } = await server.signIn(username);
      assert.deepEqual(claimsOf(auth_token)['org'], { id: idOf('guest'), name: 'guest' });
      assert.equal((await as('guest', 'DELETE', workspace(id))).status, 204);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 401);
      const { status, json } = await as('guest', 'GET', `${base}/${id}`);
      assert.deepEqual([status, json.roles], [200, []], 'the home organisation still looks after the account');
      assert.deepEqual(await placesOf('guest', id), []);
      assert.equal((await as('guest', 'PUT', `${base}/${id}/role/2`)).status, 204);
      await server.signIn(username);
    });

    test('the next workspace is the one that is held longest of those that the user works in', async () => {
      const username = `long${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: idOf('home'), role: 'User' });
      await assign(id, 'third', 'User', 2);
      await assign(id, 'guest');
      await as('home', 'DELETE', workspace(id, 'home'));
      assert.equal((await as('guest', 'GET', `${base}/${id}`)).json.organisation.name, 'guest');
    });

    test('everybody may leave a workspace, whatever their role, and nobody else by their name', async () => {
      const { id, username } = await addGuest('Observer');
      const own = (await server.signIn(username)).auth_token;
      const other = (await server.signIn((await addGuest()).username)).auth_token;
      assert.equal((await server.call('DELETE', workspace(id), { bearer: other })).status, 403);
      assert.equal((await server.call('DELETE', workspace('my'), { bearer: own })).status, 204);
      assert.equal((await server.call('DELETE', workspace('my'), { bearer: own })).status, 404);
      assert.deepEqual(await placesOf('both', id), [['home', 1, 'User']]);
      const [event] = (await as('guest', 'GET', '/api/v1/event?q=type:1069&sort=-id')).json;
      assert.match(event.description, /left guest/);
    });

    test('an administrator of both makes another workspace the default one', async () => {
      const { id, username } = await addGuest();
      const path = (name: string, of: number | string = id) => `/api/v2/user/${of}/default_organisation/${idOf(name)}`;
      for (const who of ['home', 'guest', 'third']) assert.equal((await as(who, 'PUT', path('guest'))).status, 403);
      const own = (await server.signIn(username)).auth_token;
      assert.equal((await server.call('PUT', path('guest', 'my'), { bearer: own })).status, 403);
      assert.equal((await as('both', 'PUT', path('third'))).status, 403);
      assert.equal((await as('both', 'PUT', `/api/v2/user/${id}/default_organisation/999999`)).status, 403);
      assert.equal((await as('both', 'PUT', path('guest', 999_999))).status, 404);
      const { status, json } = await as('both', 'PUT', path('guest'));
      assert.deepEqual([status, json.id, json.organisation], [200, id, { id: idOf('guest'), name: 'guest' }]);
      assert.deepEqual(claimsOf((await server.signIn(username)).auth_token)['org'], {
        id: idOf('guest'),
        name: 'guest',
      });
      assert.equal((await as('guest', 'PATCH', `${base}/${id}`, { name: 'Ours' })).status, 204);
      assert.equal((await as('home', 'PATCH', `${base}/${id}`, { name: 'Theirs' })).status, 403);
      const unassigned = await server.addUser({ username: `u${++count}@example.com`, organisationId: idOf('home') });
      assert.equal((await as('both', 'PUT', path('guest', unassigned.id))).status, 404);
    });

    test('an invitation is answered with who is invited, and waits until it is accepted', async () => {
      const username = `new${++count}@example.com`;
      const { status, json, headers } = await as('guest', 'POST', '/api/v2/user/invitation', { username, name: 'New' });
      assert.equal(status, 201);
      assert.deepEqual(json, {
        id: json.id,
        username,
        name: 'New',
        organisation: { id: idOf('guest'), name: 'guest' },
        roles: [{ id: 1, name: 'Administrator' }],
      });
      assert.equal(headers.get('location'), `/api/v2/user/${json.id}`);
      assert.deepEqual(await placesOf('guest', json.id), [['guest', 0, 'Administrator']]);
      const [mail] = await waitingMails(server, username);
      assert.deepEqual([mail?.template, mail?.data['inviter']], ['invitation', 'guest']);
      await followLink(server, username, testPassword);
      assert.deepEqual(await placesOf('guest', json.id), [['guest', 1, 'Administrator']]);
      const { auth_token } = await server.signIn(username);
      assert.equal((await server.call('GET', base, { bearer: auth_token })).status, 200);
    });

    test('only administrators invite, and nobody out of their organisations or above their roles', async () => {
      const plain = (await server.signIn((await addGuest()).username)).auth_token;
      const invite = (bearer: string | undefined, body: object) =>
        server.call('POST', '/api/v2/user/invitation', {
          bearer,
          body: { username: `x${count}@example.com`, name: 'x', ...body },
        });
      assert.equal((await invite(plain, {})).status, 403);
      assert.equal((await invite(plain, { username: 7 })).status, 403, 'before the input is looked at');
      for (const body of [{ organisation: { id: idOf('home') } }, { roles: [{ id: 4 }] }, { roles: [{ id: 5 }] }]) {
        assert.equal((await invite(bearers['guest'], body)).status, 422, JSON.stringify(body));
      }
      const again = await invite(bearers['guest'], { username: 'guest@example.com' });
      assert.deepEqual([again.status, again.json.error_code], [409, 1405]);
    });

    test('somebody whom the caller sees is assigned once they accept, and not by the inviter', async () => {
      const child = await server.addOrganisation('child', idOf('home'));
      const username = `child${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: child.id, role: 'User' });
      const body = { username, name: 'Another name', roles: [{ id: 3 }] };
      const invited = await as('home', 'POST', '/api/v2/user/invitation', body);
      assert.deepEqual([invited.status, invited.json.id], [201, id]);
      assert.equal((await as('home', 'POST', '/api/v2/user/invitation', body)).status, 409);
      const { auth_token } = await server.signIn(username);
      assert.equal((await switchTo(auth_token, idOf('home'))).status, 401);
      for (const status of [1, 2])
        refusedRule(await as('home', 'PATCH', workspace(id, 'home'), { status: { id: status } }));
      assert.equal((await as('home', 'PATCH', workspace(id, 'home'), { status: { id: 0 } })).status, 204);
      await followLink(server, username);
      assert.equal((await switchTo(auth_token, idOf('home'))).status, 200);
      assert.equal((await as('home', 'GET', `${base}/${id}`)).json.name.startsWith('child'), true);
    });
  });
}
