import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { followFeed, isRefusedBy } from '../support/followed-feed.ts';
import { startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`the role Service, on ${store}`, () => {
    let server: TestServer;
    let operator: string;
    let administrator: string;
    let customer: string;

    before(async () => {
      server = await startTestServer({ store });
      const platform = await server.addOrganisation('Platform');
      const { id: organisationId } = await server.addOrganisation('Customer');
      const user = await server.addUser({ username: 'operator@example.com', organisationId: platform.id });
      await addOperator(server.service, testActor, user);
      await server.addUser({ username: 'admin@example.com', organisationId: platform.id });
      await server.addUser({ username: 'customer@example.com', organisationId });
      const signIn = async (name: string) => (await server.signIn(`${name}@example.com`)).auth_token;
      [operator, administrator, customer] = [await signIn('operator'), await signIn('admin'), await signIn('customer')];
    });
    after(() => server.close());

    const create = (bearer: string, ...roles: number[]) =>
      server.call('POST', '/api/v1/application_token', { bearer, body: { roles: roles.map((id) => ({ id })) } });
    const exchange = async (application_token: string): Promise<string> =>
      (await server.authenticate({ application_token })).json.auth_token;

    test('a platform operator gives it to an application token, which follows the revocations of all organisations', async () => {
      const made = await create(operator, 5);
      assert.equal(made.status, 200, made.text);
      const bearer = await exchange(made.json.application_token);
      const feed = await followFeed(server.url, bearer);
      await feed.untilCurrent();
      const { auth_token, refresh_token: _ } = await server.signIn('customer@example.com');
      const { id, application_token } = await server.createToken(customer);
      const program = await exchange(application_token);
      await server.call('DELETE', '/api/v1/user/my/session', { bearer: auth_token });
      customer = (await server.signIn('customer@example.com')).auth_token;
      const body = { status: { id: 1 } };
      await server.call('PATCH', `/api/v1/application_token/${id}`, { bearer: customer, body });
      server.clock.advance({ seconds: 2 });
      await server.service.revocations.check();
      const entries = await feed.untilCurrent();
      assert.ok(isRefusedBy(entries, auth_token) && isRefusedBy(entries, program));
      await feed.close();
      assert.equal((await server.call('GET', '/api/v1/user', { bearer })).status, 403);
      assert.equal((await create(bearer)).status, 403);
    });

    test('nobody else gives it, and no application token does, whoever made it', async () => {
      assert.equal((await create(administrator, 5)).status, 422);
      const program = await exchange((await create(operator, 1)).json.application_token);
      assert.equal((await create(program, 5)).status, 422);
    });

    test('only an operator changes and rotates such a token; an administrator revokes it', async () => {
      const { id } = (await create(operator, 5)).json;
      const path = `/api/v1/application_token/${id}`;
      const change = (bearer: string, body: object) => server.call('PATCH', path, { bearer, body });
      const rotate = (bearer: string) => server.call('POST', `${path}/rotate`, { bearer, body: {} });
      assert.deepEqual(
        [(await change(administrator, { description: 'Mine' })).status, (await rotate(administrator)).status],
        [403, 403],
      );
      assert.deepEqual(
        [(await change(operator, { ip: '127.0.0.1' })).status, (await rotate(operator)).status],
        [204, 200],
      );
      assert.equal((await change(administrator, { status: { id: 1 } })).status, 204);
    });
  });
}
