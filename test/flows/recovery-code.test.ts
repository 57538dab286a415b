import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { resetSecondFactors } from '../../packages/server/src/domain/second-factor-removal.ts';
import { holdNextHash } from '../support/held-hash.ts';
import { askedForFactor, beginFactor, enrolTotp, eventsOf, step } from '../support/second-factor.ts';
import { dumpStore, queryStore } from '../support/store-rows.ts';
import {
  type Answer,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

for (const kind of storeKinds) {
  describe(`recovery codes on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let count = 0;

    before(async () => {
      server = await startTestServer({ store: kind, env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
    });
    after(() => server.close());

    const make = (bearer: string, password = testPassword) =>
      server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body: { password } });

    /** A user of the test's own with a TOTP and recovery codes. */
    async function addUser() {
      count += 1;
      const username = `user${count}@example.com`;
      const { id } = await server.addUser({ username, organisationId });
      const { auth_token: bearer } = await server.signIn(username);
      const app = await enrolTotp(server, bearer);
      const answer = await make(bearer);
      assert.equal(answer.status, 200);
      assert.deepEqual(Object.keys(answer.json), ['recovery_codes']);
      const codes: readonly [string, ...string[]] = answer.json.recovery_codes;
      return { id, username, bearer, app, codes };
    }
    const useCode = async (username: string, code: string) =>
      server.authenticate({ mfa_token: await askedForFactor(server, username), code });

    test('each of ten codes completes one sign-in, and none a second (security C 41)', async () => {
      const { id, username, codes } = await addUser();
      assert.equal(new Set(codes).size, 10);
      for (const code of codes) {
        const answer = await useCode(username, code);
        assert.equal(answer.status, 200);
        assert.deepEqual(claimsOf(answer.json.auth_token)['amr'], ['pwd', 'otp']);
      }
      assert.equal((await useCode(username, codes[0])).status, 401);
      const used = (await eventsOf(server, id, 14)).filter((text) => text.includes('recovery code;'));
      assert.equal(used.length, 10);
      assert.equal(used.at(-1), `${username} signed in with a recovery code; 0 are left`);
      assert.deepEqual(claimsOf(await askedForFactor(server, username))['methods'], ['totp']);
    });

    test('an mfa_token says whether there are recovery codes', async () => {
      const { username } = await addUser();
      assert.deepEqual(claimsOf(await askedForFactor(server, username))['methods'], ['totp', 'recovery_code']);
    });

    test('codes rest hashed: none of them is in the database or the log (security C 41)', async () => {
      const { codes } = await addUser();
      const written = [await dumpStore(server.store), ...server.logLines].join('\n');
      for (const code of codes) assert.ok(!written.includes(code) && !written.includes(code.replaceAll('-', '')));
    });

    test('of 12 uses of one code at once, one succeeds (security C 41, keycloak 26106)', async () => {
      const { username, codes } = await addUser();
      const tokens: string[] = [];
      for (let index = 0; index < 12; index += 1) tokens.push(await askedForFactor(server, username));
      const answers = await Promise.all(tokens.map((mfa_token) => server.authenticate({ mfa_token, code: codes[0] })));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    });

    test('a new set replaces the one before', async () => {
      const { username, bearer, codes } = await addUser();
      const [fresh] = (await make(bearer)).json.recovery_codes;
      assert.equal((await useCode(username, codes[0])).status, 401);
      assert.equal((await useCode(username, fresh)).status, 200);
    });

    test('making a set asks for the password: a wrong one is 422 and counts, the fourth is 429', async () => {
      const { bearer, username, codes } = await addUser();
      const statuses: number[] = [];
      for (const _ of [1, 2, 3, 4]) statuses.push((await make(bearer, 'wrong')).status);
      assert.deepEqual(statuses, [422, 422, 422, 429]);
      server.clock.advance({ minutes: 5 });
      assert.equal((await useCode(username, codes[0])).status, 200, 'the codes before are untouched');
      const missing = await server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body: {} });
      assert.deepEqual([missing.status, missing.json.errors[0].error_code], [422, 1402]);
    });

    test('a wrong recovery code counts towards the lock-out as any other', async () => {
      const { username, app } = await addUser();
      const mfa_token = await askedForFactor(server, username);
      const wrong = 'zzzz-zzzz-zzzz-zzzz';
      for (const _ of [1, 2, 3]) assert.equal((await server.authenticate({ mfa_token, code: wrong })).status, 401);
      assert.equal((await server.authenticate({ mfa_token, code: app.code() })).status, 429);
    });

    test('a recovery code switches the factor off with the password; the codes go with the last factor (security C 38)', async () => {
      const { id, username, bearer, app, codes } = await addUser();
      const body = { password: testPassword, code: codes[0] };
      assert.equal((await server.call('DELETE', `/api/v1/user/my/mfa/${app.id}`, { bearer, body })).status, 204);
      assert.deepEqual(await queryStore(server.store, `SELECT * FROM recovery_code WHERE user_id = ${id}`), []);
      const again = await enrolTotp(server, bearer);
      assert.equal((await useCode(username, codes[1] ?? '')).status, 401);
      assert.equal((await useCode(username, again.code())).status, 200);
      server.clock.advance(step);
    });

    test('without a second factor in force there are no recovery codes, nor are any with one that went meanwhile', async (t) => {
      const refused = (answer: Answer): void =>
        assert.deepEqual([answer.status, answer.json?.error_code], [422, 1406], answer.text);
      const username = `plain${++count}@example.com`;
      const { id } = await server.addUser({ username, organisationId });
      const { auth_token: bearer } = await server.signIn(username);
      refused(await make(bearer));
      await beginFactor(server, bearer, 0);
      refused(await make(bearer, 'wrong'));
      assert.equal(await server.service.database.findLockout({ subject: `user:${id}`, scope: 'account' }), undefined);
      const other = await addUser();
      const { started, release } = holdNextHash(t, server);
      const pending = make(other.bearer);
      await started;
      await resetSecondFactors(server.service, testActor, other.id);
      release();
      refused(await pending);
      for (const userId of [id, other.id]) {
        assert.deepEqual(await queryStore(server.store, `SELECT * FROM recovery_code WHERE user_id = ${userId}`), []);
      }
    });
  });
}
