import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { issueSetupKey } from '../../packages/server/src/domain/setup.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import { startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const firstAdministrator = {
  username: 'jane@example.com',
  password: 'quaint otters juggle lemons',
  name: 'Jane Doe',
  organisation: 'Acme',
};

/** What other products come with, and what people try first. */
const commonDefaults = [
  ['admin', 'admin'],
  ['admin@example.com', 'admin'],
  ['admin@keywright.local', 'keywright'],
  ['root', ''],
  ['root@localhost', 'root'],
  ['user@domain.com', 'my_password'],
  ['user@domain.com', '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'],
] as const;

for (const kind of storeKinds) {
  describe(`the first start on ${kind}`, () => {
    let server: TestServer;

    before(async () => {
      server = await startTestServer({ store: kind });
    });
    after(() => server.close());

    const setUp = (body: object) => server.call('POST', '/api/v1/setup', { body });

    async function issueKey(): Promise<string> {
      const key = await issueSetupKey(server.service);
      assert.ok(key);
      return key;
    }

    // In order: what comes first needs a store without a user.
    test('there is no user, and no default account signs in (security A 12)', async () => {
      assert.deepEqual(await queryStore(server.store, 'SELECT id FROM user_account'), []);
      for (const [username, password] of commonDefaults) {
        const answer = await server.authenticate({ username, password });
        assert.ok([401, 422, 429].includes(answer.status), `${username} ${answer.status}`);
      }
      assert.equal((await server.call('GET', '/api/v1/application_token')).status, 401);
    });

    test('only the hash of the set-up key is kept, and no guess replaces it', async () => {
      const key = await issueKey();
      assert.ok(Buffer.from(key, 'base64url').length >= 16);
      assert.equal((await dumpStore(server.store)).includes(key), false);
      for (const setup_key of ['x', key.slice(0, -1), `${key}x`, key.toUpperCase(), '%']) {
        assert.equal((await setUp({ ...firstAdministrator, setup_key })).status, 401, setup_key);
      }
      assert.equal((await setUp(firstAdministrator)).status, 422, 'a set-up key is required');
    });

    test('a refused set-up does not use the key up, and lists every problem', async () => {
      const setup_key = await issueKey();
      const answer = await setUp({ setup_key, username: 'jane@example.com', password: 7, name: 'Jane' });
      assert.equal(answer.status, 422);
      const problems = answer.json.errors.map((error: { message: string }) => error.message.split(' ')[2]);
      assert.deepEqual(problems.sort(), ['organisation', 'password']);
      const mistakes = { organisation: ' ', username: 'no address', password: 'seven 7', name: '\u0000' };
      const meant = await setUp({ ...mistakes, setup_key });
      assert.deepEqual(meant.json.errors.map((error: { message: string }) => error.message.split(' ')[0]).sort(), [
        'name',
        'organisation',
        'password',
        'username',
      ]);
      for (const wrong of [
        { password: 'seven 7' },
        { username: 'no address' },
        { name: ' ' },
        { organisation: '\u0000' },
      ]) {
        assert.equal((await setUp({ ...firstAdministrator, setup_key, ...wrong })).status, 422, JSON.stringify(wrong));
      }
      assert.deepEqual(await queryStore(server.store, 'SELECT id FROM organisation'), []);
    });

    test('ten set-ups at once make one administrator, and every key is used up by that (security A 13)', async () => {
      const keys = [await issueKey(), await issueKey()];
      const attempts = Array.from({ length: 10 }, (_, index) =>
        setUp({ ...firstAdministrator, username: `jane${index}@example.com`, setup_key: keys[index % 2] }),
      );
      const answers = await Promise.all(attempts);
      assert.equal(answers.filter(({ status }) => status === 204).length, 1);
      assert.equal(answers.filter(({ status }) => status === 401).length, 9);
      for (const table of ['user_account', 'organisation']) {
        assert.equal((await queryStore(server.store, `SELECT id FROM ${table}`)).length, 1);
      }
      for (const setup_key of keys) {
        const again = await setUp({ ...firstAdministrator, username: 'eve@example.com', setup_key });
        assert.deepEqual([again.status, again.json.error_code], [401, 1102]);
      }
      assert.deepEqual(await queryStore(server.store, 'SELECT key_hash FROM setup_key'), []);
    });

    test('with a user there are no more keys, and the page says so without a form (security A 13)', async () => {
      assert.equal(await issueSetupKey(server.service), undefined);
      const page = await server.call('GET', '/setup?setup_key=x');
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
      assert.equal(page.text.includes('<form'), false);
    });

    test('the administrator signs in, and is one', async () => {
      const [row] = await queryStore(server.store, 'SELECT username FROM user_account');
      const { auth_token } = await server.signIn(row?.['username'], firstAdministrator.password);
      const { json } = await server.call('GET', '/api/v1/user/my', { bearer: auth_token });
      assert.deepEqual(
        [json.name, json.organisation.name, json.roles],
        ['Jane Doe', 'Acme', [{ id: 1, name: 'Administrator' }]],
      );
    });
  });
}
