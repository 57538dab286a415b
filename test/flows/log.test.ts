import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Refusal } from '../../packages/server/src/domain/errors.ts';
import { exportSecrets } from '../../packages/server/src/domain/signing-key.ts';
import { callOAuth } from '../support/oauth-call.ts';
import { portalHeaders } from '../support/portal.ts';
import { dumpStore } from '../support/store-rows.ts';
import { behindProxy, startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

const base = '/api/v1/application_token';
const metricsToken = 'MARKED-metrics-token';

/** A text that nothing else holds. */
function marked(what: string): string {
  return `MARKED-${what}-${randomBytes(9).toString('hex')}`;
}

for (const kind of storeKinds) {
  describe(`the log on ${kind}`, () => {
    let server: TestServer;
    let organisationId: number;

    before(async () => {
      const env = { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_METRICS_TOKEN: metricsToken };
      server = await startTestServer({ store: kind, env });
      organisationId = (await server.addOrganisation('Acme')).id;
    });
    after(() => server.close());

    /** What was logged while the work was done, each line parsed. */
    async function linesOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
      const start = server.logLines.length;
      await work();
      await server.flush();
      return server.logLines.slice(start).map((line) => {
        assert.equal(line.indexOf('\n'), line.length - 1, 'one line, and its end');
        return JSON.parse(line);
      });
    }

    test('each sign-in, failure, lock, revocation and change is one JSON line with the time in UTC (security G 84)', async () => {
      const username = 'jane@example.com';
      const from = '198.51.100.1';
      await server.addUser({ username, organisationId });
      const { auth_token: bearer } = await server.signIn(username);
      const token = await server.createToken(bearer);
      const revoke = { bearer, body: { status: { id: 1 } } };
      const wrong = () => server.authenticate({ username, password: 'wrong' }, { from });
      const steps = [
        ['UserSignedIn', () => server.signIn(username)],
        ['UserAuthenticationFailed', wrong],
        ['UserAuthenticationFailed', wrong],
        ['UserAuthenticationFailed,AccountLocked', wrong],
        ['UserAuthenticationFailed', wrong],
        ['ApplicationTokenCreated', () => server.call('POST', base, { bearer, body: {} })],
        ['ApplicationTokenRevoked', () => server.call('PATCH', `${base}/${token.id}`, revoke)],
        ['ApplicationAuthenticationFailed', () => server.authenticate({ application_token: token.application_token })],
      ] as const;
      for (const [expected, step] of steps) {
        const lines = await linesOf(step);
        const events = lines.filter((line) => 'event' in line);
        assert.deepEqual(events.map(({ event }) => event).sort(), expected.split(',').sort(), expected);
        for (const line of lines) assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        for (const line of events) assert.match(String(line['request_id']), /^[0-9a-f]+-[0-9a-z]+$/);
      }
    });

    test('a line says who, from where and why, which the answer does not', async () => {
      const from = '203.0.113.7';
      const lines = await linesOf(() =>
        server.authenticate({ username: 'unknown@example.com', password: 'x' }, { from }),
      );
      const [line] = lines.filter((each) => each['event'] === 'UserAuthenticationFailed');
      assert.deepEqual([line?.['level'], line?.['address'], line?.['reason']], ['warn', from, 'unknown user']);
      assert.match(String(line?.['msg']), /^unknown@example\.com: unknown user, from 203\.0\.113\.7$/);
    });

    test('an answer that breaks off on the way is logged, where no status can tell of it any more', async (t) => {
      await server.addUser({ username: 'exporter@example.com', organisationId });
      const { auth_token: bearer } = await server.signIn('exporter@example.com');
      const { database } = server.service;
      const { readEventsAfter } = database;
      let pieces = 0;
      t.mock.method(database, 'readEventsAfter', async (...given: Parameters<typeof readEventsAfter>) => {
        pieces += 1;
        if (pieces > 1) throw new Refusal('Unavailable', { reason: 'the database went away' });
        const [event] = await readEventsAfter(...given);
        return Array.from({ length: given[3] }, () => event);
      });
      const lines = await linesOf(() =>
        assert.rejects(server.call('GET', '/api/v1/event/export', { bearer }), TypeError, 'it has no end'),
      );
      assert.deepEqual(
        lines.map(({ level, route, reason }) => [level, route, reason]),
        [['warn', '/api/v1/event/export', 'the database went away']],
      );
    });

    test('line ends and other controls in names make no second line, and stand in no message (security G 84)', async () => {
      const forged = '{"level":"info","msg":"forged"}';
      const names = [
        `eve\r\n${forged}`,
        `eve\n${forged}`,
        `eve\u2028${forged}`,
        `eve\u0085${forged}`,
        'e\u001b[31mve@x',
        'eve\u0000@x',
      ];
      for (const username of names) {
        const lines = await linesOf(() => server.authenticate({ username, password: 'wrong' }));
        assert.ok(lines.length > 0);
        for (const line of lines) {
          assert.notEqual(line['msg'], 'forged');
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          assert.equal(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(String(line['msg'])), false, username);
        }
      }
    });

    test('a run of every probe with marked secrets leaves none of them in the log, on standard error or in an event (security G 84)', async (t) => {
      const errors: string[] = [];
      t.mock.method(process.stderr, 'write', (text: string | Uint8Array) => {
        errors.push(Buffer.from(text as string).toString());
        return true;
      });
      const start = server.logLines.length;
      const secrets = await probe(server, organisationId);
      await server.flush();
      const log = server.logLines.slice(start).join('') + errors.join('');
      const dump = await dumpStore(server.store);
      assert.ok(log.includes('UserAuthenticationFailed'), 'the run was logged');
      for (const secret of secrets) {
        assert.ok(secret.length >= 20, 'or else a hit would tell nothing');
        assert.equal(log.includes(secret), false, `log: ${secret}`);
        assert.equal(dump.includes(secret), false, `store: ${secret}`);
      }
    });
  });
}

