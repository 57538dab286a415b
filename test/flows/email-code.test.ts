import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import { askedForFactor, beginFactor, confirmFactor, mailedCode, mailsFor } from '../support/second-factor.ts';
import { dumpStore } from '../support/store-rows.ts';
import { claimsOf, refusalOf, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const outside = '198.51.100.1';
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

for (const kind of storeKinds) {
  describe(`codes by mail on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind);
      server = scene.server;
    });
    after(() => server.close());

    /** Somebody with codes by mail as the second factor. */
    async function addEnrolled() {
      const user = await scene.addPerson();
      const key = await beginFactor(server, user.bearer, 1);
      const confirmed = await confirmFactor(server, user.bearer, key.id, {
        code: await mailedCode(server, user.username),
      });
      assert.equal(confirmed.status, 204);
      return { ...user, keyId: key.id };
    }
    const challenge = (mfa_token: string, type = 1, from?: string) =>
      server.call('POST', '/api/v1/authenticate/challenge', { body: { mfa_token, type: { id: type } }, from });
    const second = (mfa_token: string, code: string, from?: string) =>
      server.authenticate({ mfa_token, code }, { from });

    test('setting it up answers no secret and mails a code, which confirms it once', async () => {
      const { username, bearer } = await scene.addPerson();
      const key = await beginFactor(server, bearer, 1);
      const { id, creation_date, ...rest } = key;
      assert.ok(creation_date);
      assert.deepEqual(rest, {
        status: { id: 0, description: 'Activation Pending' },
        type: { id: 1, description: 'E-mail code' },
      });
      const code = await mailedCode(server, username);
      assert.match(code, /^\d{6}$/);
      assert.deepEqual(refusalOf(await confirmFactor(server, bearer, id, { code: other(code) })), [422, 1400]);
      assert.equal((await confirmFactor(server, bearer, id, { code })).status, 204);
      assert.deepEqual(refusalOf(await confirmFactor(server, bearer, id, { code })), [409, 1405]);
      const mfa_token = await askedForFactor(server, username);
      assert.deepEqual(claimsOf(mfa_token)['methods'], ['email_code']);
      assert.equal((await second(mfa_token, code)).status, 401, 'it confirmed the factor, and is no code of a sign-in');
    });

    test('the second step: a challenge is 204 and mails a code, which completes one sign-in (contract §3)', async () => {
      const { username } = await addEnrolled();
      const [first, another] = [await askedForFactor(server, username), await askedForFactor(server, username)];
      const mailsBefore = (await mailsFor(server, username)).length;
      const answer = await challenge(first);
      assert.deepEqual([answer.status, answer.text, answer.headers.get('cache-control')], [204, '', 'no-store']);
      const mails = await mailsFor(server, username);
      assert.equal(mails.length, mailsBefore + 1);
      assert.deepEqual([mails.at(-1)?.template, mails.at(-1)?.data['minutes']], ['email_code', '10']);
      const code = await mailedCode(server, username);
      const completed = await second(first, code);
      assert.equal(completed.status, 200);
      assert.deepEqual(claimsOf(completed.json.auth_token)['amr'], ['pwd', 'mca']);
      assert.deepEqual(refusalOf(await second(another, code)), [401, 1101], 'once');
    });

    test('without a challenge there is no code', async () => {
      const { username } = await addEnrolled();
      assert.deepEqual(refusalOf(await second(await askedForFactor(server, username), '000000')), [401, 1101]);
    });

    test('a code is good for ten minutes', async () => {
      const { username } = await addEnrolled();
      const early = await askedForFactor(server, username);
      await challenge(early);
      server.clock.advance({ minutes: 10, ms: -1 });
      const code = await mailedCode(server, username);
      server.clock.advance({ ms: 1 });
      assert.equal((await second(early, code)).status, 401);
      await challenge(early);
      server.clock.advance({ minutes: 9 });
      assert.equal((await second(early, await mailedCode(server, username))).status, 200);
    });

    test('another code is sent after a minute at the earliest, and the one before is void then', async () => {
      const { username } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      await challenge(mfa_token);
      const first = await mailedCode(server, username);
      const soon = await challenge(await askedForFactor(server, username));
      assert.deepEqual([...refusalOf(soon), soon.headers.get('retry-after')], [429, 1105, '60']);
      server.clock.advance({ minutes: 1 });
      assert.equal((await challenge(mfa_token)).status, 204);
      const fresh = await mailedCode(server, username);
      if (fresh !== first) assert.equal((await second(mfa_token, first)).status, 401);
      assert.equal((await second(mfa_token, fresh)).status, 200);
    });

    test('codes rest encrypted, in the mails that wait as well, and are in no event and no log line (security C 37)', async () => {
      const { username } = await addEnrolled();
      await challenge(await askedForFactor(server, username));
      const code = await mailedCode(server, username);
      const lines = (await dumpStore(server.store))
        .split('\n')
        .filter((line) => /^(email_code|mail|event) /.test(line));
      assert.ok(lines.length > 2);
      const asText = new RegExp(`(?<!\\d)${code}(?!\\d)`);
      for (const line of [...lines, ...server.logLines]) assert.doesNotMatch(line, asText);
    });

    test('wrong codes count towards the lock-out, and a locked account is sent no codes (security C 32)', async () => {
      const { username } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      await challenge(mfa_token);
      const code = await mailedCode(server, username);
      for (const _ of [1, 2, 3]) assert.equal((await second(mfa_token, other(code))).status, 401);
      assert.equal((await second(mfa_token, code)).status, 429);
      server.clock.advance({ minutes: 1 });
      assert.equal((await challenge(mfa_token)).status, 429);
      server.clock.advance({ minutes: 4 });
      assert.equal((await second(mfa_token, code)).status, 200);
    });

    test('of 12 uses of one code at once, one succeeds (security C 41)', async () => {
      const { username } = await addEnrolled();
      const tokens: string[] = [];
      for (let index = 0; index < 12; index += 1) tokens.push(await askedForFactor(server, username));
      await challenge(tokens[0] ?? '');
      const code = await mailedCode(server, username);
      const answers = await Promise.all(tokens.map((token) => second(token, code)));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    });

    test('a challenge for a factor that the user does not have, or that needs none, is 422', async () => {
      const { username } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      for (const type of [0, 2, 7])
        assert.deepEqual(refusalOf(await challenge(mfa_token, type)), [422, 1400], `${type}`);
      const missing = await server.call('POST', '/api/v1/authenticate/challenge', { body: {} });
      assert.deepEqual(missing.json.errors.length, 2);
      assert.equal((await server.call('POST', '/api/v1/authenticate/challenge', { body: '[]' })).status, 400);
    });

    test('a challenge with a token that is wrong, used or past its time is 401, and counted as a failure of the address', async () => {
      const { username } = await addEnrolled();
      const mfa_token = await askedForFactor(server, username);
      await challenge(mfa_token);
      assert.equal((await second(mfa_token, await mailedCode(server, username))).status, 200);
      assert.deepEqual(refusalOf(await challenge(mfa_token)), [401, 1102]);
      assert.deepEqual(refusalOf(await challenge('x.y.z')), [401, 1102]);
      const late = await askedForFactor(server, username);
      server.clock.advance({ minutes: 20 });
      assert.deepEqual(refusalOf(await challenge(late)), [401, 1103]);
    });

    test('with two factors either completes the sign-in, and the token names both', async () => {
      const { username, bearer } = await addEnrolled();
      const { recovery_codes } = (
        await server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body: { password: testPassword } })
      ).json;
      const mfa_token = await askedForFactor(server, username, { from: outside });
      assert.deepEqual(claimsOf(mfa_token)['methods'], ['email_code', 'recovery_code']);
      assert.equal((await second(mfa_token, recovery_codes[3], outside)).status, 200);
    });
  });
}
