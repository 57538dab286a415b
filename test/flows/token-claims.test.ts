import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { type ForgedSignature, forgeToken, headerOf, stealSigningKey } from '../support/forged-token.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const publicUrl = 'https://auth.example.com';
const audience = 'https://api.example.com';

for (const kind of storeKinds) {
  describe(`claims under a genuine signature on ${kind}`, () => {
    let server: TestServer;
    let tokens: { auth_token: string; refresh_token: string };
    let application: { application_token: string; id: number };
    let genuine: ForgedSignature;
    let internal: ForgedSignature;
    let ids: { jane: number; joe: number; joesSession: unknown };

    before(async () => {
      const env = { KEYWRIGHT_PUBLIC_URL: publicUrl, KEYWRIGHT_AUDIENCE: audience, KEYWRIGHT_RATE_LIMIT: 'off' };
      server = await startTestServer({ store: kind, env });
      const { id: organisationId } = await server.addOrganisation('Acme');
      const jane = await server.addUser({ username: 'jane@example.com', organisationId });
      const joe = await server.addUser({ username: 'joe@example.com', organisationId });
      tokens = await server.signIn('jane@example.com');
      application = await server.createToken(tokens.auth_token);
      const joes = await server.signIn('joe@example.com');
      ids = { jane: jane.id, joe: joe.id, joesSession: claimsOf(joes.auth_token)['sid'] };
      genuine = (await stealSigningKey(server)).signature;
      internal = (await stealSigningKey(server, 'internal')).signature;
    });
    after(() => server.close());

    const now = () => Math.floor(server.clock.now() / 1000);
    const header = () => headerOf(tokens.auth_token);
    const claims = () => claimsOf(tokens.auth_token);

    const callWith = (claims: object | string) =>
      server.call('GET', '/api/v1/user/my', { bearer: forgeToken(header(), claims, genuine) });

    async function refused(changed: object, code = 1102): Promise<void> {
      const { status, json } = await callWith({ ...claims(), ...changed });
      assert.deepEqual([status, json.error_code], [401, code], JSON.stringify(changed));
    }

    async function refusedAs(form: 'refresh_token' | 'application_token' | 'mfa_token' | 'bearer', token: string) {
      const answer =
        form === 'bearer'
          ? await server.call('GET', '/api/v1/user/my', { bearer: token })
          : await server.authenticate(form === 'mfa_token' ? { mfa_token: token, code: '123456' } : { [form]: token });
      assert.deepEqual([answer.status, answer.json.error_code], [401, 1102], `${form}: ${token}`);
    }

    test('a token is accepted up to its exp and 60 seconds, and then is expired (security D 46)', async () => {
      assert.equal((await callWith({ ...claims(), exp: now() + 1 })).status, 200);
      for (const exp of [now() - 60, now() - 61, now() - 100_000, 1, 0, -1]) await refused({ exp }, 1103);
    });

    test('an exp that is missing or no number is refused (security D 46)', async () => {
      for (const exp of [undefined, null, 'never', String(now() + 600), [now() + 600], {}, true])
        await refused({ exp });
      const text = JSON.stringify({ ...claims(), exp: undefined }).slice(0, -1);
      for (const exp of ['1e400', '-1e400']) {
        assert.equal((await callWith(`${text},"exp":${exp}}`)).status, 401, exp);
      }
    });

    test('an nbf or iat further off than 60 seconds is refused, and so is one that is no number (security D 46)', async () => {
      for (const name of ['nbf', 'iat']) {
        for (const value of [now() + 61, now() + 86_400, 'now', null, [now()]]) await refused({ [name]: value });
        assert.equal((await callWith({ ...claims(), [name]: now() })).status, 200);
      }
    });

    test('another issuer is refused, however near (security D 47, CVE-2026-31813)', async () => {
      const near = [
        `${publicUrl}/`,
        publicUrl.toUpperCase(),
        'http://auth.example.com',
        `${publicUrl}.evil.example`,
        '',
      ];
      for (const iss of [...near, undefined, null, [publicUrl], { iss: publicUrl }]) await refused({ iss });
    });

    test('another audience is refused, in an array too (security D 47, CVE-2026-55669)', async () => {
      const others = [
        publicUrl,
        `${audience}/`,
        '',
        undefined,
        null,
        { aud: audience },
        [],
        [publicUrl],
        [`${audience}x`],
      ];
      for (const aud of [...others, [[audience]], [audience, 7]]) await refused({ aud });
    });

    test('a subject, session or organisation that does not fit is refused, and so is one that does not exist', async () => {
      const { jane, joe, joesSession } = ids;
      for (const sub of ['', 'user:0', 'user:-1', 'user:999999', `user:${jane}x`, `User:${jane}`, `${jane}`, jane]) {
        await refused({ sub });
      }
      await refused({ sub: `user:${joe}` });
      await refused({ sid: joesSession });
      for (const sid of [undefined, 0, '1', 999_999, 1.5, -1, [1]]) await refused({ sid });
      for (const org of [undefined, null, { id: 999 }, { id: '1' }, 'Acme']) await refused({ org });
      for (const sub of ['application_token:0', 'application_token:999999']) await refused({ sub, sid: undefined });
    });

    test('roles and ver in the token give no right: the store decides', async () => {
      const joes = { ...claims(), roles: ['SuperAdmin', 'Service'], ver: 999 };
      assert.deepEqual((await callWith(joes)).json.roles, [{ id: 1, name: 'Administrator' }]);
    });

    test("a user's status and place are read on each call and each refresh, though the session lives", async () => {
      const { database } = server.service;
      const { id: organisationId } = await server.addOrganisation('Changing');
      const { id } = await server.addUser({ username: 'sue@example.com', organisationId });
      const { auth_token: bearer, refresh_token } = await server.signIn('sue@example.com');
      const statuses = async () => [
        (await server.call('GET', '/api/v1/user/my', { bearer })).status,
        (await server.authenticate({ refresh_token })).status,
      ];
      const setRoles = (roles: number) =>
        database.upsertAssignment({ userId: id, organisationId, roles, createdAt: 0 });
      for (const status of [2, 0] as const) {
        await database.updateUser(id, { status });
        assert.deepEqual(await statuses(), [401, 401], `status ${status}`);
      }
      await database.updateUser(id, { status: 1 });
      assert.deepEqual(await statuses(), [200, 200]);
      await setRoles(0);
      assert.deepEqual(await statuses(), [401, 401], 'without a role there');
      await setRoles(roleSet('Observer'));
      assert.deepEqual(await statuses(), [200, 200]);
    });

    test('no kind of token is taken for another (security D 48)', async () => {
      const { auth_token, refresh_token } = tokens;
      const { application_token } = application;
      const exchanged = (await server.authenticate({ application_token })).json.auth_token;
      await refusedAs('bearer', refresh_token);
      await refusedAs('bearer', application_token);
      for (const token of [auth_token, exchanged, application_token]) await refusedAs('refresh_token', token);
      for (const token of [auth_token, exchanged, refresh_token]) await refusedAs('application_token', token);
      for (const token of [auth_token, exchanged, refresh_token, application_token])
        await refusedAs('mfa_token', token);
    });

    test('nor are its claims under the other key, and neither key makes one kind of the other (security D 48)', async () => {
      const refresh = claimsOf(tokens.refresh_token);
      const plain = { alg: 'HS256', typ: 'JWT' };
      assert.equal((await server.authenticate({ refresh_token: forgeToken(plain, refresh, internal) })).status, 200);
      await refusedAs('refresh_token', forgeToken(plain, refresh, genuine));
      await refusedAs('bearer', forgeToken(plain, claims(), internal));
      await refusedAs('refresh_token', forgeToken(plain, claims(), internal));
      const changes = [{ use: undefined }, { use: 'mfa' }, { aud: audience }, { aud: publicUrl }, { iss: audience }];
      for (const change of [...changes, { sid: ids.joesSession }, { sid: 'x' }, { sub: 'application_token:1' }]) {
        await refusedAs('refresh_token', forgeToken(plain, { ...refresh, ...change }, internal));
      }
      for (const change of [{ use: 'refresh' }, { aud: `${publicUrl}/api/v1/authenticate` }]) {
        await refusedAs('refresh_token', forgeToken(plain, { ...claims(), ...change }, internal));
      }
    });

    test('a Bearer header that is not exactly one token is 401 with a challenge', async () => {
      const { auth_token } = tokens;
      const get = (authorization?: string) =>
        server.call('GET', '/api/v1/user/my', authorization === undefined ? {} : { headers: { authorization } });
      for (const scheme of ['Bearer', 'bearer', 'BEARER'])
        assert.equal((await get(`${scheme} ${auth_token}`)).status, 200);
      const wrong = ['', 'Bearer', 'Bearer None', `Bearer ${auth_token} x`, `Bearer ${auth_token}, ${auth_token}`];
      for (const authorization of [...wrong, `Token ${auth_token}`, auth_token, `Basic ${auth_token}`, undefined]) {
        const answer = await get(authorization);
        assert.deepEqual([answer.status, answer.json.error_code], [401, 1102], String(authorization));
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="Keywright"/);
      }
    });
  });
}
