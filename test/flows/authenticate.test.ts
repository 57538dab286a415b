import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createApplicationTokenSecret } from '../../packages/server/src/domain/application-token-secret.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import {
  type Answer,
  behindProxy,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
  testPassword,
} from '../support/test-server.ts';

const sha1 = createHash('sha1').update(testPassword).digest('hex');

/** What an answer says is wrong, as `1402 Required`. */
function problemsOf({ json }: Answer): string[] {
  return json.errors.map((error: { error_code: number; error_token: string; message: string }) => {
    return `${error.error_code} ${error.error_token}: ${error.message}`;
  });
}

/** What a refusal says, but for the id of the request. */
function refusalOf({ status, json }: Answer): unknown {
  const { request_id, ...rest } = json;
  assert.match(request_id, /^[\w-]+$/);
  return { status, ...rest };
}

for (const kind of storeKinds) {
  describe(`POST /api/v1/authenticate on ${kind}`, () => {
    const username = 'jane@example.com';
    let server: TestServer;
    let organisationId: number;

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
    });
    after(() => server.close());

    test('user credentials give an auth_token and a refresh_token, and nothing else', async () => {
      const answer = await server.authenticate({ username, password: sha1 });
      assert.equal(answer.status, 200);
      assert.deepEqual(Object.keys(answer.json).sort(), ['auth_token', 'refresh_token']);
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    });

    test('a password is taken as it is, and as its SHA-1 in any spelling that openssl prints', async () => {
      const spellings = [testPassword, sha1.toUpperCase(), `SHA1(stdin)= ${sha1}`, `(stdin)= ${sha1}\n`];
      for (const password of spellings) {
        assert.equal((await server.authenticate({ username, password })).status, 200, password);
      }
    });

    test('a username is compared without regard to case, space around it and compatible forms', async () => {
      for (const spelling of ['JANE@Example.COM', '  jane@example.com\n', 'ｊａｎｅ@example.com']) {
        assert.equal((await server.authenticate({ username: spelling, password: sha1 })).status, 200, spelling);
      }
    });

    test('an application token gives an auth_token alone', async () => {
      const { auth_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      const answer = await server.authenticate({ application_token });
      assert.deepEqual([answer.status, Object.keys(answer.json)], [200, ['auth_token']]);
    });

    test('an application token as bearer is refused with what to do instead, whether or not there is such a one', async () => {
      const { auth_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      for (const bearer of [application_token, createApplicationTokenSecret(server.service.random)]) {
        const { status, json } = await server.call('GET', '/api/v1/application_token', { bearer });
        assert.deepEqual([status, json.error_code], [401, 1102]);
        assert.match(json.message, /exchange it at \/api\/v1\/authenticate/);
      }
      const mistyped = await server.call('GET', '/api/v1/application_token', {
        bearer: application_token.slice(0, -1),
      });
      assert.deepEqual([mistyped.status, mistyped.json.message], [401, 'Invalid token']);
    });

    test('a refresh token gives auth tokens alone, again and again, each another one', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const given = new Set([auth_token]);
      for (let round = 0; round < 3; round += 1) {
        const answer = await server.authenticate({ refresh_token });
        assert.deepEqual([answer.status, Object.keys(answer.json)], [200, ['auth_token']]);
        assert.equal((await server.call('GET', '/api/v1/user/my', { bearer: answer.json.auth_token })).status, 200);
        given.add(answer.json.auth_token);
      }
      assert.equal(given.size, 4);
    });

    test('a second factor that nobody asked for is refused', async () => {
      const answer = await server.authenticate({ mfa_token: 'anything', code: '123456' });
      assert.deepEqual([answer.status, answer.json.error_code], [401, 1102]);
    });

    test('the same call answers under /api/v2', async () => {
      const answer = await server.call('POST', '/api/v2/authenticate', { body: { username, password: sha1 } });
      assert.equal(answer.status, 200);
    });

    test('a body with the properties of no form, or of more than one, is 400', async () => {
      const { refresh_token } = await server.signIn(username);
      const bodies = [
        {},
        { user: username, pass: sha1 },
        { fingerprint: 'f' },
        { username, password: sha1, refresh_token },
        { username, password: sha1, application_token: 'kwt_x' },
        { application_token: 'kwt_x', refresh_token },
        { refresh_token, code: '123456' },
        { username, mfa_token: 'x' },
        { password: sha1, application_token: null },
      ];
      for (const body of bodies) {
        const answer = await server.authenticate(body);
        const { error_code, error_token } = answer.json;
        assert.deepEqual([answer.status, error_code, error_token], [400, 1000, 'BadRequest'], JSON.stringify(body));
      }
    });

    test('a body that is not JSON, or not an object, is 400', async () => {
      for (const body of ['', '{', '[]', 'null', '"text"', '42', '{"username":"a",}', "{'username':'a'}", '\u0000']) {
        const answer = await server.authenticate(body);
        assert.deepEqual([answer.status, answer.json.error_code], [400, 1000], JSON.stringify(body));
      }
    });

    test('a form with a part missing is 422, and names it', async () => {
      const missing = [
        [{ username }, 'password'],
        [{ password: sha1 }, 'username'],
        [{ mfa_token: 'x' }, 'code'],
        [{ code: '123456' }, 'mfa_token'],
      ] as const;
      for (const [body, property] of missing) {
        const answer = await server.authenticate(body);
        assert.deepEqual([answer.status, answer.json.error_code], [422, 1400]);
        assert.deepEqual(problemsOf(answer), [`1402 Required: Credentials - ${property} is required.`]);
      }
    });

    test('wrong types are 422 with every problem listed, and are not coerced', async () => {
      const answer = await server.authenticate({ username: 42, password: [sha1], fingerprint: {} });
      assert.deepEqual([answer.status, answer.json.error_token], [422, 'InputValidationFailed']);
      assert.deepEqual(problemsOf(answer), [
        '1403 InvalidFormat: Credentials - username must be a string.',
        '1403 InvalidFormat: Credentials - password must be a string.',
        '1403 InvalidFormat: Credentials - fingerprint must be a string.',
      ]);
      for (const body of [{ application_token: null }, { refresh_token: 7 }, { username: '', password: '' }]) {
        const wrong = await server.authenticate(body);
        assert.deepEqual([wrong.status, wrong.json.errors[0].error_code], [422, 1403], JSON.stringify(body));
      }
    });

    test('unknown properties are ignored, those that ask for more rights too (CVE-2025-61928, CVE-2026-27946)', async () => {
      const body = { username, password: sha1, user_id: 1, roles: [{ id: 4 }], verified: true, constructor: {} };
      assert.equal((await server.authenticate(body)).status, 200);
      const raw = `{"__proto__": {"username": "${username}"}, "password": "${sha1}"}`;
      assert.equal((await server.authenticate(raw)).status, 422);
    });

    test('a wrong password, an unknown user and one who may not sign in get one and the same answer', async () => {
      const { id } = await server.addUser({ username: 'sue@example.com', organisationId });
      await suspendUser(server.service, testActor, id);
      const answers = [
        await server.authenticate({ username, password: 'wrong' }),
        await server.authenticate({ username: 'nobody@example.com', password: sha1 }),
        await server.authenticate({ username: 'sue@example.com', password: sha1 }),
        await server.authenticate({ username: 'no address at all', password: sha1 }),
      ];
      const expected = { status: 401, error_code: 1101, error_token: 'InvalidCredentials' };
      for (const answer of answers) {
        assert.deepEqual(refusalOf(answer), { ...expected, message: 'Invalid credentials' });
        assert.equal(answer.headers.get('www-authenticate')?.startsWith('Bearer'), true);
      }
    });

    test('an application token that is revoked, unknown, mistyped or outside of its ip gets one answer, an expired one another', async () => {
      const { auth_token } = await server.signIn(username);
      const revoked = await server.createToken(auth_token);
      const restricted = await server.createToken(auth_token, { ip: '203.0.113.7' });
      const expiring = await server.createToken(auth_token, { expiry_date: '2027-03-11' });
      const path = `/api/v1/application_token/${revoked.id}`;
      assert.equal((await server.call('PATCH', path, { bearer: auth_token, body: { status: { id: 1 } } })).status, 204);
      const mistyped = revoked.application_token.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
      const unknown = 'kwt_0000000000000000000000000000000000000000000';
      const refused = [
        revoked.application_token,
        restricted.application_token,
        mistyped,
        unknown,
        'kwt_',
        'x',
        auth_token,
      ];
      const answers = await Promise.all(refused.map((application_token) => server.authenticate({ application_token })));
      for (const answer of answers) {
        const expected = { status: 401, error_code: 1102, error_token: 'InvalidToken', message: 'Invalid token' };
        assert.deepEqual(refusalOf(answer), expected);
      }
      server.clock.advance({ minutes: 12 * 60 });
      const expired = await server.authenticate({ application_token: expiring.application_token });
      assert.deepEqual([expired.status, expired.json.error_code], [401, 1103]);
    });

    test('a refresh token is refused as malformed, and as expired after 30 days', async () => {
      const { refresh_token } = await server.signIn(username);
      for (const text of ['x', '..', 'a.b.c', `${refresh_token}x`, refresh_token.slice(0, -1)]) {
        const answer = await server.authenticate({ refresh_token: text });
        assert.deepEqual([answer.status, answer.json.error_code], [401, 1102], text);
      }
      server.clock.advance({ days: 29 });
      assert.equal((await server.authenticate({ refresh_token })).status, 200);
      server.clock.advance({ days: 1, seconds: 61 });
      const expired = await server.authenticate({ refresh_token });
      assert.deepEqual([expired.status, expired.json.error_code], [401, 1103]);
    });

    test('an Authorization header is ignored, whatever it holds', async () => {
      const { refresh_token } = await server.signIn(username);
      for (const authorization of ['Bearer None', `Bearer ${refresh_token}`, 'Basic eDp5', 'nonsense', 'Bearer']) {
        const answer = await server.authenticate({ username, password: sha1 }, { headers: { authorization } });
        assert.equal(answer.status, 200, authorization);
      }
    });

    test('tokens in a query string, or a form, are not accepted (security E 72)', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const { application_token } = await server.createToken(auth_token);
      for (const name of ['access_token', 'auth_token', 'token', 'bearer', 'authorization']) {
        const asked = await server.call('GET', `/api/v1/user/my?${name}=${auth_token}`);
        assert.deepEqual([asked.status, asked.json.error_code], [401, 1102], name);
      }
      const credentials = [
        `application_token=${application_token}`,
        `refresh_token=${refresh_token}`,
        `username=${username}&password=${sha1}`,
      ];
      for (const query of credentials) {
        assert.equal((await server.call('POST', `/api/v1/authenticate?${query}`, { body: {} })).status, 400, query);
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        assert.equal((await server.authenticate(query, { headers })).status, 415, query);
      }
    });

    test('each answer forbids storing it, refusals included (security E 70)', async () => {
      const { auth_token, refresh_token } = await server.signIn(username);
      const made = await server.call('POST', '/api/v1/application_token', { bearer: auth_token, body: {} });
      const { application_token, id } = made.json;
      const rotate = { bearer: auth_token, body: {} };
      const from = '192.0.2.200';
      const answers = [
        made,
        await server.call('POST', `/api/v1/application_token/${id}/rotate`, rotate),
        await server.authenticate({ username, password: sha1 }),
        await server.authenticate({ refresh_token }),
        await server.authenticate({ application_token }),
        await server.authenticate({}),
        await server.authenticate({ username }),
        await server.authenticate('x', { headers: { 'content-type': 'text/plain' } }),
        await server.authenticate({ username: 'x'.repeat(70_000), password: sha1 }),
        await server.call('GET', '/api/v1/authenticate'),
        ...(await Promise.all(
          [1, 2, 3, 4].map(() => server.authenticate({ username: 'lock@me', password: 'x' }, { from })),
        )),
      ];
      const statuses = answers.map(({ status }) => status);
      assert.deepEqual([...new Set(statuses)].sort(), [200, 400, 401, 405, 413, 415, 422, 429]);
      for (const { status, headers } of answers)
        assert.match(headers.get('cache-control') ?? '', /no-store/, `${status}`);
    });
  });
}
