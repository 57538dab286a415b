import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, behindProxy, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const base = '/api/v1/application_token';
const username = 'jane@example.com';

for (const store of storeKinds) {
  describe(`application tokens that somebody should look at, on ${store}`, () => {
    let server: TestServer;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      const organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
      await signIn();
    });
    after(() => server.close());

    async function signIn(): Promise<void> {
      bearer = (await server.signIn(username)).auth_token;
    }
    const inDays = (days: number): string => new Date(server.clock.now() + days * 24 * 60 * 60 * 1000).toISOString();
    const create = (body: object): Promise<{ id: number; application_token: string }> =>
      server.createToken(bearer, body);
    const read = async (id: number): Promise<Answer['json']> =>
      (await server.call('GET', `${base}/${id}`, { bearer })).json;
    /** The ids of the reasons to look at a token; the list has to find it by these and no others. */
    async function reasons(id: number): Promise<number[]> {
      const found: number[] = (await read(id)).attention.map((reason: { id: number }) => reason.id);
      for (const reason of [1, 2, 3, 4, 5]) {
        const { json } = await server.call('GET', `${base}?q=id:${id},attention:${reason}`, { bearer });
        assert.deepEqual(
          json.map((token: { id: number }) => token.id),
          found.includes(reason) ? [id] : [],
          `attention:${reason}`,
        );
      }
      return found;
    }
    async function exchange(application_token: string, from = '203.0.113.7', times = 1): Promise<void> {
      for (let time = 0; time < times; time++) {
        assert.equal((await server.authenticate({ application_token }, { from })).status, 200);
      }
      await server.flush();
    }

    test('one that is restricted, ends in good time and is used now and then is none of them', async () => {
      const { id, application_token } = await create({ expiry_date: inDays(30), ip: '203.0.113.0/24' });
      assert.deepEqual(await reasons(id), []);
      await exchange(application_token);
      assert.deepEqual(await reasons(id), []);
    });

    test('one that expires within 14 days is, until it has expired', async () => {
      const { id } = await create({ expiry_date: inDays(14) });
      assert.deepEqual(await reasons(id), []);
      server.clock.advance({ ms: 1 });
      assert.deepEqual(await reasons(id), [1]);
      server.clock.advance({ days: 14 });
      await signIn();
      assert.deepEqual(await reasons(id), []);
    });

    test('one that was not used for 60 days is, counted from its last use or from when it was made', async () => {
      const unused = await create({ expiry_date: inDays(365) });
      const used = await create({ expiry_date: inDays(365), ip: '203.0.113.7' });
      server.clock.advance({ days: 1 });
      await exchange(used.application_token);
      server.clock.advance({ days: 59, ms: 1 });
      await signIn();
      assert.deepEqual([await reasons(unused.id), await reasons(used.id)], [[2], []]);
      server.clock.advance({ days: 1 });
      await signIn();
      assert.deepEqual(await reasons(used.id), [2]);
      await exchange(used.application_token);
      assert.deepEqual(await reasons(used.id), []);
    });

    test('one that never expires is, unless it is revoked', async () => {
      const { id } = await create({});
      assert.deepEqual((await read(id)).attention, [{ id: 3, description: 'Never expires' }]);
      assert.deepEqual(await reasons(id), [3]);
      await server.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 1 } } });
      assert.deepEqual(await reasons(id), []);
    });

    test('one that is used from one network alone and not restricted is, and says which network that is', async () => {
      const { id, application_token } = await create({ expiry_date: inDays(365) });
      assert.equal((await read(id)).network, null);
      await exchange(application_token, '203.0.113.7');
      assert.deepEqual([(await read(id)).network, await reasons(id)], ['203.0.113.0/24', [4]]);
      server.clock.advance({ minutes: 2 });
      await exchange(application_token, '203.0.113.250');
      assert.deepEqual(await reasons(id), [4]);
      const ip = (await read(id)).network;
      assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer, body: { ip } })).status, 204);
      assert.deepEqual(await reasons(id), [], 'the network is what mends it');
    });

    test('a second network counts for 60 days, within one minute too', async () => {
      for (const isApart of [true, false]) {
        const { id, application_token } = await create({ expiry_date: inDays(365) });
        await exchange(application_token, '2001:db8:0:1::1');
        server.clock.advance({ minutes: 2 });
        assert.equal((await server.authenticate({ application_token }, { from: '203.0.113.7' })).status, 200);
        if (isApart) {
          server.clock.advance({ minutes: 2 });
          await server.flush();
        }
        await exchange(application_token, '2001:db8:0:1::2');
        server.clock.advance({ minutes: 2 });
        await server.flush();
        assert.deepEqual([(await read(id)).network, await reasons(id)], [null, []]);
        server.clock.advance({ days: 61 });
        await signIn();
        await exchange(application_token, '2001:db8:0:1::3');
        assert.deepEqual([(await read(id)).network, await reasons(id)], ['2001:db8:0:1::/64', [4]]);
      }
    });

    test('one that is exchanged more than 20 times in the life of one auth token is', async () => {
      const restricted = { expiry_date: inDays(365), ip: '203.0.113.7' };
      const { id, application_token } = await create(restricted);
      await exchange(application_token, '203.0.113.7', 20);
      server.clock.advance({ minutes: 2 });
      assert.deepEqual([(await read(id)).recent_exchanges, await reasons(id)], [20, []]);
      await exchange(application_token);
      assert.deepEqual([(await read(id)).recent_exchanges, await reasons(id)], [21, [5]]);
      server.clock.advance({ minutes: 250 });
      await signIn();
      assert.deepEqual(await reasons(id), []);
    });

    test('one whose auth tokens live shorter may be exchanged as much more often', async () => {
      const restricted = { expiry_date: inDays(365), ip: '203.0.113.7', auth_token_minutes: 120 };
      const { id, application_token } = await create(restricted);
      await exchange(application_token, '203.0.113.7', 40);
      server.clock.advance({ minutes: 2 });
      await server.flush();
      assert.deepEqual(await reasons(id), []);
      await exchange(application_token);
      assert.deepEqual(await reasons(id), [5]);
    });

    test('the reasons are there as a lookup, and filtering on one that there is not finds nothing', async () => {
      const { json } = await server.call('GET', `${base}/attention`, { bearer });
      assert.deepEqual(
        json.map(({ id }: { id: number }) => id),
        [1, 2, 3, 4, 5],
      );
      for (const reason of [0, 6, 32, 33, -1, 9_007_199_254_740_991]) {
        const answer = await server.call('GET', `${base}?q=attention:${reason}`, { bearer });
        assert.deepEqual([answer.status, answer.json], [200, []], String(reason));
      }
      assert.equal((await server.call('GET', `${base}?q=attention:x`, { bearer })).status, 422);
      assert.equal((await server.call('GET', `${base}?sort=attention`, { bearer })).status, 422);
    });
  });

  describe(`an application token with two secrets, on ${store}`, () => {
    let server: TestServer;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store, env: behindProxy });
      const organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    test('says whether the one before is still used, from where and when last, until the overlap ends', async () => {
      const { id, application_token: former } = await server.createToken(bearer);
      const rotation = async () => (await server.call('GET', `${base}/${id}`, { bearer })).json.rotation;
      const use = async (application_token: string, from: string): Promise<string> => {
        server.clock.advance({ minutes: 2 });
        assert.equal((await server.authenticate({ application_token }, { from })).status, 200);
        await server.flush();
        return new Date(server.clock.now()).toISOString();
      };
      assert.equal(await rotation(), null);
      const usedBefore = await use(former, '203.0.113.7');
      server.clock.advance({ seconds: 1 });
      const rotated = new Date(server.clock.now()).toISOString();
      const { json } = await server.call('POST', `${base}/${id}/rotate`, { bearer, body: { overlap_seconds: 3600 } });
      const overlap_until = new Date(server.clock.now() + 3_600_000).toISOString();
      const common = { rotated, overlap_until };
      assert.deepEqual(await rotation(), {
        ...common,
        last_used: usedBefore,
        last_used_ip: '203.0.113.7',
        still_used: false,
      });
      await use(json.application_token, '203.0.113.8');
      assert.equal((await rotation()).still_used, false, 'the new one is used');
      const usedAfter = await use(former, '203.0.113.9');
      const expected = { ...common, last_used: usedAfter, last_used_ip: '203.0.113.9', still_used: true };
      assert.deepEqual(await rotation(), expected);
      const [listed] = (await server.call('GET', base, { bearer })).json;
      assert.deepEqual(listed.rotation, expected);
      server.clock.advance({ minutes: 60 });
      assert.equal(await rotation(), null);
    });
  });
}