/** Puts secrets wherever they belong, and wherever they may end up by mistake; answers what must be found nowhere. */
async function probe(server: TestServer, organisationId: number): Promise<string[]> {
  const username = 'marked@example.com';
  const password = marked('password');
  await server.addUser({ username, organisationId, password });
  const { auth_token, refresh_token } = await server.signIn(username, password);
  const { application_token, id } = await server.createToken(auth_token, { description: 'probe' });
  const rotated = await server.call('POST', `${base}/${id}/rotate`, { bearer: auth_token, body: {} });
  const exchanged = await server.authenticate({ application_token: rotated.json.application_token });
  const hs256 = await exportSecrets(server.service, testActor);
  const tokens = [
    auth_token,
    refresh_token,
    application_token,
    rotated.json.application_token,
    exchanged.json.auth_token,
  ];
  const wrong = marked('wrong');
  const setupKey = marked('setup-key');
  const cookie = marked('cookie');
  for (const secret of [...tokens, wrong]) await misuse(server, secret);
  const headers = {
    cookie: `session=${cookie}`,
    authorization: `Basic ${Buffer.from(`x:${wrong}`).toString('base64')}`,
  };
  await server.call('GET', '/api/v1/user/my', { headers });
  await server.call('POST', '/api/v1/setup', {
    body: { setup_key: setupKey, username, password, name: 'x', organisation: 'x' },
  });
  await server.call('GET', `/setup?setup_key=${setupKey}`);
  await server.call('GET', '/metrics', { bearer: `${metricsToken}x`, from: '203.0.113.1' });
  failNextSignIn(server, password);
  await server.authenticate({ username, password });
  return [
    password,
    wrong,
    setupKey,
    cookie,
    metricsToken,
    ...hs256.map(({ jwk }) => String((jwk as { k?: string }).k)),
    ...tokens.map((token) => (token.startsWith('kwt_') ? token.slice(12) : (token.split('.')[2] ?? ''))),
  ];
}

