import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { callOAuth } from '../support/oauth-call.ts';
import { createProbe } from '../support/probe.ts';
import {
  behindProxy,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';

const username = 'jane@example.com';
const grant_type = 'client_credentials';

for (const kind of storeKinds) {
  describe(`POST /oauth2/token on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;
    let application: { application_token: string; id: number };

    before(async () => {
      server = await startTestServer({ store: kind, env: behindProxy });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
      application = await server.createToken(bearer);
    });
    after(() => server.close());

    const credentialsOf = ({ id, application_token }: typeof application) =>
      ({ client_id: String(id), client_secret: application_token }) as const;
    const basicOf = ({ id, application_token }: typeof application) => [id, application_token] as const;
    /** The status and the code of a refusal. */
    const refusalOf = ({ status, json }: Awaited<ReturnType<typeof callOAuth>>) => [status, json.error];

    test('the access token is the auth token of the exchange, by Basic and by the form', async () => {
      const exchanged = (await server.authenticate({ application_token: application.application_token })).json;
      for (const answer of [
        await callOAuth(server, 'token', { grant_type }, { basic: basicOf(application) }),
        await callOAuth(server, 'token', { grant_type, ...credentialsOf(application) }),
      ]) {
        assert.equal(answer.status, 200, answer.text);
        assert.deepEqual(Object.keys(answer.json), ['access_token', 'token_type', 'expires_in']);
        assert.deepEqual([answer.json.token_type, answer.json.expires_in], ['Bearer', 14_400]);
        const { jti, ...claims } = claimsOf(answer.json.access_token);
        const { jti: other, ...expected } = claimsOf(exchanged.auth_token);
        assert.deepEqual(claims, expected);
        assert.notEqual(jti, other);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
        const called = await server.call('GET', '/api/v1/organisation/my', { bearer: answer.json.access_token });
        assert.equal(called.status, 200);
      }
    });

    test('expires_in is what is left of a token that expires, or of the minutes that it was made with', async () => {
      const expiry_date = new Date(server.clock.now() + 90_500).toISOString();
      for (const [body, expected] of [
        [{ expiry_date }, 90],
        [{ auth_token_minutes: 5 }, 300],
      ] as const) {
        const made = await server.createToken(bearer, body);
        const { json } = await callOAuth(server, 'token', { grant_type }, { basic: basicOf(made) });
        const { exp, iat } = claimsOf(json.access_token);
        assert.deepEqual([json.expires_in, Number(exp) - Number(iat)], [expected, expected]);
      }
    });

    test('no answer is kept by anybody in between, refusals included (security E 70)', async () => {
      for (const answer of [
        await callOAuth(server, 'token', { grant_type }, { basic: basicOf(application) }),
        await callOAuth(server, 'token', { grant_type }),
        await callOAuth(server, 'token', '%'),
        await callOAuth(server, 'introspect', { token: 'x' }, { bearer }),
        await callOAuth(server, 'introspect', { token: 'x' }),
        await callOAuth(server, 'revoke', { token: 'x' }, { bearer }),
      ]) {
        const { headers, text } = answer;
        assert.deepEqual([headers.get('cache-control'), headers.get('pragma')], ['no-store', 'no-cache'], text);
        assert.match(headers.get('x-request-id') ?? '', /./);
      }
    });

    test('client credentials that are wrong, missing or of another token are invalid_client with a challenge', async () => {
      const other = await server.createToken(bearer);
      const { id, application_token } = application;
      const wrong = [
        callOAuth(server, 'token', { grant_type }),
        callOAuth(server, 'token', { grant_type, client_id: String(id) }),
        callOAuth(server, 'token', { grant_type, client_secret: application_token }),
        callOAuth(server, 'token', { grant_type, client_id: String(id), client_secret: '' }),
        ...[
          [other.id, application_token],
          [`0${id}`, application_token],
          [`application_token:${id}`, application_token],
          ['', application_token],
          [id, application_token.slice(0, -1)],
          [id, bearer],
          [username, 'a password for tests'],
        ].map(([client, secret]) =>
          callOAuth(server, 'token', { grant_type }, { basic: [String(client), String(secret)] }),
        ),
        ...['Basic', 'Basic ', 'Basic !', 'Basic YQ', 'Basic YTpi YTpi', `Basic ${btoa('%:%')}`, 'Basic /w=='].map(
          (authorization) => callOAuth(server, 'token', { grant_type }, { headers: { authorization } }),
        ),
      ];
      for (const [index, answer] of (await Promise.all(wrong)).entries()) {
        assert.deepEqual(refusalOf(answer), [401, 'invalid_client'], String(index));
        assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="Keywright", charset="UTF-8"');
        assert.deepEqual(Object.keys(answer.json), ['error', 'error_description']);
      }
    });

    test('credentials in both ways, parameters that come twice, and forms that can’t be read are invalid_request', async () => {
      const { client_id, client_secret } = credentialsOf(application);
      const basic = basicOf(application);
      const good = `grant_type=${grant_type}&client_id=${client_id}&client_secret=${client_secret}`;
      for (const answer of [
        await callOAuth(server, 'token', { grant_type, client_secret }, { basic }),
        await callOAuth(server, 'token', { grant_type, client_id: '999' }, { basic }),
        await callOAuth(server, 'token', `${good}&client_secret=${client_secret}`),
        await callOAuth(server, 'token', `${good}&grant_type=`),
        await callOAuth(server, 'token', `${good}&x=1&%78=1`),
        await callOAuth(server, 'token', `${good}&x=%zz`),
        await callOAuth(server, 'token', `${good}&x=%ff`),
        await callOAuth(server, 'token', '', { basic }),
        await callOAuth(server, 'token', 'grant_type=', { basic }),
      ]) {
        assert.deepEqual(refusalOf(answer), [400, 'invalid_request'], answer.text);
      }
      const repeated = await callOAuth(server, 'token', { grant_type, client_id }, { basic });
      assert.equal(repeated.status, 200, 'the same id once more says nothing new');
    });

    test('the form is a form: another media type is refused, and nothing is read from the query', async () => {
      const good = { grant_type, ...credentialsOf(application) };
      for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
        const answer = await callOAuth(server, 'token', JSON.stringify(good), { headers: { 'content-type': type } });
        assert.deepEqual(refusalOf(answer), [415, 'invalid_request'], type);
      }
      const where = `/oauth2/token?${new URLSearchParams(good)}`;
      const fromQuery = await server.call('POST', where);
      assert.deepEqual([fromQuery.status, fromQuery.json.error], [400, 'invalid_request']);
      const got = await server.call('GET', where);
      assert.deepEqual(
        [got.status, got.json.error, got.headers.get('allow')],
        [405, 'invalid_request', 'POST, OPTIONS'],
      );
    });

    test('other grants are unsupported_grant_type, and any scope is invalid_scope', async () => {
      for (const other of [
        'password',
        'refresh_token',
        'authorization_code',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ]) {
        const answer = await callOAuth(server, 'token', { grant_type: other }, { basic: basicOf(application) });
        assert.deepEqual(refusalOf(answer), [400, 'unsupported_grant_type'], other);
      }
      const scoped = await callOAuth(
        server,
        'token',
        { grant_type, scope: 'Observer' },
        { basic: basicOf(application) },
      );
      assert.deepEqual(refusalOf(scoped), [400, 'invalid_scope']);
      const empty = await callOAuth(
        server,
        'token',
        { grant_type, scope: '', audience: 'x' },
        { basic: basicOf(application) },
      );
      assert.equal(empty.status, 200, 'a parameter without a value is none, and what is not known is passed over');
    });

    test('whatever refuses the exchange refuses the grant: address, expiry, revocation, a suspended maker', async () => {
      const grant = async (made: typeof application, from?: string) =>
        refusalOf(await callOAuth(server, 'token', { grant_type }, { basic: basicOf(made), from }));
      const bound = await server.createToken(bearer, { ip: '192.0.2.0/24' });
      assert.deepEqual(await grant(bound, '192.0.2.7'), [200, undefined]);
      assert.deepEqual(await grant(bound, '198.51.100.7'), [401, 'invalid_client']);
      const revoked = await server.createToken(bearer);
      const path = `/api/v1/application_token/${revoked.id}`;
      assert.equal((await server.call('PATCH', path, { bearer, body: { status: { id: 1 } } })).status, 204);
      assert.deepEqual(await grant(revoked), [401, 'invalid_client']);
      const maker = await server.addUser({ username: `maker-${kind}@example.com`, organisationId });
      const theirs = await server.createToken((await server.signIn(`maker-${kind}@example.com`)).auth_token);
      await suspendUser(server.service, testActor, maker.id);
      assert.deepEqual(await grant(theirs), [401, 'invalid_client']);
      const short = await server.createToken(bearer, {
        expiry_date: new Date(server.clock.now() + 1000).toISOString(),
      });
      server.clock.advance({ seconds: 1 });
      assert.deepEqual(await grant(short), [401, 'invalid_client']);
    });

    test('a grant is a use of the token, a refusal an event and a failure, and both are in the metrics', async () => {
      const made = await server.createToken(bearer);
      const other = await server.createToken(bearer);
      const from = '203.0.113.9';
      assert.equal((await callOAuth(server, 'token', { grant_type }, { basic: basicOf(made), from })).status, 200);
      const mixed = await callOAuth(
        server,
        'token',
        { grant_type },
        { basic: [other.id, made.application_token], from },
      );
      assert.equal(mixed.status, 401);
      await server.flush();
      const { json } = await server.call('GET', `/api/v1/application_token/${made.id}`, { bearer });
      assert.deepEqual([json.last_used_ip, json.recent_exchanges], [from, 1]);
      const events = (await server.call('GET', '/api/v1/event?q=type:7&sort=-id&per_page=1', { bearer })).json;
      assert.match(
        events[0].description,
        new RegExp(`^Application token ${made.id}: the client_id is not its id, from ${from}$`),
      );
      assert.equal(events[0].request_id, mixed.headers.get('x-request-id'));
      const metrics = (await server.call('GET', '/metrics')).text;
      assert.match(metrics, /keywright_authentications_total\{form="client_credentials",result="success"\} \d+/);
      assert.match(metrics, /keywright_authentications_total\{form="client_credentials",result="InvalidToken"\} \d+/);
    });
  });
}

test('grants count with exchanges against the limits of the token and of the address', async (t) => {
  const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'exchanges=2,failures=2' };
  const server = await startTestServer({ env });
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId });
  const { id, application_token } = await server.createToken((await server.signIn(username)).auth_token);
  const grant = (secret = application_token, from = '192.0.2.1') =>
    callOAuth(server, 'token', { grant_type }, { basic: [id, secret], from });
  assert.equal((await server.authenticate({ application_token }, { from: '192.0.2.1' })).status, 200);
  assert.equal((await grant()).status, 200);
  const third = await grant();
  assert.deepEqual([third.status, third.json.error], [429, 'temporarily_unavailable']);
  assert.match(third.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  for (const status of [401, 401, 429]) assert.equal((await grant('wrong', '192.0.2.2')).status, status);
});

test('client credentials that can not be read are failures, and calls without any are calls, at each endpoint', async (t) => {
  const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'failures=2,calls=3' };
  const server = await startTestServer({ env });
  t.after(() => server.close());
  for (const [index, endpoint] of (['token', 'introspect', 'revoke'] as const).entries()) {
    const form = endpoint === 'token' ? { grant_type } : { token: 'x' };
    const statusesOf = async (count: number, from: string, headers = {}): Promise<number[]> => {
      const statuses: number[] = [];
      for (let call = 0; call < count; call++) {
        const { status, json } = await callOAuth(server, endpoint, form, { from, headers });
        assert.equal(json.error, status === 401 ? 'invalid_client' : 'temporarily_unavailable');
        statuses.push(status);
      }
      return statuses;
    };
    const broken = { authorization: 'Basic !' };
    assert.deepEqual(await statusesOf(3, `192.0.2.${index}`, broken), [401, 401, 429], endpoint);
    // A call of /oauth2/revoke counts by itself already.
    const without = endpoint === 'revoke' ? [401, 429, 429] : [401, 401, 401, 429];
    assert.deepEqual(await statusesOf(without.length, `198.51.100.${index}`), without, endpoint);
  }
});

test('two Authorization headers are none', async (t) => {
  const server = await startTestServer();
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId });
  const { id, application_token } = await server.createToken((await server.signIn(username)).auth_token);
  const probe = createProbe(server.url);
  t.after(() => probe.close());
  const good = `Basic ${btoa(`${id}:${application_token}`)}`;
  const grant = (authorization: string | string[]) =>
    probe.send('POST', '/oauth2/token', {
      body: `grant_type=${grant_type}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
    });
  assert.equal((await grant(good)).status, 200);
  for (const other of [good, 'Bearer x', '']) {
    const { status, json } = await grant([good, other]);
    assert.deepEqual([status, json.error], [401, 'invalid_client'], other);
  }
});

test('the secret may come encoded in Basic or as it is, as libraries differ', async (t) => {
  const server = await startTestServer();
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId });
  const { id, application_token } = await server.createToken((await server.signIn(username)).auth_token);
  const everything = [...`${application_token}`].map((one) => `%${one.charCodeAt(0).toString(16)}`).join('');
  for (const secret of [application_token, everything]) {
    for (const scheme of ['Basic', 'basic', 'BASIC ']) {
      const authorization = `${scheme} ${btoa(`${id}:${secret}`)}`;
      const answer = await callOAuth(server, 'token', { grant_type }, { headers: { authorization } });
      assert.equal(answer.status, 200, authorization);
    }
  }
});
