import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { queryStore } from '../support/store-rows.ts';
import { startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const base = '/api/v1/application_token';

for (const kind of storeKinds) {
  describe(`rotating an application token on ${kind}`, () => {
    let server: TestServer;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id } = await server.addOrganisation('Acme');
      await server.addUser({ username: 'jane@example.com', organisationId: id });
      await signIn();
    });
    after(() => server.close());

    async function signIn(): Promise<void> {
      bearer = (await server.signIn('jane@example.com')).auth_token;
    }
    const rotate = (id: number, body?: unknown) => server.call('POST', `${base}/${id}/rotate`, { bearer, body });
    const exchange = async (application_token: string) => (await server.authenticate({ application_token })).status;
    const statuses = (secrets: readonly string[]) => Promise.all(secrets.map(exchange));

    /** Makes a token and rotates it once for each overlap; answers its id and all of its secrets, the first one first. */
    async function rotated(...overlaps: number[]): Promise<{ id: number; secrets: string[] }> {
      const { application_token, id } = await server.createToken(bearer);
      const secrets = [application_token];
      for (const overlap_seconds of overlaps) {
        const { status, json } = await rotate(id, { overlap_seconds });
        assert.deepEqual([status, json.id, Object.keys(json).length], [200, id, 2]);
        secrets.push(json.application_token);
      }
      return { id, secrets };
    }

    test('the new secret works, and the one before stops at once where no overlap is asked for', async () => {
      for (const body of [undefined, {}, { overlap_seconds: 0 }]) {
        const { application_token, id } = await server.createToken(bearer);
        const answer = await rotate(id, body);
        assert.equal(answer.status, 200);
        assert.match(answer.json.application_token, /^kwt_[0-9A-Za-z]{49}$/);
        assert.deepEqual(await statuses([application_token, answer.json.application_token]), [401, 200]);
        const { prefix } = (await server.call('GET', `${base}/${id}`, { bearer })).json;
        assert.equal(prefix, answer.json.application_token.slice(0, 12));
      }
    });

    test('the one before works on until the overlap ends, to the millisecond', async () => {
      const { secrets } = await rotated(3600);
      assert.deepEqual(await statuses(secrets), [200, 200]);
      server.clock.advance({ seconds: 3600, ms: -1 });
      assert.deepEqual(await statuses(secrets), [200, 200]);
      server.clock.advance({ ms: 1 });
      assert.deepEqual(await statuses(secrets), [401, 200]);
    });

    test('any older one stops at once, whatever its own overlap was', async () => {
      const { secrets } = await rotated(600_000, 3600);
      assert.deepEqual(await statuses(secrets), [401, 200, 200]);
      const { secrets: more } = await rotated(3600, 0);
      assert.deepEqual(await statuses(more), [401, 401, 200]);
    });

    test('revoking stops every secret of the token', async () => {
      const { id, secrets } = await rotated(3600);
      assert.equal((await server.call('PATCH', `${base}/${id}`, { bearer, body: { status: { id: 1 } } })).status, 204);
      assert.deepEqual(await statuses(secrets), [401, 401]);
    });

    test('an overlap out of range or of another type is 422, and rotates nothing', async () => {
      const { application_token, id } = await server.createToken(bearer);
      for (const overlap_seconds of [-1, 604_801, 1.5, '60', null]) {
        const answer = await rotate(id, { overlap_seconds });
        assert.deepEqual([answer.status, answer.json.errors?.[0].error_code], [422, 1403], `${overlap_seconds}`);
      }
      assert.equal((await rotate(id, '[]')).status, 400);
      assert.equal(await exchange(application_token), 200);
      assert.equal((await rotate(id, { overlap_seconds: 604_800 })).status, 200);
      assert.equal(await exchange(application_token), 200);
    });

    test('ten rotations at once leave one present secret', async () => {
      const { application_token, id } = await server.createToken(bearer);
      const answers = await Promise.all(Array.from({ length: 10 }, () => rotate(id, { overlap_seconds: 0 })));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const secrets = answers.map(({ json }) => json.application_token as string);
      const working = (await statuses([application_token, ...secrets])).filter((status) => status === 200);
      assert.equal(working.length, 1);
      const rows = await queryStore(
        server.store,
        `SELECT valid_until FROM application_token_secret WHERE application_token_id = ${id} AND valid_until IS NULL`,
      );
      assert.equal(rows.length, 1);
    });

    test('what the token is restricted to stays, and its use counts on', async () => {
      const { id, application_token } = await server.createToken(bearer, { ip: '127.0.0.0/8', roles: [{ id: 3 }] });
      assert.equal(await exchange(application_token), 200);
      const { json } = await rotate(id, { overlap_seconds: 60 });
      assert.deepEqual(await statuses([application_token, json.application_token]), [200, 200]);
      await server.flush();
      const after = (await server.call('GET', `${base}/${id}`, { bearer })).json;
      assert.deepEqual(
        [after.ip, after.roles, after.recent_exchanges],
        ['127.0.0.0/8', [{ id: 3, name: 'Observer' }], 3],
      );
    });
  });
}