/** Lets the next sign-in fail on a bug whose message holds a secret. */
function failNextSignIn(server: TestServer, secret: string): void {
  const { database } = server.service;
  const { findUserByUsername } = database;
  Object.assign(database, {
    findUserByUsername: async () => {
      Object.assign(database, { findUserByUsername });
      throw Object.assign(new Error('a bug'), { password: secret, detail: { parameters: [secret] } });
    },
  });
}

/** Sends one secret in every field, header, path and form where it might be put by mistake. */
async function misuse(server: TestServer, secret: string): Promise<void> {
  const json = JSON.stringify(secret);
  const bodies = [
    { username: 'marked@example.com', password: secret },
    { username: 'somebody@example.com', password: secret, fingerprint: secret },
    { application_token: secret },
    { refresh_token: secret },
    { mfa_token: secret, code: secret.slice(0, 64) },
    { username: 'marked@example.com', password: [secret] },
    { application_token: secret, refresh_token: secret },
    `{"password": ${json}`,
    `{"${secret}": 1}`,
    json,
  ];
  for (const body of bodies) await server.authenticate(body, { from: '198.51.100.77' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await server.authenticate(`password=${secret}`, { headers });
  const paths = [
    `/api/v1/user/${secret}`,
    `${base}/${secret}`,
    `/api/v1/${secret}`,
    `/${secret}`,
    `/api/v1/user/my?token=${secret}`,
  ];
  for (const path of paths) await server.call('GET', path, { bearer: secret });
  for (const query of [`q=description:${secret}`, `q=${secret}`, `sort=${secret}`, `page=${secret}`]) {
    await server.call('GET', `${base}?${query}`, { bearer: secret });
  }
  await server.call('PATCH', `${base}/1`, { bearer: secret, body: { ip: secret, expiry_date: secret } });
  await misuseByOAuth(server, secret);
  await misuseByPortal(server, secret);
}

async function misuseByPortal(server: TestServer, secret: string): Promise<void> {
  const headers = { ...portalHeaders, cookie: `keywright_session=${secret}` };
  const call = (method: string, path: string, body?: object) => server.call(method, path, { headers, body });
  await call('POST', '/portal/session', { username: 'marked@example.com', password: secret });
  await call('POST', '/portal/session', { mfa_token: secret, code: secret.slice(0, 64) });
  await call('POST', '/portal/session/refresh');
  await call('DELETE', '/portal/session');
  await call('POST', '/portal/activation', { activationKey: secret });
  await server.call('GET', `/activation?activationKey=${secret}`);
  await server.call('GET', `/assets/${secret}`);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await server.call('POST', '/activation', { headers: form, body: `activationKey=${secret}&password=${secret}` });
}

async function misuseByOAuth(server: TestServer, secret: string): Promise<void> {
  const grant_type = 'client_credentials';
  const basic = ['1', secret] as const;
  for (const form of [
    { grant_type, client_id: '1', client_secret: secret },
    { grant_type, client_id: secret, client_secret: secret },
    { grant_type: secret },
    { grant_type, scope: secret },
    `${secret}=1&${secret}=1`,
    `%${secret}`,
  ]) {
    await callOAuth(server, 'token', form);
    await callOAuth(server, 'token', form, { basic });
  }
  const bearer = secret;
  for (const options of [{}, { basic: [secret, secret] as const }, { bearer: `${bearer}x` }]) {
    await callOAuth(server, 'introspect', { token: secret, token_type_hint: secret }, options);
    await callOAuth(server, 'revoke', { token: secret, token_type_hint: secret }, options);
  }
  await callOAuth(server, 'introspect', { token: secret }, { bearer });
  await server.call('GET', `/oauth2/token?client_secret=${secret}`);
  for (const path of [`?role=${secret}`, `/${secret}`]) {
    await server.call('GET', `/api/v1/forward_auth${path}`, { bearer });
  }
}
