import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { headerOf } from '../support/forged-token.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const username = 'jane@example.com';
const publicUrl = 'https://auth.example.com';

for (const kind of storeKinds) {
  describe(`the claims of tokens on ${kind}`, () => {
    let server: TestServer;
    let organisation: { id: number; name: string };
    let userId: number;

    before(async () => {
      const env = { KEYWRIGHT_PUBLIC_URL: publicUrl, KEYWRIGHT_AUDIENCE: 'https://api.example.com' };
      server = await startTestServer({ store: kind, env });
      const { id, name } = await server.addOrganisation('Acme');
      organisation = { id, name };
      userId = (await server.addUser({ username, organisationId: id })).id;
    });
    after(() => server.close());

    /** Now, in whole seconds. */
    const now = () => Math.floor(server.clock.now() / 1000);

    async function exchange(tokenBody: object): Promise<{ id: number; auth_token: string }> {
      const { auth_token } = await server.signIn(username);
      const { id, application_token } = await server.createToken(auth_token, tokenBody);
      const answer = await server.authenticate({ application_token });
      assert.equal(answer.status, 200, answer.text);
      return { id, auth_token: answer.json.auth_token };
    }

    test("a user's auth_token has exactly the contract's claims, for 240 minutes (security D 59)", async () => {
      const { auth_token } = await server.signIn(username);
      const { jti, sid, ...claims } = claimsOf(auth_token);
      assert.match(String(jti), /^[\w-]{22}$/);
      assert.ok(Number.isSafeInteger(sid));
      assert.deepEqual(claims, {
        iss: publicUrl,
        aud: 'https://api.example.com',
        sub: `user:${userId}`,
        iat: now(),
        exp: now() + 14_400,
        org: organisation,
        roles: ['Administrator'],
        ver: 1,
        amr: ['pwd'],
      });
    });

    test("an application token's auth_token has exactly the contract's claims (security D 59)", async () => {
      const { id, auth_token } = await exchange({});
      const { jti, ...claims } = claimsOf(auth_token);
      assert.match(String(jti), /^[\w-]{22}$/);
      assert.deepEqual(claims, {
        iss: publicUrl,
        aud: 'https://api.example.com',
        sub: `application_token:${id}`,
        iat: now(),
        exp: now() + 14_400,
        org: organisation,
        roles: ['Administrator'],
        ver: 1,
      });
    });

    test('`ip` names the networks of a restricted token, `roles` what it is narrowed to', async () => {
      const { auth_token } = await exchange({ ip: '127.0.0.0/8', roles: [{ id: 3 }, { id: 2 }] });
      const { ip, roles } = claimsOf(auth_token);
      assert.deepEqual([ip, roles], [['127.0.0.0/8'], ['User', 'Observer']]);
    });

    test('`auth_token_minutes` shortens the life of auth tokens, and never lengthens it', async () => {
      for (const [auth_token_minutes, minutes] of [
        [1, 1],
        [240, 240],
        [1440, 240],
      ]) {
        const { iat, exp } = claimsOf((await exchange({ auth_token_minutes })).auth_token);
        assert.equal(Number(exp) - Number(iat), Number(minutes) * 60);
      }
    });

    test('a refresh_token has exactly its own claims, for 30 days, and no e-mail, name or role (security D 59)', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const { sid } = claimsOf(auth_token);
      assert.deepEqual(claimsOf(refresh_token), {
        iss: publicUrl,
        aud: `${publicUrl}/api/v1/authenticate`,
        sub: `user:${userId}`,
        iat: now(),
        exp: now() + 30 * 24 * 60 * 60,
        use: 'refresh',
        sid,
        // The first one of its session.
        jti: `${sid}.0`,
        gen: 0,
      });
    });

    test('both have the published header byte for byte, and no two tokens one jti', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const again = (await server.authenticate({ refresh_token })).json.auth_token;
      const tokens = [auth_token, refresh_token, again];
      for (const token of tokens) {
        assert.equal(Buffer.from(token.split('.')[0], 'base64url').toString(), '{"alg":"HS256","typ":"JWT"}');
      }
      assert.equal(new Set(tokens.map((token) => claimsOf(token)['jti'])).size, 3);
    });

    test('a refreshed auth_token keeps the session, and takes the roles and the time of now', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      server.clock.advance({ minutes: 10 });
      const demoted = { userId, organisationId: organisation.id, roles: roleSet('Observer'), createdAt: 0 };
      await server.service.database.upsertAssignment(demoted);
      const refreshed = claimsOf((await server.authenticate({ refresh_token })).json.auth_token);
      const { sid, amr } = claimsOf(auth_token);
      assert.deepEqual([refreshed['sid'], refreshed['amr'], refreshed['iat']], [sid, amr, now()]);
      assert.deepEqual(refreshed['roles'], ['Observer']);
      await server.service.database.upsertAssignment({ ...demoted, roles: roleSet('Administrator') });
    });

    test('the issuer and the links come from the setting, whatever Host and forwarding headers say (CVE-2023-36456)', async () => {
      const headers = {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
        forwarded: 'host=evil.example',
      };
      const { refresh_token } = await server.signIn(username);
      const answer = await server.authenticate({ refresh_token }, { headers });
      assert.equal(claimsOf(answer.json.auth_token)['iss'], publicUrl);
      const document = await server.call('GET', '/openapi.json', { headers });
      assert.deepEqual(document.json.servers, [{ url: publicUrl }]);
    });
  });

  test(`KEYWRIGHT_AUTH_TOKEN_MINUTES sets the life of every auth_token on ${kind}`, async (t) => {
    const server = await startTestServer({ store: kind, env: { KEYWRIGHT_AUTH_TOKEN_MINUTES: '15' } });
    t.after(() => server.close());
    const { id } = await server.addOrganisation('Acme');
    await server.addUser({ username, organisationId: id });
    const { auth_token, refresh_token } = await server.signIn(username);
    const { application_token } = await server.createToken(auth_token, { auth_token_minutes: 60 });
    const tokens = [
      auth_token,
      (await server.authenticate({ refresh_token })).json.auth_token,
      (await server.authenticate({ application_token })).json.auth_token,
    ];
    for (const { iat, exp } of tokens.map(claimsOf)) assert.equal(Number(exp) - Number(iat), 900);
    assert.equal(headerOf(auth_token)['alg'], 'HS256');
    server.clock.advance({ minutes: 16 });
    const expired = await server.call('GET', '/api/v1/user/my', { bearer: auth_token });
    assert.deepEqual([expired.status, expired.json.error_code], [401, 1103]);
  });
}
