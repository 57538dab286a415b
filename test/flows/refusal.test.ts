import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  createApplicationTokenSecret,
  hashApplicationTokenSecret,
} from '../../packages/server/src/domain/application-token-secret.ts';
import { roleSet } from '../../packages/server/src/domain/role.ts';
import { addOperator } from '../../packages/server/src/domain/support.ts';
import { startTestServer, type TestServer, testActor } from '../support/test-server.ts';

describe('refusals that no other test looks at', () => {
  let server: TestServer;
  let organisationId: number;
  let admin: string;
  /** The bearer of an application token with the role Service. */
  let service: string;

  before(async () => {
    server = await startTestServer();
    organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username: 'admin@example.com', organisationId });
    admin = (await server.signIn('admin@example.com')).auth_token;
    service = await makeServiceBearer();
  });
  after(() => server.close());

  /** Only operators at the machine give the role Service, so the token is made past the API. */
  async function makeServiceBearer(): Promise<string> {
    const { database, random, clock } = server.service;
    const secret = createApplicationTokenSecret(random);
    const now = clock.now();
    const applicationTokenId = await database.insertApplicationToken({
      organisationId,
      creatorId: 1,
      description: 'A resource server',
      createdAt: now,
      expiresAt: null,
      revokedAt: null,
      ip: null,
      roles: roleSet('Service'),
      authTokenMinutes: null,
      version: 1,
      prefix: secret.slice(0, 12),
      lastUsedAt: null,
      lastUsedIp: null,
    });
    const secretHash = hashApplicationTokenSecret(secret);
    await database.insertApplicationTokenSecret({ secretHash, applicationTokenId, createdAt: now, validUntil: null });
    const exchanged = await server.call('POST', '/api/v1/authenticate', { body: { application_token: secret } });
    assert.equal(exchanged.status, 200, exchanged.text);
    return exchanged.json.auth_token;
  }

  for (const path of [
    '/application_token',
    '/application_token/1',
    '/event',
    '/event/export',
    '/organisation/my',
    '/user',
    '/user/my',
  ]) {
    test(`the role Service reads nothing of an organisation: ${path}`, async () => {
      assert.equal((await server.call('GET', `/api/v1${path}`, { bearer: service })).status, 403);
    });
  }

  for (const path of ['/user/role', '/user/status', '/event/type', '/event/source', '/event/severity']) {
    test(`the lookup ${path} lists what a number stands for`, async () => {
      const answer = await server.call('GET', `/api/v1${path}`, { bearer: admin });
      assert.equal(answer.status, 200);
      assert.ok(answer.json.length > 1);
      for (const { id, description, name } of answer.json) {
        assert.ok(Number.isInteger(id) && typeof (description ?? name) === 'string', answer.text);
      }
    });
  }

  for (const [method, path] of [
    ['GET', '/api/v1/user/999999/role/permission'],
    ['GET', '/api/v1/user/999999/event'],
    ['GET', '/api/v1/user/999999/mfa/trusted_device'],
    ['DELETE', '/api/v1/user/999999/session'],
    ['DELETE', '/api/v1/user/nobody@example.com/session'],
  ] as const) {
    test(`${method} ${path} says that there is no such user`, async () => {
      const answer = await server.call(method, path, { bearer: admin });
      assert.deepEqual([answer.status, answer.json.error_code], [404, 1201]);
    });
  }

  test('an operator learns that there is no such user to support', async () => {
    const operator = await server.service.database.findUser(1);
    assert.ok(operator);
    await addOperator(server.service, testActor, operator);
    const answer = await server.call('POST', '/api/v2/user/999999/support_token', { bearer: admin });
    assert.equal(answer.status, 404);
  });

  for (const path of ['/event/export', '/user/my/event', '/user/my/mfa/trusted_device', '/user/mfa/trusted_device']) {
    test(`${path} refuses a filter and a sort that it doesn't know`, async () => {
      const filter = await server.call('GET', `/api/v1${path}?q=nonsense:1`, { bearer: admin });
      assert.deepEqual([filter.status, filter.json.error_code], [422, 1301]);
    });
  }

  test('an application token changes no password', async () => {
    const body = { old_password: 'a password for tests', new_password: 'another password for tests' };
    const refused = await server.call('PATCH', '/api/v1/user/password', { bearer: service, body });
    assert.equal(refused.status, 403);
  });
});
