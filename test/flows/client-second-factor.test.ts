import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  type ClientError,
  type ClientOptions,
  createClient,
  createMemoryStorage,
  type SecondFactorQuestion,
} from '../../packages/client/src/index.ts';
import { type ClientWorld, createClientWorld, noTimeout } from '../support/client-world.ts';
import { beginFactor, confirmFactor, enrolTotp, mailedCode, wrongCode } from '../support/second-factor.ts';
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts';
import { claimsOf, startTestServer, type TestServer, testPassword } from '../support/test-server.ts';

describe('a client of a user with a second factor', () => {
  let server: TestServer;
  let organisationId: number;
  let world: ClientWorld;
  let count = 0;

  before(async () => {
    const env = { KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_TRUSTED_DEVICES: 'portal' };
    server = await startTestServer({ env });
    organisationId = (await server.addOrganisation('Acme')).id;
  });
  after(() => server.close());
  beforeEach(() => {
    world = createClientWorld(server.clock);
  });

  const create = (options: Partial<ClientOptions>) =>
    createClient({
      baseUrl: server.url,
      password: testPassword,
      environment: world.environment,
      ...noTimeout,
      ...options,
    });
  async function addUser(organisation = organisationId): Promise<{ username: string; bearer: string }> {
    count += 1;
    const username = `user${count}@example.com`;
    await server.addUser({ username, organisationId: organisation });
    return { username, bearer: (await server.signIn(username)).auth_token };
  }

  test('asks for a code of the app, and gets the tokens', async () => {
    const { username, bearer } = await addUser();
    const app = await enrolTotp(server, bearer);
    const asked: SecondFactorQuestion[] = [];
    const client = create({
      username,
      onSecondFactor(question) {
        asked.push(question);
        return app.code();
      },
    });
    const tokens = await Promise.all([client.authToken(), client.authToken()]);
    assert.equal(tokens[0], tokens[1]);
    assert.deepEqual(
      asked.map(({ methods, attempt }) => [methods, attempt]),
      [[['totp'], 1]],
    );
    assert.deepEqual(claimsOf(tokens[0])['amr'], ['pwd', 'otp']);
    server.clock.advance({ minutes: 241 });
    await client.authToken();
    assert.deepEqual(world.forms(), ['username+password', 'mfa_token+code', 'refresh_token']);
  });

  test('has a code mailed', async () => {
    const { username, bearer } = await addUser();
    const { id } = await beginFactor(server, bearer, 1);
    assert.equal((await confirmFactor(server, bearer, id, { code: await mailedCode(server, username) })).status, 204);
    server.clock.advance({ minutes: 2 });
    const client = create({
      username,
      async onSecondFactor({ methods, challenge }) {
        assert.deepEqual(methods, ['email_code']);
        assert.equal(await challenge('email_code'), undefined);
        return mailedCode(server, username);
      },
    });
    assert.ok(await client.authToken());
  });

  test('has a passkey sign', async () => {
    const { username, bearer } = await addUser();
    const { id, public_key } = await beginFactor(server, bearer, 2);
    const authenticator = createSoftwareAuthenticator(server.url);
    const confirmed = await confirmFactor(server, bearer, id, { credential: authenticator.create(public_key) });
    assert.equal(confirmed.status, 204, confirmed.text);
    const client = create({
      username,
      async onSecondFactor({ challenge }) {
        const options = await challenge('passkey');
        return authenticator.get({ ...options, allowCredentials: [...options.allowCredentials] } as never);
      },
    });
    assert.ok(await client.authToken());
  });

  test('asks once more where the code was wrong, and no third time, which would lock the account', async () => {
    const { username, bearer } = await addUser();
    const app = await enrolTotp(server, bearer);
    const answers = [wrongCode(app), app.code()];
    const patient = create({ username, onSecondFactor: ({ attempt }) => answers[attempt - 1] });
    assert.ok(await patient.authToken());
    const attempts: number[] = [];
    const careless = create({
      username,
      onSecondFactor({ attempt }) {
        attempts.push(attempt);
        return wrongCode(app);
      },
    });
    await assert.rejects(careless.authToken(), { name: 'ClientError', code: 'InvalidCredentials' });
    assert.deepEqual(attempts, [1, 2]);
  });

  test('says that one is needed where nobody gives one, or has yet to be set up', async () => {
    const { username, bearer } = await addUser();
    await enrolTotp(server, bearer);
    const needed = { name: 'ClientError', code: 'SecondFactorNeeded' };
    await assert.rejects(create({ username }).authToken(), needed);
    await assert.rejects(create({ username, onSecondFactor: () => undefined }).authToken(), needed);
    const strict = await server.addOrganisation('Strict');
    const other = await addUser(strict.id);
    const settled = await server.call('PATCH', '/api/v1/organisation/my', {
      bearer: other.bearer,
      body: { mfa_required: true },
    });
    assert.equal(settled.status, 204, settled.text);
    const enrolling = create({ username: other.username, onSecondFactor: () => assert.fail('was asked') });
    await assert.rejects(enrolling.authToken(), needed);
  });

  test('whoever has to find a code has the time that it takes, whatever waits for it', async () => {
    const { username, bearer } = await addUser();
    const app = await enrolTotp(server, bearer);
    const timers = new Set<object>();
    const environment = {
      ...world.environment,
      setTimeout() {
        const timer = {};
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer: unknown) => void timers.delete(timer as object),
    };
    let running = -1;
    const client = create({
      username,
      environment,
      onSecondFactor() {
        running = timers.size;
        return app.code();
      },
    });
    assert.equal((await client.api.getUser({ user_id: 'my' })).username, username);
    assert.deepEqual([running, timers.size], [0, 0]);
  });

  test('what the callback throws comes to the caller as it is', async () => {
    const { username, bearer } = await addUser();
    await enrolTotp(server, bearer);
    const thrown = new Error('the user closed the window');
    const client = create({ username, onSecondFactor: () => Promise.reject(thrown) });
    await assert.rejects(client.authToken(), (error) => error === thrown);
  });

  test('a code that the network may have lost is not sent again', async () => {
    const { username, bearer } = await addUser();
    const app = await enrolTotp(server, bearer);
    const client = create({ username, onSecondFactor: () => app.code() });
    world.intercept(({ body }) => (String(body).includes('"code"') ? new TypeError('fetch failed') : undefined));
    await assert.rejects(client.authToken(), { code: 'Unreachable' });
    assert.deepEqual(world.forms(), ['username+password', 'mfa_token+code']);
  });

  test('a trusted device is asked once in 90 days; its secret, made by the client, stays in the storage', async () => {
    const { username, bearer } = await addUser();
    const app = await enrolTotp(server, bearer);
    const storage = createMemoryStorage();
    let questions = 0;
    const options: Partial<ClientOptions> = {
      username,
      storage,
      trustedDevice: { operatingSystem: 'Linux', browser: 'a test', name: 'the nightly export' },
      onSecondFactor() {
        questions += 1;
        return app.code();
      },
    };
    const first = await create(options).authToken();
    const devices = await server.call('GET', '/api/v1/user/mfa/trusted_device', { bearer: first });
    assert.deepEqual(
      devices.json.map((device: Record<string, unknown>) => [
        device['operating_system'],
        device['browser'],
        device['name'],
      ]),
      [['Linux', 'a test', 'the nightly export']],
    );
    server.clock.advance({ days: 31 });
    await create(options).authToken();
    server.clock.advance({ days: 31 });
    await create(options).authToken();
    assert.equal(questions, 1);
    server.clock.advance({ days: 31 });
    await create(options).authToken();
    assert.equal(questions, 2);
    assert.match(String(await storage.read()), /"fingerprint":"kwd_[A-Za-z0-9_-]{43}"/);
  });

  test('neither a code nor an mfa_token is in an error', async () => {
    const { username, bearer } = await addUser();
    const app = await enrolTotp(server, bearer);
    const code = wrongCode(app);
    const client = create({ username, onSecondFactor: () => code });
    world.intercept(({ body }) => {
      const { mfa_token, code: sent } = JSON.parse(String(body));
      if (sent === undefined) return undefined;
      const echo = {
        error_code: 1101,
        error_token: 'InvalidCredentials',
        message: `${sent} with ${mfa_token} is wrong`,
      };
      return Response.json(echo, { status: 401 });
    });
    const error: ClientError = await client.authToken().then(
      () => assert.fail('was let in'),
      (refused) => refused,
    );
    assert.equal(error.message, '… with … is wrong');
  });
});
