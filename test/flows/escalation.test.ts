import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { User } from '../../packages/server/src/domain/records.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`nobody gets more than their own, on ${store}`, () => {
    let server: TestServer;
    let organisationId: number;
    let admin: User;
    let operator: User;
    let adminToken: string;
    let operatorToken: string;

    before(async () => {
      server = await startTestServer({ store });
      organisationId = (await server.addOrganisation('Main')).id;
      admin = await server.addUser({ username: 'admin@example.com', organisationId });
      await server.addUser({ username: 'super@example.com', organisationId, role: 'SuperAdmin' });
      operator = await server.addUser({ username: 'operator@example.com', organisationId, role: 'User' });
      await addOperator(server.service, testActor, operator);
      adminToken = (await server.signIn('admin@example.com')).auth_token;
      operatorToken = (await server.signIn('operator@example.com')).auth_token;
    });
    after(() => server.close());

    const create = (bearer: string, body: object = {}) =>
      server.call('POST', '/api/v1/application_token', { bearer, body });
    const rotate = (bearer: string, id: number) =>
      server.call('POST', `/api/v1/application_token/${id}/rotate`, { bearer, body: {} });
    const exchange = async (application_token: string): Promise<string> => {
      const answer = await server.call('POST', '/api/v1/authenticate', { body: { application_token } });
      assert.equal(answer.status, 200, answer.text);
      return answer.json.auth_token;
    };

    for (const role of ['1', '3']) {
      test(`support access with role ${role} leaves no application token behind`, async () => {
        const path = `/api/v2/user/${admin.id}/support_token`;
        const { support_token } = (await server.call('POST', path, { bearer: operatorToken, body: { role } })).json;
        assert.equal((await create(support_token)).status, 403);
        const { id } = (await create(adminToken)).json;
        assert.equal((await rotate(support_token, id)).status, 403);
      });
    }

    test('an administrator rotates and changes no token that acts as more, and revokes it', async () => {
      const { auth_token } = await server.signIn('super@example.com');
      const { id } = (await create(auth_token)).json;
      assert.equal((await rotate(adminToken, id)).status, 403);
      const change = (body: object) =>
        server.call('PATCH', `/api/v1/application_token/${id}`, { bearer: adminToken, body });
      assert.equal((await change({ ip: null })).status, 403);
      assert.equal((await change({ status: { id: 1 } })).status, 204);
    });

    test('an application token takes neither its own network nor its own end away, nor those of a wider one', async () => {
      const limits = { roles: [{ id: 1 }], ip: '127.0.0.0/8', expiry_date: '2027-06-01' };
      const made = (await create(adminToken, limits)).json;
      const bearer = await exchange(made.application_token);
      for (const body of [{ ip: null }, { expiry_date: null }, { ip: '0.0.0.0/0' }]) {
        const path = `/api/v1/application_token/${made.id}`;
        assert.equal((await server.call('PATCH', path, { bearer, body })).status, 422, JSON.stringify(body));
      }
      const wider = (await create(adminToken, { roles: [{ id: 1 }] })).json;
      assert.equal((await rotate(bearer, wider.id)).status, 422);
      assert.equal((await rotate(bearer, made.id)).status, 200);
    });

    test('a token that is handed over has not named its roles itself', async () => {
      const leaver = await server.addUser({ username: 'leaver@example.com', organisationId });
      const { auth_token } = await server.signIn('leaver@example.com');
      const made = (await create(auth_token)).json;
      const path = `/api/v1/user/${leaver.id}?transfer_to=${admin.id}`;
      assert.equal((await server.call('DELETE', path, { bearer: adminToken })).status, 204);
      const bearer = await exchange(made.application_token);
      assert.equal((await create(bearer)).status, 403);
      assert.equal((await rotate(bearer, made.id)).status, 403);
    });

    test("a platform operator's account is no business of an administrator at home", async () => {
      const path = `/api/v1/user/${operator.id}`;
      for (const body of [{ username: 'evil@example.com' }, { status: { id: 2 } }]) {
        assert.equal((await server.call('PATCH', path, { bearer: adminToken, body })).status, 403);
      }
      assert.equal((await server.call('DELETE', path, { bearer: adminToken })).status, 403);
      assert.equal((await server.call('DELETE', `${path}/session`, { bearer: adminToken })).status, 403);
    });

    test('whoever is the only administrator elsewhere can be suspended at home all the same', async () => {
      const insider = await server.addUser({ username: 'insider@example.com', organisationId, role: 'User' });
      const elsewhere = await server.addOrganisation('Elsewhere');
      await server.service.database.upsertAssignment({
        userId: insider.id,
        organisationId: elsewhere.id,
        roles: 2,
        createdAt: 0,
      });
      const body = { status: { id: 2 } };
      const answer = await server.call('PATCH', `/api/v1/user/${insider.id}`, { bearer: adminToken, body });
      assert.equal(answer.status, 204, answer.text);
    });

    test('an operator who is suspended at the machine supports nobody any more', async () => {
      const path = `/api/v2/user/${admin.id}/support_token`;
      const { support_token } = (await server.call('POST', path, { bearer: operatorToken, body: {} })).json;
      await suspendUser(server.service, testActor, operator.id);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: support_token })).status, 401);
    });
  });
}
