import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createApplicationToken } from '../../packages/server/src/domain/application-token.ts';
import { callerOfUser } from '../../packages/server/src/domain/caller.ts';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { activateUser, suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { callOAuth, type OAuthCallOptions } from '../support/oauth-call.ts';
import {
  behindProxy,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';

const username = 'jane@example.com';

for (const kind of storeKinds) {
  describe(`POST /oauth2/introspect on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;
    let api: readonly [id: number, secret: string];

    before(async () => {
      server = await startTestServer({ store: kind, env: behindProxy });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
      const { id, application_token } = await server.createToken(bearer);
      api = [id, application_token];
    });
    after(() => server.close());

    const introspect = async (token: string, options: OAuthCallOptions = { basic: api }) => {
      const answer = await callOAuth(server, 'introspect', { token }, options);
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    };
    /** That the answer is these very bytes: nothing in it says why. */
    const requireInactive = async (token: string, what: string, options: OAuthCallOptions = { basic: api }) => {
      const answer = await callOAuth(server, 'introspect', { token }, options);
      assert.deepEqual([answer.status, answer.text], [200, '{"active":false}'], what);
    };
    const exchange = async (application_token: string): Promise<string> => {
      const { status, json, text } = await server.authenticate({ application_token });
      assert.equal(status, 200, text);
      return json.auth_token;
    };

    test('a good auth token is active, with what it says and the roles that it has now', async () => {
      const { id } = await server.addUser({ username: 'joe@example.com', organisationId });
      const { auth_token } = await server.signIn('joe@example.com');
      const { roles, ...claims } = claimsOf(auth_token);
      assert.deepEqual(await introspect(auth_token), {
        active: true,
        token_type: 'Bearer',
        ...claims,
        roles: ['Administrator'],
      });
      assert.deepEqual(roles, ['Administrator']);
      const assignment = { userId: id, organisationId, roles: roleSet('Observer'), createdAt: 0 };
      await server.service.database.upsertAssignment(assignment);
      assert.deepEqual((await introspect(auth_token)).roles, ['Observer']);
    });

    test('the auth token of an application token is active, with the networks that it is restricted to', async () => {
      const made = await server.createToken(bearer, { ip: '127.0.0.0/8', roles: [{ id: 3 }] });
      const auth_token = await exchange(made.application_token);
      const { active, sub, roles, ip, sid, amr } = await introspect(auth_token);
      assert.deepEqual([active, sub, roles, ip], [true, `application_token:${made.id}`, ['Observer'], ['127.0.0.0/8']]);
      assert.deepEqual([sid, amr], [undefined, undefined]);
    });

    test('callers authenticate by Basic, by the form, or with a bearer, and not in two ways', async () => {
      const [id, secret] = api;
      const form = { client_id: String(id), client_secret: secret };
      const { auth_token } = await server.signIn(username);
      assert.equal((await introspect(auth_token, { basic: api })).active, true);
      assert.equal((await introspect(auth_token, { bearer })).active, true);
      const byForm = await callOAuth(server, 'introspect', { token: auth_token, ...form });
      assert.equal(byForm.json.active, true);
      for (const options of [{ basic: api }, { bearer }]) {
        const twice = await callOAuth(server, 'introspect', { token: auth_token, ...form }, options);
        assert.deepEqual([twice.status, twice.json.error], [400, 'invalid_request']);
      }
    });

    test('without credentials, or with bad ones, nobody learns anything: 401 (security E 65)', async () => {
      const { auth_token } = await server.signIn(username);
      const [id, secret] = api;
      const basic = 'Basic realm="Keywright", charset="UTF-8"';
      const cases: readonly (readonly [OAuthCallOptions, error: string, challenge: RegExp])[] = [
        [{}, 'invalid_client', /^Bearer realm="Keywright", Basic realm="Keywright"/],
        [{ basic: [id, `${secret}x`] }, 'invalid_client', new RegExp(`^${basic}$`)],
        [{ basic: [id + 1, secret] }, 'invalid_client', new RegExp(`^${basic}$`)],
        [{ bearer: `${auth_token}x` }, 'invalid_token', /^Bearer realm="Keywright", error="invalid_token"/],
        [{ bearer: secret }, 'invalid_token', /^Bearer realm="Keywright", error="invalid_token"/],
        [{ headers: { authorization: 'Digest x' } }, 'invalid_client', new RegExp(`^${basic}$`)],
      ];
      for (const [options, error, challenge] of cases) {
        const answer = await callOAuth(server, 'introspect', { token: auth_token }, options);
        assert.deepEqual([answer.status, answer.json.error], [401, error]);
        assert.match(answer.headers.get('www-authenticate') ?? '', challenge);
        assert.deepEqual(Object.keys(answer.json), ['error', 'error_description']);
      }
      const byForm = await callOAuth(server, 'introspect', {
        token: auth_token,
        client_id: String(id),
        client_secret: 'x',
      });
      assert.deepEqual([byForm.status, byForm.json.error], [401, 'invalid_client']);
    });

    test('what is no auth token of ours is inactive, and no more is said (security E 64)', async () => {
      const { refresh_token } = await server.signIn(username);
      const [, secret] = api;
      const { auth_token } = await server.signIn(username);
      const [header, payload, signature] = auth_token.split('.');
      const garbage = [
        'x',
        '..',
        'a.b.c',
        '\u00e9',
        '\u0000',
        ' ',
        'x'.repeat(20_000),
        `${auth_token} `,
        `Bearer ${auth_token}`,
      ];
      for (const token of [...garbage, `${header}.${payload}.`, `${header}.${payload}.${signature?.slice(1)}A`]) {
        await requireInactive(token, token.slice(0, 40));
      }
      await requireInactive(refresh_token, 'a refresh token');
      await requireInactive(secret, 'an application token');
    });

    test('an expired auth token is inactive at the second of its exp (security E 64)', async () => {
      const made = await server.createToken(bearer, { auth_token_minutes: 1 });
      const auth_token = await exchange(made.application_token);
      server.clock.advance({ seconds: 59, ms: 999 });
      assert.equal((await introspect(auth_token)).active, true);
      server.clock.advance({ ms: 1 });
      await requireInactive(auth_token, 'expired');
    });

    test('a revoked application token makes its auth tokens inactive at once, and so does one that expires (security E 64)', async () => {
      const made = await server.createToken(bearer);
      const auth_token = await exchange(made.application_token);
      assert.equal((await introspect(auth_token)).active, true);
      const path = `/api/v1/application_token/${made.id}`;
      assert.equal((await server.call('PATCH', path, { bearer, body: { status: { id: 1 } } })).status, 204);
      await requireInactive(auth_token, 'revoked');
      assert.equal((await introspect(bearer, { bearer: auth_token })).active, true, 'of the caller nothing is said');
      assert.equal(
        (await server.call('GET', path, { bearer: auth_token })).status,
        200,
        'with us it lives out its time',
      );

      const expiring = await server.createToken(bearer);
      const given = await exchange(expiring.application_token);
      const body = { expiry_date: new Date(server.clock.now() + 1000).toISOString() };
      const patched = await server.call('PATCH', `/api/v1/application_token/${expiring.id}`, { bearer, body });
      assert.equal(patched.status, 204);
      assert.equal((await introspect(given)).active, true);
      server.clock.advance({ seconds: 1 });
      await requireInactive(given, 'the application token expired before its auth token');
    });

    test('what a rotated secret or a wider network was exchanged for is inactive once that is over (security E 64)', async () => {
      const made = await server.createToken(bearer);
      const path = `/api/v1/application_token/${made.id}`;
      const first = await exchange(made.application_token);
      const { json } = await server.call('POST', `${path}/rotate`, { bearer, body: { overlap_seconds: 60 } });
      const second = await exchange(json.application_token);
      assert.equal((await introspect(first)).active, true, 'the overlap goes on');
      server.clock.advance({ seconds: 60 });
      await requireInactive(first, 'of the secret before');
      assert.equal((await introspect(second)).active, true);
      assert.equal((await server.call('GET', path, { bearer: first })).status, 200, 'with us it lives out its time');
      assert.equal((await server.call('PATCH', path, { bearer, body: { ip: '127.0.0.0/8' } })).status, 204);
      await requireInactive(second, 'without the network');
      assert.deepEqual((await introspect(await exchange(json.application_token))).ip, ['127.0.0.0/8']);
    });

    test('a session that ended and a user who is suspended make their tokens inactive at once (security E 64)', async () => {
      const { id } = await server.addUser({ username: 'ended@example.com', organisationId });
      const { auth_token } = await server.signIn('ended@example.com');
      const second = await server.signIn('ended@example.com');
      const made = await server.createToken(second.auth_token);
      const program = await exchange(made.application_token);
      const path = `/api/v1/user/my/session/${claimsOf(auth_token)['sid']}`;
      assert.equal((await server.call('DELETE', path, { bearer: auth_token })).status, 204);
      await requireInactive(auth_token, 'signed out');
      assert.equal((await introspect(second.auth_token)).active, true);
      await suspendUser(server.service, testActor, id);
      await requireInactive(second.auth_token, 'suspended');
      await requireInactive(program, "its maker's token");
      await activateUser(server.service, testActor, id);
      await requireInactive(program, 'what ended stays ended, as for those who follow the feed');
      assert.equal((await introspect(await exchange(made.application_token))).active, true);
      await requireInactive(second.auth_token, 'the session has ended');
    });

    test("another organisation's tokens are inactive, a child's too, but for the role Service (security E 64)", async () => {
      const child = await server.addOrganisation('Child', organisationId);
      const foreign = await server.addOrganisation('Foreign');
      const names = ['child@example.com', 'foreign@example.com'];
      await server.addUser({ username: 'child@example.com', organisationId: child.id });
      await server.addUser({ username: 'foreign@example.com', organisationId: foreign.id });
      const tokens = [];
      for (const name of names) tokens.push((await server.signIn(name)).auth_token);
      const [ofChild = '', ofForeign = ''] = tokens;
      for (const token of tokens) {
        await requireInactive(token, 'by Basic');
        await requireInactive(token, 'with a bearer', { bearer });
      }
      await requireInactive(bearer, "the main organisation's, to its child", { bearer: ofChild });
      assert.equal((await introspect(ofForeign, { bearer: ofForeign })).active, true);

      const caller = await callerOfUser(server.service, username, testActor.client);
      const service = { ...caller, roles: caller.roles | roleSet('Service') };
      const made = await createApplicationToken(server.service, service, () => ({ roles: [{ id: 5 }] }));
      for (const token of tokens) {
        const answer = await introspect(token, { basic: [made.id, made.application_token] });
        assert.deepEqual([answer.active, answer.sub], [true, claimsOf(token)['sub']]);
        const byBearer = await introspect(token, { bearer: await exchange(made.application_token) });
        assert.equal(byBearer.active, true);
      }
      await requireInactive('x', 'garbage', { basic: [made.id, made.application_token] });
    });

    test('the token of an operator who supports a user says so', async () => {
      const platform = await server.addOrganisation('Platform');
      const operator = await server.addUser({ username: 'operator@example.com', organisationId: platform.id });
      await addOperator(server.service, testActor, operator);
      const { id } = await server.addUser({ username: 'helped@example.com', organisationId });
      const { auth_token } = await server.signIn('operator@example.com');
      const path = `/api/v2/user/${id}/support_token`;
      const { json } = await server.call('POST', path, { bearer: auth_token, body: {} });
      const { active, sub, act } = await introspect(json.support_token);
      assert.deepEqual([active, sub, act], [true, `user:${id}`, { sub: `user:${operator.id}` }]);
    });

    test('one token as `token`, from the form alone: else invalid_request', async () => {
      const { auth_token } = await server.signIn(username);
      for (const form of ['', 'token=', `token=${auth_token}&token=${auth_token}`, 'token_type_hint=access_token']) {
        const answer = await callOAuth(server, 'introspect', form, { basic: api });
        assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_request'], form);
      }
      const where = `/oauth2/introspect?token=${auth_token}`;
      const { status, json } = await server.call('POST', where, { bearer });
      assert.deepEqual([status, json.error], [400, 'invalid_request']);
      for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense']) {
        const hinted = await callOAuth(server, 'introspect', { token: auth_token, token_type_hint }, { basic: api });
        assert.equal(hinted.json.active, true, token_type_hint);
      }
    });

    test('it is a use of the application token that asks, and none of the session that is asked about', async () => {
      const made = await server.createToken(bearer);
      const tokens = await server.signIn(username);
      await server.flush();
      server.clock.advance({ minutes: 5 });
      const from = '203.0.113.5';
      assert.equal(
        (await introspect(tokens.auth_token, { basic: [made.id, made.application_token], from })).active,
        true,
      );
      await server.flush();
      const shown = (await server.call('GET', `/api/v1/application_token/${made.id}`, { bearer })).json;
      assert.deepEqual([shown.last_used_ip, shown.recent_exchanges], [from, 0]);
      const sessions = (await server.call('GET', '/api/v1/user/my/session', { bearer })).json;
      const asked = sessions.find(({ id }: { id: number }) => id === claimsOf(tokens.auth_token)['sid']);
      assert.equal(asked.ip, '127.0.0.1');
    });
  });
}

test('calls with good credentials are not counted, and not refused for the failures of others at their address', async (t) => {
  const env = { KEYWRIGHT_RATE_LIMIT: 'calls=3,failures=2,exchanges=1' };
  const server = await startTestServer({ env });
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId });
  const { auth_token } = await server.signIn(username);
  const { id, application_token } = await server.createToken(auth_token);
  const status = async (options: OAuthCallOptions) =>
    (await callOAuth(server, 'introspect', { token: auth_token }, options)).status;
  const good: OAuthCallOptions[] = [{ basic: [id, application_token] }, { bearer: auth_token }];
  for (let count = 0; count < 10; count += 1) for (const options of good) assert.equal(await status(options), 200);
  for (const expected of [401, 401, 429, 429]) assert.equal(await status({ basic: [id, 'wrong'] }), expected);
  for (const expected of [401, 401, 429]) assert.equal(await status({ bearer: 'wrong' }), expected);
  for (const options of good) assert.equal(await status(options), 200);
});
