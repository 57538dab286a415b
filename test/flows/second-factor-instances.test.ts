import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  askedForFactor,
  beginFactor,
  confirmFactor,
  createTotpApp,
  enrolTotp,
  mailedCode,
  step,
  type TotpApp,
  wrongCode,
} from '../support/second-factor.ts';
import {
  behindProxy,
  createTestStore,
  startTestServer,
  storeKinds,
  type TestServer,
  testPassword,
} from '../support/test-server.ts';
import { startTwoServers } from '../support/two-servers.ts';

const username = 'jane@example.com';
const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };
const outside = '198.51.100.1';

/** Two servers over one PostgreSQL database, and a user with a TOTP. */
async function startTwo(
  t: TestContext,
): Promise<{ servers: readonly [TestServer, TestServer]; app: TotpApp; bearer: string }> {
  const servers = await startTwoServers(t, env);
  const [one] = servers;
  const { id } = await one.addOrganisation('Acme');
  await one.addUser({ username, organisationId: id });
  const { auth_token } = await one.signIn(username);
  return { servers, app: await enrolTotp(one, auth_token), bearer: auth_token };
}

/** Sends something twenty times at once, by turns to both; answers the statuses. */
async function twentyTimes(
  servers: readonly [TestServer, TestServer],
  send: (server: TestServer, index: number) => Promise<{ status: number }>,
): Promise<number[]> {
  const sent = Array.from({ length: 20 }, (_, index) => send(servers[index % 2 === 0 ? 0 : 1], index));
  return (await Promise.all(sent)).map(({ status }) => status);
}

async function askMany(server: TestServer, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < count; index += 1) tokens.push(await askedForFactor(server, username));
  return tokens;
}

const successes = (statuses: readonly number[]): number => statuses.filter((status) => status === 200).length;

