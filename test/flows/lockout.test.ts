import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { maxOpenCounts } from '../../packages/server/src/domain/failure-recorder.ts';
import { unlockUser } from '../../packages/server/src/domain/lockout.ts';
import { recordWork } from '../support/recorded-work.ts';
import { queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

/** Addresses of networks that no account of these tests signs in from unless it says so. */
const outside = '198.51.100.1';
const home = '203.0.113.5';

/** What an answer is, but for what differs from answer to answer. */
function comparable(answer: Answer): unknown {
  const { request_id, ...body } = answer.json;
  assert.ok(request_id);
  const changing = ['x-request-id', 'retry-after', 'date'];
  const headers = [...answer.headers].map(([name, value]) => (changing.includes(name) ? name : `${name}: ${value}`));
  return { status: answer.status, body, headers };
}

for (const kind of storeKinds) {
  describe(`the lock-out on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
    });
    after(() => server.close());

    const addUser = (username: string) => server.addUser({ username, organisationId });
    const attempt = (username: string, password: string, from = outside) =>
      server.authenticate({ username, password }, { from });
    const right = async (username: string, from = outside) => (await attempt(username, testPassword, from)).status;
    const wrong = async (username: string, from = outside) => (await attempt(username, 'wrong', from)).status;

    async function lock(username: string, from = outside): Promise<void> {
      for (const _ of [1, 2, 3]) assert.equal(await wrong(username, from), 401);
    }

    test('after 3 failures the right password is refused for 5 minutes, and then accepted (security B 16)', async () => {
      const username = 'lock@example.com';
      await addUser(username);
      await lock(username);
      const locked = await attempt(username, testPassword);
      assert.deepEqual([locked.status, locked.json.error_code], [429, 1105]);
      assert.equal(locked.headers.get('retry-after'), '300');
      server.clock.advance({ minutes: 1 });
      assert.equal((await attempt(username, testPassword)).headers.get('retry-after'), '240');
      server.clock.advance({ minutes: 4, ms: -1 });
      const last = await attempt(username, testPassword);
      assert.deepEqual([last.status, last.headers.get('retry-after')], [429, '1']);
      server.clock.advance({ ms: 1 });
      assert.equal(await right(username), 200);
    });

    test('failures while it holds do not prolong a lock, and after it three more are needed for the next', async () => {
      const username = 'again@example.com';
      await addUser(username);
      await lock(username);
      server.clock.advance({ minutes: 4 });
      for (const _ of [1, 2, 3]) assert.equal(await wrong(username), 429);
      server.clock.advance({ minutes: 1 });
      assert.deepEqual([await wrong(username), await wrong(username), await right(username)], [401, 401, 200]);
    });

    test('30 parallel wrong guesses: at most 3 are evaluated, and then the right one is refused (security B 17, CVE-2023-47111)', async (t) => {
      const username = 'parallel@example.com';
      await addUser(username);
      const work = recordWork(t, server.service);
      const guesses = Array.from({ length: 30 }, (_, index) => attempt(username, `guess ${index}`));
      const statuses = (await Promise.all(guesses)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 401).length, 3);
      assert.equal(statuses.filter((status) => status === 429).length, 27);
      assert.equal(work.take().filter((what) => what === 'hash').length, 3);
      assert.equal(await right(username), 429);
    });

    test('12 parallel right sign-ins all succeed, also behind two failures (security B 18)', async () => {
      const username = 'twelve@example.com';
      await addUser(username);
      assert.deepEqual([await wrong(username), await wrong(username)], [401, 401]);
      const statuses = await Promise.all(Array.from({ length: 12 }, () => right(username)));
      assert.deepEqual(statuses, new Array(12).fill(200));
    });

    test('two failures and a success, again and again, never lock (security B 19)', async () => {
      const username = 'clumsy@example.com';
      await addUser(username);
      for (const round of [1, 2, 3, 4]) {
        assert.deepEqual(
          [await wrong(username), await wrong(username), await right(username)],
          [401, 401, 200],
          `${round}`,
        );
      }
    });

    test('a locked user stays locked under every spelling of the name (security B 20, CVE-2025-6004)', async () => {
      const username = 'strasse.1@example.com';
      await addUser(username);
      const spellings = [
        'STRASSE.1@EXAMPLE.COM',
        ' strasse.1@example.com ',
        'ｓtrasse.１@example.com',
        'Strasse.1@example.com\n',
      ];
      for (const spelling of spellings.slice(1)) assert.equal(await wrong(spelling), 401);
      for (const spelling of [username, ...spellings]) assert.equal(await right(spelling), 429, spelling);
    });

    test('a locked user and a locked name that does not exist get equal answers (security B 21)', async () => {
      await addUser('real@example.com');
      for (const round of [1, 2, 3, 4, 5]) {
        const [real, unreal] = [await attempt('real@example.com', 'x'), await attempt('unreal@example.com', 'x')];
        assert.deepEqual(comparable(unreal), comparable(real));
        assert.equal(unreal.headers.get('retry-after'), real.headers.get('retry-after'));
        assert.equal(real.status, round > 3 ? 429 : 401);
      }
    });

    test('a suspended user with the right password is counted and locked like a wrong guess', async () => {
      const { id } = await addUser('gone@example.com');
      await server.service.database.updateUser(id, { status: 2 });
      const statuses: number[] = [];
      for (const _ of [1, 2, 3, 4]) statuses.push(await right('gone@example.com'));
      assert.deepEqual(statuses, [401, 401, 401, 429]);
    });

    test('an owner signs in from a known network while outsiders have the account locked (security B 26)', async () => {
      const username = 'owner@example.com';
      await addUser(username);
      assert.equal(await right(username, home), 200);
      await lock(username);
      assert.equal(await right(username, '203.0.114.5'), 429, 'another /24');
      assert.equal(await right(username, '203.0.113.250'), 200, 'the /24 of the address');
      assert.equal(await right(username), 200, 'a completed sign-in ends the lock of the account, too');
    });

    test('a known network is locked by its own failures only, and these leave the account at large alone (security B 26)', async () => {
      const username = 'two.counts@example.com';
      await addUser(username);
      assert.equal(await right(username, home), 200);
      assert.deepEqual([await wrong(username), await wrong(username)], [401, 401]);
      await lock(username, home);
      assert.equal(await right(username, home), 429);
      assert.equal(await right(username), 200);
    });

    test('a network is known for 30 days after the last completed sign-in, no longer', async () => {
      const username = 'traveller@example.com';
      await addUser(username);
      assert.equal(await right(username, home), 200);
      server.clock.advance({ days: 30, minutes: -1 });
      await lock(username);
      assert.equal(await right(username, home), 200, 'which makes it known anew');
      server.clock.advance({ days: 30 });
      await lock(username);
      assert.equal(await right(username, home), 429);
    });

    test('an administrator unlocks every count of a user at once (security B 26)', async () => {
      const username = 'unlocked@example.com';
      const { id } = await addUser(username);
      assert.equal(await right(username, home), 200);
      await lock(username);
      await lock(username, home);
      await unlockUser(server.service, testActor, id);
      assert.deepEqual([await right(username), await right(username, home)], [200, 200]);
      const types = await queryStore(server.store, `SELECT type FROM event WHERE user_id = ${id} ORDER BY id`);
      assert.deepEqual(
        types.map(({ type }) => type).filter((type) => type === 1002 || type === 1003),
        [1002, 1002, 1003],
      );
    });

    test('refresh and application tokens are not touched by a lock', async () => {
      const username = 'program@example.com';
      await addUser(username);
      const { auth_token, refresh_token } = (await attempt(username, testPassword, home)).json;
      const { application_token } = await server.createToken(auth_token);
      await lock(username);
      await lock(username, home);
      assert.equal((await server.authenticate({ refresh_token }, { from: home })).status, 200);
      assert.equal((await server.authenticate({ application_token }, { from: outside })).status, 200);
      assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: auth_token, from: outside })).status, 200);
    });

    /** Counts of names that do not exist, as many as are kept and some more, all of them later than any other. */
    const flood = () =>
      queryStore(
        server.store,
        `INSERT INTO lockout (subject, scope, user_id, failures, locked_until, updated_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${maxOpenCounts + 50})
         SELECT 'name:' || i, 'account', NULL, 1, NULL, 10000000000000 + i FROM n`,
      );
    const endFlood = () => queryStore(server.store, 'DELETE FROM lockout WHERE updated_at > 10000000000000');

    test('the counts of names that do not exist are bounded, and the latest are kept', async (t) => {
      t.after(endFlood);
      await flood();
      await wrong('one.more@example.com');
      await server.flush();
      const [open] = await queryStore(server.store, 'SELECT COUNT(*) AS count FROM lockout WHERE locked_until IS NULL');
      assert.equal(Number(open?.['count']), maxOpenCounts);
      const oldest = await queryStore(server.store, "SELECT subject FROM lockout WHERE subject = 'name:1'");
      assert.deepEqual(oldest, []);
    });

    test('who counts failures of many names does not learn which of them exist, neither by a lock nor by a count', async (t) => {
      t.after(endFlood);
      const { username: known } = await addUser('known.of.many@example.com');
      const { username: knownLocked } = await addUser('locked.of.many@example.com');
      const [unknown, unknownLocked] = ['nobody@example.com', 'nobody.either@example.com'];
      for (const name of [known, unknown]) for (const _ of [1, 2]) assert.equal(await wrong(name), 401);
      for (const name of [knownLocked, unknownLocked]) await lock(name);
      await flood();
      await wrong('one.more@example.com');
      await server.flush();
      for (const name of [known, unknown]) {
        for (const expected of [401, 401, 401, 429]) assert.equal(await wrong(name), expected, name);
      }
      for (const name of [knownLocked, unknownLocked]) assert.equal(await wrong(name), 429, name);
    });
  });
}
