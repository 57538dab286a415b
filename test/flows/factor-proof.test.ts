import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PeopleScene, startPeopleScene } from '../support/people-scene.ts';
import { askedForFactor, beginFactor, enrolTotp, signInWithTotp, step, wrongCode } from '../support/second-factor.ts';
import { queryStore } from '../support/store-rows.ts';
import { type Answer, storeKinds, type TestServer, testPassword } from '../support/test-server.ts';

const fingerprint = '5b0a6d1f3c9e4b1a';
const device = { fingerprint, operating_system: 'Linux', browser: 'Firefox 140' };
const password = testPassword;

for (const kind of storeKinds) {
  describe(`what stands in for a second factor, on ${kind}`, () => {
    let server: TestServer;
    let scene: PeopleScene;

    before(async () => {
      scene = await startPeopleScene(kind);
      server = scene.server;
    });
    after(() => server.close());

    const makeCodes = (bearer: string, body: object) =>
      server.call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body });
    const begin = (bearer: string, body: object) =>
      server.call('POST', '/api/v1/user/mfa', { bearer, body: { type: { id: 1 }, ...body } });
    const refusal = ({ status, json }: Answer) => [status, json.error_code];

    /** Somebody whose session a trusted device let in, a quarter of an hour after the factor was last asked for. */
    async function addTrustedUser() {
      const { id, username, bearer } = await scene.addPerson();
      const app = await enrolTotp(server, bearer);
      await signInWithTotp(server, username, app, device);
      server.clock.advance({ minutes: 15 });
      const signedIn = await server.authenticate({ username, password, fingerprint });
      assert.equal(signedIn.status, 200);
      return { id, username, app, bearer: signedIn.json.auth_token as string };
    }

    test('a session that a trusted device let in makes with the password alone neither recovery codes nor another factor', async () => {
      const { id, bearer } = await addTrustedUser();
      assert.deepEqual(refusal(await makeCodes(bearer, { password })), [422, 1406]);
      assert.deepEqual(refusal(await begin(bearer, { password })), [422, 1406]);
      const left = await queryStore(server.store, `SELECT type FROM mfa_key WHERE user_id = ${id}`);
      assert.deepEqual(
        left.map(({ type }) => type),
        [0],
      );
      assert.deepEqual(await queryStore(server.store, `SELECT * FROM recovery_code WHERE user_id = ${id}`), []);
    });

    test('with the password and a code of the factor it makes both, each code once', async () => {
      const { bearer, app } = await addTrustedUser();
      const made = await makeCodes(bearer, { password, code: app.code() });
      assert.equal(made.status, 200);
      const again = await begin(bearer, { password, code: app.code() });
      assert.deepEqual([again.status, again.json.errors[0].error_code], [422, 1403]);
      server.clock.advance(step);
      assert.equal((await begin(bearer, { password, code: app.code() })).status, 200);
      const [recoveryCode] = made.json.recovery_codes;
      assert.equal((await makeCodes(bearer, { password, code: recoveryCode })).status, 200);
    });

    test('a code that is wrong counts as one at a sign-in, and one beside a wrong password stays unused', async () => {
      const { bearer, app } = await addTrustedUser();
      const code = app.code();
      const wrongs = [
        { password: 'wrong', code },
        { password, code: wrongCode(app) },
        { password, code: wrongCode(app) },
      ];
      const named: string[] = [];
      for (const body of wrongs) named.push((await makeCodes(bearer, body)).json.errors[0].message);
      assert.deepEqual(
        named.map((message) => /(password|code) is wrong/.exec(message)?.[1]),
        ['password', 'code', 'code'],
      );
      assert.equal((await makeCodes(bearer, { password, code })).status, 429);
      server.clock.advance({ minutes: 5 });
      assert.equal((await makeCodes(bearer, { password, code: app.code() })).status, 200);
    });

    test('no code is asked for within ten minutes of a sign-in with the factor, and not a moment longer', async () => {
      const { username, app } = await addTrustedUser();
      const mfa_token = await askedForFactor(server, username);
      const { auth_token: bearer } = (await server.authenticate({ mfa_token, code: app.code() })).json;
      server.clock.advance({ minutes: 9, seconds: 59 });
      assert.equal((await makeCodes(bearer, { password })).status, 200);
      server.clock.advance({ seconds: 1 });
      assert.deepEqual(refusal(await makeCodes(bearer, { password })), [422, 1406]);
    });

    test('who sets the first factor up makes recovery codes within ten minutes, and not a moment longer', async () => {
      const { bearer } = await scene.addPerson();
      await enrolTotp(server, bearer);
      server.clock.advance({ minutes: 9, seconds: 29 });
      assert.equal((await makeCodes(bearer, { password })).status, 200);
      server.clock.advance({ seconds: 1 });
      assert.deepEqual(refusal(await makeCodes(bearer, { password })), [422, 1406]);
    });

    test('a factor that waits for its first code asks nobody for one', async () => {
      const { bearer } = await scene.addPerson();
      await beginFactor(server, bearer, 0);
      server.clock.advance({ minutes: 15 });
      assert.equal((await begin(bearer, { password })).status, 200);
    });
  });
}
