import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { behindProxy, claimsOf, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const username = 'jane@example.com';
const base = '/api/v1/application_token';

for (const kind of storeKinds) {
  describe(`an application token that calls the API itself, on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let userId: number;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
      userId = (await server.addUser({ username, organisationId })).id;
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    /** A new application token, and the auth token that it is exchanged for. */
    async function tokenWith(body: object): Promise<{ id: number; token: string; application_token: string }> {
      const { id, application_token } = await server.createToken(bearer, body);
      const from = '192.0.2.7';
      return {
        id,
        application_token,
        token: (await server.authenticate({ application_token }, { from })).json.auth_token,
      };
    }
    const get = async (path: string, token: string) => (await server.call('GET', path, { bearer: token })).status;
    const create = (token: string, body: object = {}) => server.call('POST', base, { bearer: token, body });
    const read = async (id: number) => (await server.call('GET', `${base}/${id}`, { bearer })).json;

    test("it reads what its maker's roles permit, and `my` is its maker", async () => {
      const { token } = await tokenWith({});
      for (const path of [base, '/api/v1/event', '/api/v1/organisation/my']) assert.equal(await get(path, token), 200);
      const { json } = await server.call('GET', '/api/v1/user/my', { bearer: token });
      assert.deepEqual([json.id, json.username], [userId, username]);
    });

    test('its own roles narrow what it may do', async () => {
      const user = (await tokenWith({ roles: [{ id: 2 }] })).token;
      const observer = (await tokenWith({ roles: [{ id: 3 }] })).token;
      assert.deepEqual([await get('/api/v1/event', user), await get('/api/v1/event', observer)], [403, 200]);
      const { id } = await tokenWith({});
      for (const token of [user, observer]) {
        const body = { status: { id: 1 } };
        const expected = token === user ? 204 : 403;
        assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer: token, body })).status, expected);
      }
    });

    test('it makes, rotates, renames and widens tokens only where its own roles name Administrator (security F 77)', async () => {
      const { id } = await tokenWith({});
      const attempts = (token: string) => [
        () => create(token),
        () => server.call('POST', `${base}/${id}/rotate`, { bearer: token, body: {} }),
        () => server.call('PATCH', `${base}/${id}`, { bearer: token, body: { description: 'renamed' } }),
        () => server.call('PATCH', `${base}/${id}`, { bearer: token, body: { expiry_date: '2030-01-01' } }),
        () => server.call('PATCH', `${base}/${id}`, { bearer: token, body: { ip: null } }),
      ];
      for (const body of [{}, { roles: null }, { roles: [{ id: 2 }, { id: 3 }] }]) {
        const { token } = await tokenWith(body);
        for (const attempt of attempts(token)) assert.equal((await attempt()).status, 403, JSON.stringify(body));
      }
      const { token } = await tokenWith({ roles: [{ id: 1 }] });
      for (const attempt of attempts(token)) assert.ok([200, 204].includes((await attempt()).status));
    });

    test('it cannot widen or renew itself without naming Administrator, but may revoke as its roles permit', async () => {
      const { id, token } = await tokenWith({ ip: '192.0.2.7' });
      for (const body of [{ ip: null }, { expiry_date: null }, { description: 'x', status: { id: 1 } }]) {
        assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer: token, body })).status, 403);
      }
      assert.equal((await read(id)).status.id, 0);
      assert.equal(
        (await server.call('PATCH', `${base}/${id}`, { bearer: token, body: { status: { id: 1 } } })).status,
        204,
      );
    });

    test('what it makes has its own roles at most, lies within its network and ends no later', async () => {
      const body = { roles: [{ id: 1 }], ip: '192.0.2.0/24', expiry_date: '2027-06-01' };
      const { token } = await tokenWith(body);
      const plain = await create(token);
      const made = await read(plain.json.id);
      assert.deepEqual([made.ip, made.expiry_date], ['192.0.2.0/24', '2027-06-01T00:00:00.000Z']);
      assert.deepEqual(made.roles, [{ id: 1, name: 'Administrator' }]);
      assert.equal(made.creator.id, userId);

      const narrower = { roles: [{ id: 3 }], ip: '192.0.2.128/25', expiry_date: '2027-05-01' };
      const answer = await create(token, narrower);
      assert.deepEqual((await read(answer.json.id)).ip, '192.0.2.128/25');
      const wider = [{ ip: '192.0.0.0/16' }, { ip: '198.51.100.1' }, { ip: '::/0' }, { expiry_date: '2027-06-02' }];
      for (const asked of [...wider, { roles: [{ id: 4 }] }]) {
        assert.equal((await create(token, asked)).status, 422, JSON.stringify(asked));
      }
    });

    test('what it changes stays within its own network and time as well', async () => {
      const { token } = await tokenWith({ roles: [{ id: 1 }], ip: '192.0.2.0/24', expiry_date: '2027-06-01' });
      const { id } = (await create(token)).json;
      for (const body of [{ ip: '0.0.0.0/0' }, { expiry_date: '2028-01-01' }]) {
        assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer: token, body })).status, 422);
      }
      assert.equal(
        (await server.call('PATCH', `${base}/${id}`, { bearer: token, body: { ip: '192.0.2.9' } })).status,
        204,
      );
    });

    test('it makes no tokens once its maker is no Administrator any more, though its roles name it (security F 77)', async () => {
      const { id } = await server.addUser({ username: 'was@example.com', organisationId });
      const { auth_token } = await server.signIn('was@example.com');
      const { application_token } = await server.createToken(auth_token, { roles: [{ id: 1 }, { id: 2 }] });
      const { json } = await server.authenticate({ application_token });
      assert.equal((await create(json.auth_token)).status, 200);
      const demoted = { userId: id, organisationId, roles: roleSet('User'), createdAt: 0 };
      await server.service.database.upsertAssignment(demoted);
      assert.equal((await create(json.auth_token)).status, 403);
    });

    test('once it has ended, an auth token that it gave reads on, and makes, rotates and changes no token', async () => {
      const { id: other } = await tokenWith({});
      const ends: Record<string, (id: number) => Promise<{ status: number }>> = {
        revoked: (id) => server.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 1 } } }),
        'rotated away': (id) => server.call('POST', `${base}/${id}/rotate`, { bearer, body: {} }),
        narrowed: (id) => server.call('PATCH', `${base}/${id}`, { bearer, body: { ip: '198.51.100.1' } }),
      };
      for (const [what, end] of Object.entries(ends)) {
        const { id, token } = await tokenWith({ roles: [{ id: 1 }] });
        const attempts = [
          () => create(token, { roles: [{ id: 1 }], ip: '198.51.100.1' }),
          () => server.call('POST', `${base}/${other}/rotate`, { bearer: token, body: {} }),
          () => server.call('PATCH', `${base}/${other}`, { bearer: token, body: { description: what } }),
        ];
        assert.equal((await create(token)).status, 200);
        assert.ok([200, 204].includes((await end(id)).status), what);
        assert.equal(await get(base, token), 200, 'it lives out its time');
        for (const attempt of attempts) assert.equal((await attempt()).status, 403, what);
      }
    });

    test('while the overlap of a rotation lasts, the secret before makes tokens, and then no more', async () => {
      const { id, token } = await tokenWith({ roles: [{ id: 1 }] });
      const body = { overlap_seconds: 60 };
      const rotated = await server.call('POST', `${base}/${id}/rotate`, { bearer, body });
      assert.equal((await create(token)).status, 200);
      server.clock.advance({ seconds: 60 });
      assert.equal((await create(token)).status, 403);
      const { json } = await server.authenticate({ application_token: rotated.json.application_token });
      assert.equal((await create(json.auth_token)).status, 200);
    });

    test('its address is checked at the exchange, and stands in the token for resource servers', async () => {
      const { token, application_token } = await tokenWith({ ip: '192.0.2.0/24' });
      assert.deepEqual(claimsOf(token)['ip'], ['192.0.2.0/24']);
      assert.equal((await server.authenticate({ application_token }, { from: '198.51.100.1' })).status, 401);
    });

    test('no call without a bearer makes a token for anybody, whatever the body names (CVE-2025-61928)', async () => {
      const names = [
        { user_id: userId },
        { userId },
        { user: { id: userId } },
        { creator: { id: userId } },
        { sub: `user:${userId}` },
      ];
      for (const body of [...names, { username }, { organisation: { id: organisationId } }]) {
        const answer = await server.call('POST', base, { body });
        assert.deepEqual([answer.status, answer.json.error_code], [401, 1102], JSON.stringify(body));
      }
      const { json } = await server.call('GET', `${base}?q=description:*`, { bearer });
      assert.equal(json.length > 0, true);
    });
  });
}