describe('two instances over one store', () => {
  test('one code, twenty times at once with twenty mfa_tokens: one succeeds (security C 30)', async (t) => {
    const { servers, app } = await startTwo(t);
    const tokens = await askMany(servers[0], 20);
    const code = app.code();
    const statuses = await twentyTimes(servers, (server, index) =>
      server.authenticate({ mfa_token: tokens[index], code }),
    );
    assert.equal(successes(statuses), 1);
    assert.ok(
      statuses.every((status) => [200, 401, 429].includes(status)),
      `${statuses}`,
    );
  });

  test('one code, twenty times at once with one mfa_token: one succeeds (security C 30, C 34)', async (t) => {
    const { servers, app } = await startTwo(t);
    const mfa_token = await askedForFactor(servers[1], username);
    const code = app.code();
    const statuses = await twentyTimes(servers, (server) => server.authenticate({ mfa_token, code }));
    assert.deepEqual([successes(statuses), statuses.filter((status) => status === 401).length], [1, 19]);
  });

  test('a code that one accepted is refused by the other (security C 30)', async (t) => {
    const { servers, app } = await startTwo(t);
    const [first, second] = await askMany(servers[0], 2);
    const code = app.code();
    assert.equal((await servers[0].authenticate({ mfa_token: first, code })).status, 200);
    assert.equal((await servers[1].authenticate({ mfa_token: second, code })).status, 401);
  });

  test('one recovery code, twenty times at once: one succeeds (security C 41)', async (t) => {
    const { servers, bearer } = await startTwo(t);
    const body = { password: testPassword };
    const { recovery_codes } = (await servers[0].call('POST', '/api/v1/user/mfa/recovery_code', { bearer, body })).json;
    const tokens = await askMany(servers[0], 20);
    const statuses = await twentyTimes(servers, (server, index) =>
      server.authenticate({ mfa_token: tokens[index], code: recovery_codes[0] }),
    );
    assert.equal(successes(statuses), 1);
  });

  test('one code by mail, twenty times at once: one succeeds (security C 41)', async (t) => {
    const { servers, bearer } = await startTwo(t);
    const { id } = await beginFactor(servers[0], bearer, 1);
    assert.equal(
      (await confirmFactor(servers[1], bearer, id, { code: await mailedCode(servers[0], username) })).status,
      204,
    );
    const tokens = await askMany(servers[0], 20);
    const body = { mfa_token: tokens[0], type: { id: 1 } };
    assert.equal((await servers[1].call('POST', '/api/v1/authenticate/challenge', { body })).status, 204);
    const code = await mailedCode(servers[0], username);
    const statuses = await twentyTimes(servers, (server, index) =>
      server.authenticate({ mfa_token: tokens[index], code }),
    );
    assert.equal(successes(statuses), 1);
  });

  test('one factor, confirmed twenty times at once: one is 204, the rest 409 (security C 36)', async (t) => {
    const { servers, app, bearer } = await startTwo(t);
    const body = { password: testPassword, code: app.code() };
    assert.equal((await servers[0].call('DELETE', `/api/v1/user/my/mfa/${app.id}`, { bearer, body })).status, 204);
    const { id, secret_key } = await beginFactor(servers[0], bearer, 0);
    const code = createTotpApp(servers[0], id, secret_key).code();
    const statuses = await twentyTimes(servers, (server) => confirmFactor(server, bearer, id, { code }));
    assert.deepEqual(statuses.sort(), [204, ...new Array(19).fill(409)]);
  });

  test('of 30 wrong codes at once over both, no more than 3 are told, and the right one is refused (security C 32)', async (t) => {
    const { servers, app } = await startTwo(t);
    const tokens = await askMany(servers[0], 30);
    const code = wrongCode(app);
    const guesses = tokens.map((mfa_token, index) =>
      servers[index % 2 === 0 ? 0 : 1].authenticate({ mfa_token, code }, { from: outside }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 3);
    assert.equal(statuses.filter((status) => status === 429).length, 27);
    for (const server of servers) {
      const answer = await server.authenticate({ mfa_token: tokens[0], code: app.code() }, { from: outside });
      assert.equal(answer.status, 429);
    }
  });

  test('15 wrong codes split over both lock, and the right one is refused (security C 32, B 27)', async (t) => {
    const { servers, app } = await startTwo(t);
    const mfa_token = await askedForFactor(servers[0], username);
    const statuses: number[] = [];
    for (let guess = 0; guess < 15; guess += 1) {
      const server = servers[guess % 2 === 0 ? 0 : 1];
      statuses.push((await server.authenticate({ mfa_token, code: wrongCode(app) })).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, ...new Array(12).fill(429)]);
    for (const server of servers)
      assert.equal((await server.authenticate({ mfa_token, code: app.code() })).status, 429);
  });

  test("an mfa_token's five tries count over both (security C 34)", async (t) => {
    const { servers, app } = await startTwo(t);
    const mfa_token = await askedForFactor(servers[0], username);
    // The third locks for five minutes, before the token's own tries are over.
    const statuses: number[] = [];
    for (const [index, minutes] of [0, 0, 0, 5, 0].entries()) {
      servers[0].clock.advance({ minutes });
      statuses.push((await servers[index % 2 === 0 ? 0 : 1].authenticate({ mfa_token, code: wrongCode(app) })).status);
    }
    assert.deepEqual(statuses, new Array(5).fill(401));
    for (const server of servers) {
      const answer = await server.authenticate({ mfa_token, code: app.code() });
      assert.deepEqual([answer.status, answer.json.error_code], [401, 1102]);
    }
  });

  test('a device that one trusts skips the second step at the other, until it is removed (security C 39)', async (t) => {
    const { servers, app } = await startTwo(t);
    const trusted_device = { fingerprint: 'laptop', operating_system: 'Linux', browser: 'Firefox' };
    const mfa_token = await askedForFactor(servers[0], username);
    const { auth_token } = (await servers[0].authenticate({ mfa_token, code: app.code(), trusted_device })).json;
    const firstStep = async () =>
      Object.keys((await servers[1].authenticate({ username, password: testPassword, fingerprint: 'laptop' })).json);
    assert.deepEqual((await firstStep()).sort(), ['auth_token', 'refresh_token']);
    const devices = await servers[1].call('GET', '/api/v1/user/mfa/trusted_device', { bearer: auth_token });
    const path = `/api/v1/user/mfa/trusted_device/${devices.json[0].id}`;
    assert.equal((await servers[0].call('DELETE', path, { bearer: auth_token })).status, 204);
    assert.deepEqual(await firstStep(), ['mfa_token']);
  });
});

for (const kind of storeKinds) {
  test(`a restart on ${kind} keeps tries, used steps and trusted devices (security C 30, C 34, CVE-2026-9802)`, async (t) => {
    const store = await createTestStore(kind);
    t.after(() => store.remove());
    let server = await startTestServer({ store, env });
    t.after(() => server.close());
    const { clock } = server;
    const restart = async (): Promise<void> => {
      await server.close();
      server = await startTestServer({ store, env, clock });
    };
    const { id } = await server.addOrganisation('Acme');
    await server.addUser({ username, organisationId: id });
    const enrolled = await enrolTotp(server, (await server.signIn(username)).auth_token);
    const code = enrolled.code();
    const trusted_device = { fingerprint: 'laptop', operating_system: 'Linux', browser: 'Firefox' };
    const [first, second] = await askMany(server, 2);
    const wrong = wrongCode(enrolled);
    assert.equal((await server.authenticate({ mfa_token: first, code: wrong })).status, 401);
    await restart();
    assert.equal((await server.authenticate({ mfa_token: first, code, trusted_device })).status, 200);
    await restart();
    assert.equal((await server.authenticate({ mfa_token: first, code })).status, 401);
    assert.equal((await server.authenticate({ mfa_token: second, code })).status, 401);
    const signIn = await server.authenticate({ username, password: testPassword, fingerprint: 'laptop' });
    assert.ok('auth_token' in signIn.json);
    clock.advance(step);
  });
}
