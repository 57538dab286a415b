import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { activateUser, suspendUser } from '../../packages/server/src/domain/user-status.ts';
import {
  behindProxy,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';

const username = 'jane@example.com';
const base = '/api/v1/application_token';

for (const kind of storeKinds) {
  describe(`the exchange of application tokens on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    /** The status of an exchange, with the code of its refusal. */
    async function exchange(application_token: string, from?: string): Promise<(number | undefined)[]> {
      const { status, json } = await server.authenticate({ application_token }, { from });
      return status === 200 ? [200] : [status, json.error_code];
    }
    const now = () => Math.floor(server.clock.now() / 1000);
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

    test('a token expires at the second of its expiry_date, and no auth_token outlives it (security F 74)', async () => {
      const end = now() + 3600;
      for (const expiry_date of [iso(end), new Date(end * 1000 + 999).toISOString()]) {
        const { application_token } = await server.createToken(bearer, { expiry_date });
        const given = await server.authenticate({ application_token });
        assert.equal(claimsOf(given.json.auth_token)['exp'], end);
      }
      const { application_token } = await server.createToken(bearer, { expiry_date: iso(end) });
      server.clock.advance({ seconds: 3599, ms: 999 });
      const last = await server.authenticate({ application_token });
      assert.equal(claimsOf(last.json.auth_token)['exp'], end);
      server.clock.advance({ ms: 1 });
      assert.deepEqual(await exchange(application_token), [401, 1103]);
    });

    test('an expiry_date further off than 240 minutes does not lengthen an auth_token, nor does taking it back to life', async () => {
      const { application_token, id } = await server.createToken(bearer, { expiry_date: iso(now() + 3 * 86_400) });
      const { iat, exp } = claimsOf((await server.authenticate({ application_token })).json.auth_token);
      assert.equal(Number(exp) - Number(iat), 14_400);
      const change = { expiry_date: iso(now() + 60) };
      assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer, body: change })).status, 204);
      server.clock.advance({ seconds: 60 });
      assert.deepEqual(await exchange(application_token), [401, 1103]);
      const later = { expiry_date: iso(now() + 60) };
      assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer, body: later })).status, 204);
      assert.deepEqual(await exchange(application_token), [200]);
    });

    test('an address within ip exchanges, any other is 401, and IPv4 and IPv6 are never mixed (security F 75)', async () => {
      const cases = [
        ['10.0.0.0/8', ['10.0.0.1', '10.255.255.255', '::ffff:10.1.2.3'], ['11.0.0.0', '9.255.255.255', '::10.0.0.1']],
        ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207'], ['192.0.2.8', '2001:db8::c000:207']],
        ['2001:db8::/32', ['2001:db8::1', '2001:DB8:ffff::'], ['2001:db9::1', '10.0.0.1', '::ffff:10.0.0.1']],
        ['::/0', ['2001:db8::1', '::1'], ['10.0.0.1', '::ffff:10.0.0.1', '127.0.0.1']],
        ['0.0.0.0/0', ['10.0.0.1', '::ffff:10.0.0.1'], ['2001:db8::1', '::1']],
        ['::ffff:10.0.0.0/104', ['10.9.9.9', '::ffff:10.9.9.9'], ['11.0.0.1', '::10.9.9.9']],
        ['127.0.0.1', [undefined], ['127.0.0.2']],
      ] as const;
      for (const [ip, inside, outside] of cases) {
        const { application_token } = await server.createToken(bearer, { ip });
        for (const from of inside) assert.deepEqual(await exchange(application_token, from), [200], `${ip} ${from}`);
        for (const from of outside)
          assert.deepEqual(await exchange(application_token, from), [401, 1102], `${ip} ${from}`);
      }
    });

    test('behind a trusted proxy the rightmost address that is none of its own decides (security F 76)', async () => {
      const { application_token } = await server.createToken(bearer, { ip: '192.0.2.7' });
      const inside = ['203.0.113.1, 192.0.2.7', '192.0.2.7,127.0.0.1', 'nonsense, 192.0.2.7', ',192.0.2.7'];
      for (const from of inside) assert.deepEqual(await exchange(application_token, from), [200], from);
      const outside = ['192.0.2.7, 203.0.113.1', '192.0.2.7, nonsense', '192.0.2.7,', '"192.0.2.7"', '192.0.2.7;x'];
      for (const from of outside) assert.deepEqual(await exchange(application_token, from), [401, 1102], from);
    });

    test('last_used, its address and recent_exchanges are there once they are written', async () => {
      const { application_token, id } = await server.createToken(bearer, {});
      const read = async () => {
        const { json } = await server.call('GET', `${base}/${id}`, { bearer });
        return [json.last_used, json.last_used_ip, json.recent_exchanges];
      };
      assert.deepEqual(await read(), [null, null, 0]);
      for (const from of ['192.0.2.7', '2001:DB8:0::0:1'])
        assert.deepEqual(await exchange(application_token, from), [200]);
      assert.deepEqual(await exchange(`${application_token}x`), [401, 1102]);
      await server.flush();
      assert.deepEqual(await read(), [new Date(server.clock.now()).toISOString(), '2001:db8::1', 2]);
      server.clock.advance({ minutes: 2 });
      assert.deepEqual(await exchange(application_token), [200]);
      await server.flush();
      assert.deepEqual(await read(), [new Date(server.clock.now()).toISOString(), '127.0.0.1', 3]);
    });

    test('exchanges older than 250 minutes are no longer recent', async () => {
      const { application_token, id } = await server.createToken(bearer, {});
      assert.deepEqual(await exchange(application_token), [200]);
      await server.flush();
      server.clock.advance({ minutes: 250 });
      bearer = (await server.signIn(username)).auth_token;
      const { json } = await server.call('GET', `${base}/${id}`, { bearer });
      assert.equal(json.recent_exchanges, 0);
      assert.notEqual(json.last_used, null);
    });

    test("a suspended maker's tokens are refused at once, and work again once the maker is active", async () => {
      const { id } = await server.addUser({ username: 'maker@example.com', organisationId });
      const { auth_token } = await server.signIn('maker@example.com');
      const { application_token } = await server.createToken(auth_token);
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      const callWith = async (token: string) => (await server.call('GET', base, { bearer: token })).status;
      assert.equal(await callWith(exchanged), 200);
      await suspendUser(server.service, testActor, id);
      assert.deepEqual(await exchange(application_token), [401, 1102]);
      assert.deepEqual([await callWith(exchanged), await callWith(auth_token)], [401, 401]);
      await activateUser(server.service, testActor, id);
      assert.deepEqual(await exchange(application_token), [200]);
      assert.deepEqual([await callWith(exchanged), await callWith(auth_token)], [200, 401], 'the session has ended');
    });

    test("a token's rights are never more than its maker's are now", async () => {
      const { id } = await server.addUser({ username: 'demoted@example.com', organisationId });
      const { auth_token } = await server.signIn('demoted@example.com');
      const follows = await server.createToken(auth_token);
      const narrowed = await server.createToken(auth_token, { roles: [{ id: 1 }, { id: 2 }] });
      const rolesOf = async ({ application_token }: { application_token: string }) => {
        const { status, json } = await server.authenticate({ application_token });
        return status === 200 ? claimsOf(json.auth_token)['roles'] : status;
      };
      const setRoles = (roles: number) =>
        server.service.database.upsertAssignment({ userId: id, organisationId, roles, createdAt: 0 });
      assert.deepEqual(await rolesOf(follows), ['Administrator']);
      assert.deepEqual(await rolesOf(narrowed), ['Administrator', 'User']);
      const bearerOf = (await server.authenticate({ application_token: narrowed.application_token })).json.auth_token;

      await setRoles(roleSet('User'));
      assert.deepEqual([await rolesOf(follows), await rolesOf(narrowed)], [['User'], ['User']]);
      assert.equal((await server.call('GET', '/api/v1/event', { bearer: bearerOf })).status, 403, 'nor on a call');
      await setRoles(roleSet('Observer'));
      assert.deepEqual([await rolesOf(follows), await rolesOf(narrowed)], [['Observer'], 401]);
      assert.equal((await server.call('GET', base, { bearer: bearerOf })).status, 401);
      await setRoles(roleSet('SuperAdmin'));
      assert.deepEqual([await rolesOf(follows), await rolesOf(narrowed)], [['SuperAdmin'], ['Administrator', 'User']]);
    });

    test('a token acts in the organisation that it was made in', async () => {
      const { application_token } = await server.createToken(bearer);
      const token = (await server.authenticate({ application_token })).json.auth_token;
      assert.deepEqual(claimsOf(token)['org'], { id: organisationId, name: 'Acme' });
      const { json } = await server.call('GET', '/api/v1/organisation/my', { bearer: token });
      assert.equal(json.id, organisationId);
    });

    test('a secret that is cut, lengthened, or of another spelling is refused (CVE-2026-27840)', async () => {
      const { application_token } = await server.createToken(bearer);
      const last = application_token.slice(-1);
      const others = [
        application_token.slice(0, -1),
        application_token.slice(0, -6),
        application_token.slice(0, 12),
        application_token.slice(4),
        `${application_token}0`,
        ` ${application_token}`,
        `${application_token}\n`,
        application_token.toUpperCase(),
        application_token.slice(0, -1) + (last === '0' ? '1' : '0'),
      ];
      for (const other of others) assert.deepEqual(await exchange(other), [401, 1102], other);
      assert.deepEqual(await exchange(application_token), [200]);
    });
  });

  test(`without a trusted proxy on ${kind}, forwarding headers open no ip restriction (security F 76, CVE-2023-36456)`, async (t) => {
    const server = await startTestServer({ store: kind });
    t.after(() => server.close());
    const { id } = await server.addOrganisation('Acme');
    await server.addUser({ username, organisationId: id });
    const { auth_token } = await server.signIn(username);
    const { application_token } = await server.createToken(auth_token, { ip: '192.0.2.7' });
    const own = await server.createToken(auth_token, { ip: '127.0.0.1' });
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'true-client-ip', 'x-client-ip', 'client-ip']) {
      const headers = { [name]: name === 'forwarded' ? 'for=192.0.2.7' : '192.0.2.7' };
      assert.equal((await server.authenticate({ application_token }, { headers })).status, 401, name);
      assert.equal((await server.authenticate({ application_token: own.application_token }, { headers })).status, 200);
    }
  });
}

test('what one instance changes, the other refuses on the next exchange: revoked, rotated, restricted, suspended (security F 79)', async (t) => {
  const [one, other] = await startTwoServers(t);
  const { id: organisationId } = await one.addOrganisation('Acme');
  const jane = await one.addUser({ username, organisationId });
  const { auth_token: bearer } = await one.signIn(username);
  const exchangeOnOther = async (application_token: string) => (await other.authenticate({ application_token })).status;
  const changes = [
    (id: number) => one.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 1 } } }),
    (id: number) => one.call('PATCH', `${base}/${id}`, { bearer, body: { ip: '192.0.2.1' } }),
    (id: number) => one.call('POST', `${base}/${id}/rotate`, { bearer, body: {} }),
    () => suspendUser(one.service, testActor, jane.id),
  ];
  const tokens = await Promise.all(changes.map(() => one.createToken(bearer)));
  for (const [index, change] of changes.entries()) {
    const { application_token, id } = tokens[index]!;
    assert.equal(await exchangeOnOther(application_token), 200);
    await change(id);
    assert.equal(await exchangeOnOther(application_token), 401, `${index}`);
  }
});
