import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

const base = '/api/v1/user';

for (const kind of storeKinds) {
  describe(`operators who support a user, among people, on ${kind}`, () => {
    let server: TestServer;
    let acme: number;
    let supported: number;
    let admin: string;
    let platform: number;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      acme = (await server.addOrganisation('Acme')).id;
      platform = (await server.addOrganisation('Platform')).id;
      for (const name of ['admin', 'supported']) {
        const { id } = await server.addUser({ username: `${name}@example.com`, organisationId: acme });
        if (name === 'supported') supported = id;
      }
      admin = (await server.signIn('admin@example.com')).auth_token;
      await server.addUser({ username: 'boss@example.com', organisationId: platform });
    });
    after(() => server.close());

    async function support(role: '1' | '3') {
      const operator = await server.addUser({ username: `operator${++count}@example.com`, organisationId: platform });
      await addOperator(server.service, testActor, operator);
      const { auth_token } = await server.signIn(operator.username);
      const body = { role };
      const answer = await server.call('POST', `/api/v2/user/${supported}/support_token`, { bearer: auth_token, body });
      assert.equal(answer.status, 201, answer.text);
      const bearer: string = answer.json.support_token;
      const call = (method: string, path: string, sent?: object) =>
        server.call(method, path, { bearer, ...(sent === undefined ? {} : { body: sent }) });
      return { operator, call };
    }

    test('nobody but the user in person changes the own account, or leaves a workspace', async () => {
      const { call } = await support('1');
      for (const [method, path, body] of [
        ['PATCH', `${base}/my`, { name: 'x' }],
        ['PATCH', `${base}/${supported}`, { username: 'x@example.com' }],
        ['DELETE', `/api/v2/user/my/workspace/${acme}`, undefined],
        ['DELETE', `/api/v2/user/${supported}/workspace/${acme}`, undefined],
      ] as const) {
        assert.equal((await call(method, path, body)).status, 403, `${method} ${path}`);
      }
    });

    test('an operator who supports an administrator manages users as one, and the events name the operator', async () => {
      const { call, operator } = await support('1');
      const { id } = await server.addUser({ username: `u${++count}@example.com`, organisationId: acme, role: 'User' });
      assert.equal((await call('PATCH', `${base}/${id}`, { name: 'Helped' })).status, 204);
      const [event] = (await server.call('GET', '/api/v1/event?q=type:1060&sort=-id', { bearer: admin })).json;
      assert.ok(event.description.includes(`${operator.username} (support) as supported@example.com`));
      const observing = await support('3');
      assert.equal((await observing.call('PATCH', `${base}/${id}`, { name: 'x' })).status, 403);
    });

    test('of a user with few rights an operator observes as much as that user sees, and changes nothing', async () => {
      const user = await server.addUser({ username: `few${++count}@example.com`, organisationId: acme, role: 'User' });
      const { auth_token } = await server.signIn(user.username);
      const own = await server.createToken(auth_token);
      const { operator } = await support('3');
      const bearer = (await server.signIn(operator.username)).auth_token;
      const path = `/api/v2/user/${user.id}/support_token`;
      assert.equal((await server.call('POST', path, { bearer, body: { role: '1' } })).status, 422);
      const made = await server.call('POST', path, { bearer });
      assert.equal(made.status, 201, made.text);
      const { support_token } = made.json;
      assert.deepEqual(claimsOf(support_token)['roles'], ['Observer']);
      const call = (method: string, where: string, body?: object) =>
        server.call(method, where, { bearer: support_token, ...(body === undefined ? {} : { body }) });
      assert.equal((await call('GET', `${base}/my`)).json.username, user.username);
      assert.equal((await call('GET', `${base}/my/event`)).status, 200);
      assert.equal((await call('GET', '/api/v1/application_token')).status, 200);
      // Observers see those, and this user does not.
      for (const where of ['/api/v1/event', '/api/v1/event/export', `${base}/${supported}/event`]) {
        assert.equal((await call('GET', where)).status, 403, where);
      }
      const tokenPath = `/api/v1/application_token/${own.id}`;
      assert.equal((await call('PATCH', tokenPath, { status: { id: 1 } })).status, 403);
      assert.equal((await call('POST', '/api/v1/application_token', {})).status, 403);
    });

    test('support ends when the operator is suspended, which no administrator at home may do', async () => {
      const boss = (await server.signIn('boss@example.com')).auth_token;
      const { call, operator } = await support('3');
      assert.equal((await call('GET', `${base}/my`)).status, 200);
      const path = `${base}/${operator.id}`;
      assert.equal((await server.call('PATCH', path, { bearer: boss, body: { status: { id: 2 } } })).status, 403);
      assert.equal((await server.call('DELETE', path, { bearer: boss })).status, 403);
      await suspendUser(server.service, testActor, operator.id);
      assert.equal((await call('GET', `${base}/my`)).status, 401);
    });
  });
}
