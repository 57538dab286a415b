import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const base = '/api/v1/application_token';

for (const kind of storeKinds) {
  describe(`organisations and their children on ${kind}`, () => {
    let server: TestServer;
    const bearers: Record<string, string> = {};
    const ids: Record<string, number> = {};
    const tokens: Record<string, { id: number; application_token: string }> = {};

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const parents = { parent: undefined, child: 'parent', grandchild: 'child', stranger: undefined } as const;
      for (const [name, parent] of Object.entries(parents)) {
        ids[name] = (await server.addOrganisation(name, parent === undefined ? undefined : ids[parent])).id;
        await server.addUser({ username: `${name}@example.com`, organisationId: ids[name] ?? 0 });
        bearers[name] = (await server.signIn(`${name}@example.com`)).auth_token;
        tokens[name] = await server.createToken(bearers[name] ?? '', { description: name });
      }
    });
    after(() => server.close());

    const as = (who: string, method: string, path: string, body?: object) =>
      server.call(method, path, { bearer: bearers[who], ...(body === undefined ? {} : { body }) });

    const visible = {
      parent: ['parent', 'child'],
      child: ['child', 'grandchild'],
      grandchild: ['grandchild'],
      stranger: ['stranger'],
    };

    test('a list holds the tokens of the own organisation and its direct children, no others', async () => {
      for (const [who, expected] of Object.entries(visible)) {
        const { json, headers } = await as(who, 'GET', base);
        assert.deepEqual(
          json.map((token: { description: string }) => token.description),
          expected,
          who,
        );
        assert.equal(headers.get('x-total-count'), `${expected.length}`);
      }
    });

    test("a child's tokens stand there with their organisation, which can be filtered and sorted on", async () => {
      const filtered = await as('parent', 'GET', `${base}?q=organisation:${ids['child']}`);
      assert.deepEqual(
        filtered.json.map((token: { organisation: object }) => token.organisation),
        [{ id: ids['child'], name: 'child' }],
      );
      const foreign = await as('parent', 'GET', `${base}?q=organisation:${ids['stranger']}`);
      assert.deepEqual([foreign.json, foreign.headers.get('x-total-count')], [[], '0']);
      const down = await as('parent', 'GET', `${base}?sort=-organisation`);
      assert.deepEqual(
        down.json.map((token: { description: string }) => token.description),
        ['child', 'parent'],
      );
    });

    test('what belongs to no organisation that a caller sees does not exist: 404 for each call (security F 78)', async () => {
      for (const [who, seen] of Object.entries(visible)) {
        for (const target of Object.keys(visible).filter((name) => !seen.includes(name))) {
          const path = `${base}/${tokens[target]?.id}`;
          for (const [method, where, body] of [
            ['GET', path, undefined],
            ['PATCH', path, { description: 'taken' }],
            ['PATCH', path, { status: { id: 1 } }],
            ['PATCH', path, { ip: 7 }],
            ['POST', `${path}/rotate`, {}],
          ] as const) {
            const answer = await as(who, method, where, body);
            assert.deepEqual([answer.status, answer.json.error_code], [404, 1201], `${who} ${method} ${target}`);
            const unknown = where.replace(`${base}/${tokens[target]?.id}`, `${base}/999999`);
            const none = await as(who, method, unknown, body);
            assert.equal(none.status, 404, 'as one that was never there');
            assert.equal(none.json.message, answer.json.message.replace(`${tokens[target]?.id}`, '999999'));
          }
          const { application_token } = tokens[target] ?? {};
          assert.equal((await server.authenticate({ application_token })).status, 200, 'and it works on');
        }
      }
    });

    test("a parent's administrator reads, changes, rotates and revokes a child's token", async () => {
      const { id, application_token } = await server.createToken(bearers['child'] ?? '', { description: 'lent' });
      const path = `${base}/${id}`;
      assert.equal((await as('parent', 'GET', path)).json.description, 'lent');
      assert.equal((await as('parent', 'PATCH', path, { description: 'changed' })).status, 204);
      assert.equal((await as('child', 'GET', path)).json.description, 'changed');
      const rotated = await as('parent', 'POST', `${path}/rotate`, {});
      assert.equal(rotated.status, 200);
      assert.equal((await server.authenticate({ application_token })).status, 401);
      assert.equal((await as('parent', 'PATCH', path, { status: { id: 1 } })).status, 204);
      assert.equal((await server.authenticate({ application_token: rotated.json.application_token })).status, 401);
    });

    test('a new token always belongs to the organisation that its maker works in', async () => {
      const { json } = await as('parent', 'POST', base, { organisation: { id: ids['child'] } });
      assert.equal((await as('parent', 'GET', `${base}/${json.id}`)).json.organisation.id, ids['parent']);
    });

    test("events follow the same rule: a parent sees its child's, nobody a stranger's", async () => {
      for (const [who, seen] of Object.entries(visible)) {
        const { json } = await as(who, 'GET', '/api/v1/event?per_page=1000');
        const names = new Set(json.map((event: { organisation: { name: string } }) => event.organisation.name));
        assert.deepEqual([...names].sort(), [...seen].sort(), who);
      }
    });

    test('`my` and the own id name the own organisation; any other id is 404', async () => {
      for (const who of Object.keys(visible)) {
        for (const id of ['my', ids[who]]) {
          const { status, json } = await as(who, 'GET', `/api/v1/organisation/${id}`);
          assert.deepEqual([status, json.id, json.name], [200, ids[who], who]);
        }
      }
      const child = (await as('child', 'GET', '/api/v1/organisation/my')).json;
      assert.deepEqual(child.parent, { id: ids['parent'], name: 'parent' });
      for (const id of [ids['stranger'], ids['grandchild'], 0, 'x', '%2e%2e', '1.0']) {
        assert.equal((await as('parent', 'GET', `/api/v1/organisation/${id}`)).status, 404, String(id));
      }
    });

    test('`my`, the own id and the own username name the calling user; anybody else there is none', async () => {
      const { id } = (await as('child', 'GET', '/api/v1/user/my')).json;
      for (const name of [
        'my',
        id,
        'child@example.com',
        'CHILD@Example.com',
        encodeURIComponent('child@example.com'),
      ]) {
        for (const version of ['v1', 'v2']) {
          assert.equal((await as('child', 'GET', `/api/${version}/user/${name}`)).json.id, id);
        }
      }
      for (const name of ['stranger@example.com', 999_999, 'parent@example.com', 'x', "'--"]) {
        const answer = await as('child', 'GET', `/api/v1/user/${name}`);
        assert.deepEqual([answer.status, answer.json.error_code], [404, 1201], String(name));
      }
    });
  });
}
