import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { suspendUser } from '../../packages/server/src/domain/user-status.ts';
import {
  behindProxy,
  claimsOf,
  startTestServer,
  storeKinds,
  type TestServer,
  testActor,
} from '../support/test-server.ts';

const path = '/api/v1/forward_auth';
const username = 'jane@example.com';

for (const kind of storeKinds) {
  describe(`forward auth on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;
    let bearer: string;

    before(async () => {
      server = await startTestServer({ store: kind });
      // A name that no header could hold.
      organisationId = (await server.addOrganisation('Äcme \u{1f511}, Ltd')).id;
      await server.addUser({ username, organisationId });
      bearer = (await server.signIn(username)).auth_token;
    });
    after(() => server.close());

    const ask = (token: string | undefined, query = '') => server.call('GET', path + query, { bearer: token });
    const signIn = async (name: string, role: 'Administrator' | 'User' | 'Observer' | 'SuperAdmin') => {
      const user = await server.addUser({ username: name, organisationId, role });
      return { id: user.id, bearer: (await server.signIn(name)).auth_token };
    };

    test('a good bearer is 204, and the headers say who, of which organisation, with which roles', async () => {
      const { application_token, id } = await server.createToken(bearer, { roles: [{ id: 3 }, { id: 2 }] });
      const program = (await server.authenticate({ application_token })).json.auth_token;
      for (const [token, subject, roles] of [
        [bearer, claimsOf(bearer)['sub'], 'Administrator'],
        [program, `application_token:${id}`, 'User,Observer'],
      ] as const) {
        const { status, text, headers } = await ask(token);
        assert.deepEqual([status, text], [204, '']);
        assert.equal(headers.get('x-auth-subject'), subject);
        assert.equal(headers.get('x-auth-organisation'), String(organisationId));
        assert.equal(headers.get('x-auth-roles'), roles);
        assert.equal(headers.get('cache-control'), 'private, no-store');
      }
    });

    test('in a support session it says who acts, beside the user; else that is who calls', async () => {
      const user = await server.addUser({ username: 'supported@example.com', organisationId });
      const operator = await server.addUser({ username: 'operator@example.com', organisationId });
      await addOperator(server.service, testActor, operator);
      const { auth_token } = await server.signIn(operator.username);
      const supporting = await server.call('POST', `/api/v2/user/${user.id}/support_token`, {
        bearer: auth_token,
        body: {},
      });
      const { application_token, id } = await server.createToken(bearer);
      for (const [token, subject, actor] of [
        [supporting.json.support_token, `user:${user.id}`, `user:${operator.id}`],
        [auth_token, `user:${operator.id}`, `user:${operator.id}`],
        [
          (await server.authenticate({ application_token })).json.auth_token,
          `application_token:${id}`,
          `application_token:${id}`,
        ],
      ] as const) {
        const { headers } = await ask(token);
        assert.deepEqual([headers.get('x-auth-subject'), headers.get('x-auth-actor')], [subject, actor]);
      }
    });

    test('without a good bearer it is 401 with a challenge, and no header says anything of anybody', async () => {
      const { refresh_token } = await server.signIn(username);
      const { application_token } = await server.createToken(bearer);
      for (const token of [undefined, 'x', `${bearer}x`, refresh_token, application_token]) {
        const { status, headers } = await ask(token);
        assert.equal(status, 401);
        assert.match(headers.get('www-authenticate') ?? '', /^Bearer realm="Keywright"/);
        assert.equal(
          [...headers.keys()].some((name) => name.startsWith('x-auth-')),
          false,
        );
      }
      const inQuery = await server.call('GET', `${path}?access_token=${bearer}&auth_token=${bearer}&token=${bearer}`);
      assert.equal(inQuery.status, 401, 'nor is one read from the query');
      const inCookie = await server.call('GET', path, { headers: { cookie: `auth_token=${bearer}` } });
      assert.equal(inCookie.status, 401);
    });

    test('the store decides: whoever is suspended, signed out or without roles is refused at once', async () => {
      const ended = await signIn('ended@example.com', 'User');
      const session = `/api/v1/user/my/session/${claimsOf(ended.bearer)['sid']}`;
      assert.equal((await ask(ended.bearer)).status, 204);
      assert.equal((await server.call('DELETE', session, { bearer: ended.bearer })).status, 204);
      assert.equal((await ask(ended.bearer)).status, 401);

      const suspended = await signIn('suspended@example.com', 'User');
      const { application_token } = await server.createToken(suspended.bearer);
      const program = (await server.authenticate({ application_token })).json.auth_token;
      assert.equal((await ask(program)).status, 204);
      await suspendUser(server.service, testActor, suspended.id);
      assert.deepEqual([(await ask(suspended.bearer)).status, (await ask(program)).status], [401, 401]);

      const demoted = await signIn('demoted@example.com', 'Administrator');
      const assignment = { userId: demoted.id, organisationId, createdAt: 0 };
      await server.service.database.upsertAssignment({ ...assignment, roles: roleSet('Observer') });
      const { headers } = await ask(demoted.bearer);
      assert.equal(headers.get('x-auth-roles'), 'Observer', 'as they are now, whatever the token says');
      await server.service.database.upsertAssignment({ ...assignment, roles: 0 });
      assert.equal((await ask(demoted.bearer)).status, 401);
    });

    test('the auth tokens of a revoked or expired application token are refused at once', async () => {
      const expiring = () => ({ expiry_date: new Date(server.clock.now() + 60_000).toISOString() });
      for (const end of [() => ({ status: { id: 1 } }), expiring]) {
        const { application_token, id } = await server.createToken(bearer);
        const program = (await server.authenticate({ application_token })).json.auth_token;
        assert.equal((await ask(program)).status, 204);
        const patched = await server.call('PATCH', `/api/v1/application_token/${id}`, { bearer, body: end() });
        assert.equal(patched.status, 204);
        server.clock.advance({ seconds: 60 });
        assert.equal((await ask(program)).status, 401);
      }
    });

    test('a leaked secret that is rotated away opens nothing any more, nor does what it was exchanged for', async () => {
      const { application_token, id } = await server.createToken(bearer);
      const exchange = async (secret: string) =>
        (await server.authenticate({ application_token: secret })).json.auth_token;
      const stolen = await exchange(application_token);
      assert.equal((await ask(stolen)).status, 204);
      const path = `/api/v1/application_token/${id}/rotate`;
      const { json } = await server.call('POST', path, { bearer, body: {} });
      assert.equal((await ask(stolen)).status, 401);
      assert.equal((await ask(await exchange(json.application_token))).status, 204);
    });

    test('`role` requires one of those that it names or one that includes it, and each time that it is given', async () => {
      const bearers = {
        SuperAdmin: (await signIn('super@example.com', 'SuperAdmin')).bearer,
        Administrator: bearer,
        User: (await signIn('user@example.com', 'User')).bearer,
        Observer: (await signIn('observer@example.com', 'Observer')).bearer,
      };
      const cases = [
        ['role=Administrator', ['SuperAdmin', 'Administrator']],
        ['role=SuperAdmin', ['SuperAdmin']],
        ['role=User', ['SuperAdmin', 'Administrator', 'User']],
        ['role=Observer,User', ['SuperAdmin', 'Administrator', 'User', 'Observer']],
        ['role=Observer&role=User', ['SuperAdmin', 'Administrator']],
        ['role=Administrator&role=Observer', ['SuperAdmin', 'Administrator']],
        ['role=Service', []],
        ['other=1', ['SuperAdmin', 'Administrator', 'User', 'Observer']],
      ] as const;
      for (const [query, permitted] of cases) {
        for (const [role, token] of Object.entries(bearers)) {
          const answer = await ask(token, `?${query}`);
          const may = (permitted as readonly string[]).includes(role);
          assert.equal(answer.status, may ? 204 : 403, `${role} ${query}`);
          if (!may) assert.match(answer.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
          assert.equal(answer.headers.has('x-auth-subject'), may);
        }
      }
    });

    test('a role that there is none of lets nobody through, and says which there are', async () => {
      for (const query of ['role=Admin', 'role=', 'role=administrator', 'role=User,', 'role=User&role=x', 'role=1']) {
        const answer = await ask(bearer, `?${query}`);
        assert.equal(answer.status, 422, query);
        assert.match(answer.json.errors[0].message, /^role - .*Administrator, User, Observer/);
      }
      assert.equal((await ask(undefined, '?role=Admin')).status, 401, 'and tells strangers nothing');
    });

    test('a requirement whose name is misspelt lets nobody through, and says how it is written', async () => {
      for (const name of ['Role', 'ROLE', 'roles', 'role[]', 'role[0]', 'Roles%5B%5D']) {
        for (const query of [`${name}=Administrator`, `role=Observer&${name}=Administrator`]) {
          const answer = await ask(bearer, `?${query}`);
          assert.equal(answer.status, 422, query);
          assert.equal(answer.json.errors[0].message, 'role - write the name of the parameter just so: role.');
        }
      }
      // What a proxy appends of the client's own query.
      assert.equal((await ask(bearer, '?page=2&role_id=7&x=role')).status, 204);
    });

    test('any method is answered as GET is, whatever its body: proxies ask with that of the request', async () => {
      const methods = [
        'GET',
        'HEAD',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'OPTIONS',
        'PROPFIND',
        'MKCOL',
        'REPORT',
        'QUERY',
      ];
      for (const method of methods) {
        for (const [suffix, expected] of [
          ['', 204],
          ['/', 200],
          ['/orders/7?role=Nobody&role=', 200],
          ['/../%2e%2e//orders/%20', 200],
        ] as const) {
          const where = path + suffix;
          assert.deepEqual(
            await send(server, method, where, bearer),
            [expected, claimsOf(bearer)['sub']],
            `${method} ${suffix}`,
          );
          assert.deepEqual(await send(server, method, where, undefined), [401, undefined], `${method} ${suffix}`);
        }
      }
      assert.deepEqual(await send(server, 'POST', '/api/v2/forward_auth/orders', bearer), [
        200,
        claimsOf(bearer)['sub'],
      ]);
    });

    test('nothing that a client may say of the request opens anything', async () => {
      const headers = {
        'x-forwarded-method': 'OPTIONS',
        'x-original-method': 'OPTIONS',
        'x-forwarded-uri': '/healthz',
        'x-original-url': '/healthz',
        'x-auth-subject': 'user:1',
        'x-auth-roles': 'SuperAdmin',
        'access-control-request-method': 'GET',
        origin: 'https://app.example.com',
      };
      for (const method of ['GET', 'OPTIONS', 'HEAD']) {
        const { status } = await server.call(method, path, { headers });
        assert.equal(status, 401, method);
      }
      const observer = (await server.signIn('observer@example.com')).auth_token;
      const refused = await server.call('GET', `${path}?role=Administrator`, { bearer: observer, headers });
      assert.equal(refused.status, 403);
    });
  });
}

/** Sends a request with a body of a type that the API does not read; answers its status, and who it is from. */
function send(
  server: TestServer,
  method: string,
  where: string,
  token: string | undefined,
): Promise<[number | undefined, unknown]> {
  const hasBody = !['GET', 'HEAD'].includes(method);
  const body = hasBody ? '<order/>' : undefined;
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/xml', 'content-length': body.length }),
  };
  return new Promise((resolve, reject) => {
    const asking = request(server.url, { method, path: where, headers, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve([answer.statusCode, answer.headers['x-auth-subject']]));
    });
    asking.on('error', reject).end(body);
  });
}

test('calls with a good bearer are not counted, those with a bad one are, and good ones pass all the same', async (t) => {
  const server = await startTestServer({ env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'calls=3' } });
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId });
  const { auth_token } = await server.signIn(username);
  const ask = async (bearer: string | undefined, from: string, where = path) =>
    (await server.call('GET', where, { bearer, from })).status;
  for (let count = 0; count < 10; count += 1) assert.equal(await ask(auth_token, '192.0.2.1'), 204);
  for (const status of [401, 401, 401, 429]) assert.equal(await ask(undefined, '192.0.2.1'), status);
  assert.equal(await ask(undefined, '192.0.2.1', `${path}/orders`), 429);
  assert.equal(await ask(auth_token, '192.0.2.1'), 204);
  assert.equal(await ask(undefined, '192.0.2.2'), 401, 'another address has a count of its own');
});

test('whatever method a proxy asks with, the metrics count it under one route', async (t) => {
  const server = await startTestServer();
  t.after(() => server.close());
  for (const method of ['POST', 'PUT', 'PROPFIND']) {
    assert.deepEqual(await send(server, method, path, undefined), [401, undefined]);
  }
  const { text } = await server.call('GET', '/metrics');
  assert.match(text, /requests_total\{method="any",route="\/api\/v1\/forward_auth",status="401"\} 3\n/);
});

test('a call is a use of its session, from the address of the client behind the proxy', async (t) => {
  const server = await startTestServer({ env: behindProxy });
  t.after(() => server.close());
  const { id: organisationId } = await server.addOrganisation('Acme');
  await server.addUser({ username, organisationId });
  const { auth_token } = await server.signIn(username);
  server.clock.advance({ minutes: 1 });
  assert.equal((await server.call('GET', path, { bearer: auth_token, from: '203.0.113.7' })).status, 204);
  await server.flush();
  const { json } = await server.call('GET', '/api/v1/user/my/session', { bearer: auth_token });
  assert.equal(json[0].ip, '203.0.113.7');
});
