import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import { startTestServer, storeKinds, type TestServer, testActor, testPassword } from '../support/test-server.ts';
import { lastKey } from '../support/waiting-mail.ts';

const base = '/api/v1/user';

for (const kind of storeKinds) {
  describe(`several mails to somebody whose account is new, on ${kind}`, () => {
    let server: TestServer;
    let organisationIds: number[];
    let bearers: string[];
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationIds = [];
      bearers = [];
      for (const name of ['First', 'Second', 'Third']) {
        const { id } = await server.addOrganisation(name);
        const username = `${name.toLowerCase()}@example.com`;
        await server.addUser({ username, organisationId: id });
        organisationIds.push(id);
        bearers.push((await server.signIn(username)).auth_token);
      }
    });
    after(() => server.close());

    /** Has each organisation in turn make the same name; answers the keys of the mails, and the name. */
    async function makeEverywhere(paths: readonly string[]): Promise<{ username: string; keys: string[] }> {
      const username = `new${++count}@example.com`;
      const keys: string[] = [];
      for (const [index, path] of paths.entries()) {
        const body = { username, name: 'Ada', roles: [{ id: 3 }] };
        const answer = await server.call('POST', path, { bearer: bearers[index], body });
        assert.equal(answer.status, 201, answer.text);
        keys.push(await lastKey(server, username));
      }
      return { username, keys };
    }

    const activate = async (activationKey = '', password?: string): Promise<number> => {
      const body = { activationKey, ...(password === undefined ? {} : { password }) };
      return (await server.call('POST', '/api/v2/user/activation', { body })).status;
    };

    async function workspacesOf(username: string): Promise<number[][]> {
      const { auth_token: bearer } = await server.signIn(username);
      const { json } = await server.call('GET', '/api/v2/user/my/workspace', { bearer });
      return json.map(({ id, status }: { id: number; status: { id: number } }) => [id, status.id]);
    }
    const everywhere = () => organisationIds.map((id) => [id, 1]);

    for (const [what, paths] of [
      ['POST /user', [base, base, base]],
      ['POST /user/invitation', Array(3).fill('/api/v2/user/invitation')],
    ] as const) {
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
      ] as const) {
        test(`${what}: each link works once, whichever sets the password first: ${order.join()}`, async () => {
          const { username, keys } = await makeEverywhere(paths);
          const [first, ...others] = order;
          assert.equal(await activate(keys[first], testPassword), 204);
          for (const other of others) assert.equal(await activate(keys[other], 'quaint otters juggle lemons'), 204);
          assert.deepEqual(await workspacesOf(username), everywhere());
          for (const key of keys) assert.equal(await activate(key), 403);
        });
      }
    }

    test('who has a place by one invitation gets nothing by another: no role back, and no suspension lifted', async () => {
      const main = await server.addOrganisation('Main');
      const child = await server.addOrganisation('Child', main.id);
      const [above, below] = [`above${kind}@example.com`, `below${kind}@example.com`];
      await server.addUser({ username: above, organisationId: main.id });
      await server.addUser({ username: below, organisationId: child.id });
      const [mainBearer, childBearer] = [
        (await server.signIn(above)).auth_token,
        (await server.signIn(below)).auth_token,
      ];
      const username = `twice${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: organisationIds[0] ?? 0 });
      const invite = async (bearer: string, body: object): Promise<string> => {
        const answer = await server.call('POST', '/api/v2/user/invitation', {
          bearer,
          body: { username, name: 'x', ...body },
        });
        assert.equal(answer.status, 201, answer.text);
        return lastKey(server, username);
      };
      await invite(mainBearer, { roles: [{ id: 2 }] });
      const first = await invite(childBearer, { roles: [{ id: 3 }] });
      const second = await invite(mainBearer, { organisation: { id: child.id }, roles: [{ id: 1 }] });
      assert.equal(await activate(first), 204);
      for (const role of [1, 3]) {
        await server.call('DELETE', `${base}/${id}/role/${role}`, { bearer: childBearer });
      }
      await server.call('PUT', `${base}/${id}/role/3`, { bearer: childBearer });
      assert.equal(await activate(second), 403, 'no role comes back');
      const body = { status: { id: 2 } };
      const path = `/api/v2/user/${id}/workspace/${child.id}`;
      assert.equal((await server.call('PATCH', path, { bearer: childBearer, body })).status, 204);
      assert.equal(await activate(second), 403, 'nor does the place');
      const { json } = await server.call('GET', `/api/v2/user/${id}/workspace`, { bearer: childBearer });
      assert.deepEqual(
        json.map((place: { id: number; status: { id: number }; roles: { id: number }[] }) => [
          place.id,
          place.status.id,
          place.roles.map((role) => role.id),
        ]),
        [[child.id, 2, [3]]],
      );
    });

    test('a password that is changed, rather than chosen, voids them all the same', async () => {
      const { username, keys } = await makeEverywhere([base, base, base]);
      assert.equal(await activate(keys[1], testPassword), 204);
      const { auth_token: bearer } = await server.signIn(username);
      server.clock.advance({ ms: 1 });
      const change = { old_password: testPassword, new_password: 'quaint otters juggle lemons' };
      assert.equal((await server.call('PATCH', `${base}/password`, { bearer, body: change })).status, 204);
      for (const key of keys) assert.equal(await activate(key), 403);
    });

    test('a first password that an operator sets voids no invitation either', async () => {
      const { username, keys } = await makeEverywhere([base, base]);
      const user = await server.service.database.findUserByUsername(username);
      await setPassword(server.service, testActor, user?.id ?? 0, testPassword);
      assert.equal(await activate(keys[1]), 204);
      assert.deepEqual(await workspacesOf(username), [
        [organisationIds[0], 1],
        [organisationIds[1], 1],
      ]);
    });

    test('of an invitation that was withdrawn the link is refused, whoever set the password', async () => {
      const { username, keys } = await makeEverywhere([base, base]);
      const bearer = bearers[1];
      const { json } = await server.call('GET', `${base}/${username}`, { bearer });
      assert.equal((await server.call('DELETE', `${base}/${json.id}`, { bearer })).status, 204);
      assert.equal(await activate(keys[0], testPassword), 204);
      assert.equal(await activate(keys[1]), 403);
    });
  });
}
