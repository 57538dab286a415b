import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import {
  type Answer,
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  type TestStore,
} from '../support/test-server.ts';

const env = { KEYWRIGHT_RATE_LIMIT: 'off' };

/** How somebody who may could take an administrator's place or role away. */
const removals = {
  'suspending the account': (id: number) => ['PATCH', `/api/v1/user/${id}`, { status: { id: 2 } }],
  'deleting the account': (id: number) => ['DELETE', `/api/v1/user/${id}`],
  'taking the role': (id: number) => ['DELETE', `/api/v1/user/${id}/role/1`],
  'taking the role in the workspace': (id, organisation) => [
    'DELETE',
    `/api/v2/user/${id}/workspace/${organisation}/role/1`,
  ],
  'suspending in the workspace': (id, organisation) => [
    'PATCH',
    `/api/v2/user/${id}/workspace/${organisation}`,
    { status: { id: 2 } },
  ],
  'removing from the workspace': (id, organisation) => ['DELETE', `/api/v2/user/${id}/workspace/${organisation}`],
} satisfies Record<string, (id: number, organisation: number) => [method: string, path: string, body?: object]>;

type Removal = (typeof removals)[keyof typeof removals];

async function remove(
  server: TestServer,
  bearer: string,
  removal: Removal,
  id: number,
  organisation: number,
): Promise<Answer> {
  const [method, path, body] = removal(id, organisation);
  return server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) });
}

function isRefused({ status, json }: Answer): boolean {
  return status === 422 && json.error_code === 1406;
}

for (const kind of storeKinds) {
  describe(`the last administrator on ${kind}`, () => {
    let server: TestServer;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env });
    });
    after(() => server.close());

    /** A main organisation with its administrator, and a direct child with one of its own. */
    async function family() {
      const parent = await server.addOrganisation('parent');
      const child = await server.addOrganisation('child', parent.id);
      const above = `above${++count}@example.com`;
      await server.addUser({ username: above, organisationId: parent.id });
      const username = `last${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId: child.id });
      return { child: child.id, id, username, bearer: (await server.signIn(above)).auth_token };
    }

    for (const [what, removal] of Object.entries(removals)) {
      test(`${what} is refused for the last active administrator, and granted beside another`, async () => {
        const { child, id, bearer } = await family();
        assert.ok(isRefused(await remove(server, bearer, removal, id, child)));
        const username = `other${++count}@example.com`;
        const other = await server.addUser({ username, organisationId: child });
        await server.call('PATCH', `/api/v1/user/${other.id}`, { bearer, body: { status: { id: 2 } } });
        assert.ok(isRefused(await remove(server, bearer, removal, id, child)), 'a suspended one does not count');
        await server.call('PATCH', `/api/v1/user/${other.id}`, { bearer, body: { status: { id: 1 } } });
        assert.equal((await remove(server, bearer, removal, id, child)).status, 204);
      });
    }

    test('one who is invited, pending or suspended in the workspace does not count as another', async () => {
      const { child, id, bearer } = await family();
      const body = {
        username: `pending${++count}@example.com`,
        name: 'x',
        roles: [{ id: 1 }],
        organisation: { id: child },
      };
      assert.equal((await server.call('POST', '/api/v1/user', { bearer, body })).status, 201);
      const other = await server.addUser({
        username: `elsewhere${++count}@example.com`,
        organisationId: child,
        role: 'User',
      });
      for (const status of [0, 2] as const) {
        await server.service.database.changeAssignmentRoles(other.id, child, {
          added: roleSet('Administrator'),
          removed: 0,
        });
        await server.service.database.setAssignmentStatus(other.id, child, status);
        assert.ok(isRefused(await remove(server, bearer, removals['taking the role'], id, child)));
      }
    });

    test('the last administrator can not leave', async () => {
      const { child, username } = await family();
      const { auth_token } = await server.signIn(username);
      const path = `/api/v2/user/my/workspace/${child}`;
      assert.ok(isRefused(await server.call('DELETE', path, { bearer: auth_token })));
      await server.addUser({ username: `other${++count}@example.com`, organisationId: child });
      assert.equal((await server.call('DELETE', path, { bearer: auth_token })).status, 204);
    });

    test('an administrator keeps administering where another role that does so is left', async () => {
      const { child, id, bearer } = await family();
      const database = server.service.database;
      await database.changeAssignmentRoles(id, child, { added: roleSet('SuperAdmin'), removed: 0 });
      assert.equal((await remove(server, bearer, removals['taking the role'], id, child)).status, 204);
    });

    test('whoever is no administrator is removed from an organisation that has none', async () => {
      const parent = await server.addOrganisation('parent');
      const child = await server.addOrganisation('child', parent.id);
      await server.addUser({ username: `above${++count}@example.com`, organisationId: parent.id });
      const { auth_token: bearer } = await server.signIn(`above${count}@example.com`);
      const user = await server.addUser({
        username: `user${++count}@example.com`,
        organisationId: child.id,
        role: 'User',
      });
      assert.equal((await server.call('DELETE', `/api/v1/user/${user.id}`, { bearer })).status, 204);
    });
  });
}

describe('administrators who remove each other at the same moment, over two instances', () => {
  let store: TestStore;
  let servers: [TestServer, TestServer];
  let count = 0;

  before(async () => {
    store = await createTestStore('postgres');
    const one = await startTestServer({ store, env });
    servers = [one, await startTestServer({ store, env, clock: one.clock })];
  });
  after(async () => {
    for (const server of servers) await server.close();
    await store.remove();
  });

  for (const [what, removal] of Object.entries(removals)) {
    test(`${what}: one of them stays`, async () => {
      for (let round = 0; round < 6; round++) {
        const { id: organisationId } = await servers[0].addOrganisation('Duel');
        const people = [];
        for (const server of servers) {
          const username = `duellist${++count}@example.com`;
          const { id } = await server.addUser({ username, organisationId });
          people.push({ server, id, bearer: (await server.signIn(username)).auth_token });
        }
        const [one, other] = people as [(typeof people)[0], (typeof people)[0]];
        await Promise.all([
          remove(one.server, one.bearer, removal, other.id, organisationId),
          remove(other.server, other.bearer, removal, one.id, organisationId),
        ]);
        const left = await servers[0].service.database.countOthersWithRoles(
          organisationId,
          roleSet('Administrator'),
          0,
        );
        assert.equal(left, 1);
      }
    });
  }

  test('eight who leave at once: one of them stays', async () => {
    const { id: organisationId } = await servers[0].addOrganisation('Exodus');
    const leaving = [];
    for (let index = 0; index < 8; index++) {
      const username = `leaver${++count}@example.com`;
      await servers[0].addUser({ username, organisationId });
      const server = servers[index % 2]!;
      const { auth_token: bearer } = await server.signIn(username);
      leaving.push(() => server.call('DELETE', `/api/v2/user/my/workspace/${organisationId}`, { bearer }));
    }
    const answers = await Promise.all(leaving.map((leave) => leave()));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(7).fill(204), 422]);
  });
});
