import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ClientError, type ClientOptions, createClient, createMemoryStorage } from '../../packages/client/src/index.ts';
import { type ClientWorld, createClientWorld, noTimeout } from '../support/client-world.ts';
import { claimsOf, startTestServer, type TestServer, testPassword } from '../support/test-server.ts';

const minute = 60_000;
const lifeMinutes = 240;

describe('a client', () => {
  let server: TestServer;
  let applicationToken: string;
  let bearer: string;
  let tokenId: number;
  let world: ClientWorld;
  let count = 0;
  let organisationId: number;

  before(async () => {
    server = await startTestServer({ env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
    organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username: 'admin@example.com', organisationId });
  });
  after(() => server.close());
  beforeEach(async () => {
    bearer = (await server.signIn('admin@example.com')).auth_token;
    ({ application_token: applicationToken, id: tokenId } = await server.createToken(bearer));
    world = createClientWorld(server.clock);
  });

  const create = (options: Partial<ClientOptions> = { applicationToken }) =>
    createClient({ baseUrl: server.url, environment: world.environment, ...noTimeout, ...options });
  async function addUser(): Promise<string> {
    count += 1;
    await server.addUser({ username: `client${count}@example.com`, organisationId, role: 'User' });
    return `client${count}@example.com`;
  }
  const failure = (promise: Promise<unknown>): Promise<ClientError> =>
    promise.then(
      () => assert.fail('nothing was thrown'),
      (error: unknown) => {
        assert.ok(error instanceof ClientError, String(error));
        return error;
      },
    );

  test('1 000 callers at once make one request', async () => {
    const client = create();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.authToken()));
    assert.equal(new Set(tokens).size, 1);
    assert.deepEqual(world.forms(), ['application_token']);
    assert.equal(claimsOf(tokens[0] ?? '')['sub'], `application_token:${tokenId}`);
  });

  test('1 000 callers who would give up have no trouble either, and those who do cost the others nothing', async () => {
    const client = create();
    const leaving = new AbortController();
    const waiting = Array.from({ length: 1000 }, (_, index) =>
      client.authToken({ signal: index % 2 === 0 ? leaving.signal : new AbortController().signal }),
    );
    leaving.abort(new Error('gone'));
    const outcomes = await Promise.allSettled(waiting);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.message : outcome.status)),
      outcomes.map((_, index) => (index % 2 === 0 ? 'gone' : 'fulfilled')),
    );
    assert.equal(world.requests.length, 1);
  });

  test('a token is reused, and renewed ahead while it is still given out', async () => {
    const client = create();
    const first = await client.authToken();
    server.clock.advance({ minutes: lifeMinutes * 0.8 - 1 });
    assert.equal(await client.authToken(), first);
    assert.equal(world.requests.length, 1);
    server.clock.advance({ minutes: lifeMinutes * 0.1 + 1 });
    // Given at once, with another under way.
    assert.equal(await client.authToken(), first);
    await untilOther(client.authToken, first);
    assert.equal(world.requests.length, 2);
  });

  test('whoever was refused with a token gets another one, the same for all, and the present one where that is another', async () => {
    const client = create();
    const refused = await client.authToken();
    const others = await Promise.all(Array.from({ length: 100 }, () => client.authToken({ refused })));
    assert.equal(new Set(others).size, 1);
    assert.notEqual(others[0], refused);
    assert.equal(await client.authToken({ refused }), others[0]);
    assert.equal(await client.authToken(), others[0]);
    assert.equal(world.forms().length, 2);
    client.close();
    assert.equal((await failure(client.authToken({ refused }))).code, 'Closed');
  });

  test('each client renews at a time of its own', async () => {
    const startsAt: number[] = [];
    for (const chance of [0, 0.5, 0.999]) {
      world = createClientWorld(server.clock);
      world.setChance(chance);
      const client = create();
      await client.authToken();
      let minutes = lifeMinutes * 0.75;
      server.clock.advance({ minutes });
      for (; world.requests.length === 1; minutes += 1) {
        await client.authToken();
        await new Promise(setImmediate);
        server.clock.advance({ minutes: 1 });
      }
      startsAt.push(minutes - 1);
    }
    assert.deepEqual(startsAt, [192, 204, 216]);
  });

  test('shortly before a token expires, everybody waits for the next', async () => {
    const client = create();
    const first = await client.authToken();
    server.clock.advance({ minutes: lifeMinutes, ms: -20_000 });
    const next = await Promise.all(Array.from({ length: 100 }, () => client.authToken()));
    assert.deepEqual([new Set(next).size, next.includes(first), world.requests.length], [1, false, 2]);
  });

  test('a token that lives a minute is used for most of it', async () => {
    const { application_token } = await server.createToken(bearer, { auth_token_minutes: 1 });
    const client = create({ applicationToken: application_token });
    const first = await client.authToken();
    server.clock.advance({ seconds: 47 });
    assert.equal(await client.authToken(), first);
    server.clock.advance({ seconds: 8 });
    assert.notEqual(await client.authToken(), first);
  });

  test('a clock that is hours off does not matter: only how long a token lives is taken from it', async () => {
    const ahead = { ...world.environment, now: () => server.clock.now() + 5 * 60 * minute };
    const client = create({ applicationToken, environment: ahead });
    const first = await client.authToken();
    server.clock.advance({ minutes: 180 });
    assert.equal(await client.authToken(), first);
  });

  test('while the service is away the token is given out to its end, and then the error', async () => {
    const client = create({ applicationToken, maxWaitSeconds: 5 });
    const first = await client.authToken();
    world.intercept(() =>
      Object.assign(new Error('fetch failed'), {
        cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      }),
    );
    server.clock.advance({ minutes: lifeMinutes, ms: -20_000 });
    assert.equal(await client.authToken(), first);
    server.clock.advance({ seconds: 20 });
    const error = await failure(client.authToken());
    assert.equal(error.code, 'Unreachable');
    assert.equal(error.message, `${server.url} could not be reached (ECONNREFUSED)`);
    world.intercept(() => undefined);
    assert.notEqual(await client.authToken(), first);
  });

  test('a renewal ahead that fails is tried again, but not at every call', async () => {
    const client = create();
    const first = await client.authToken();
    world.intercept(() => new Response(null, { status: 503 }));
    server.clock.advance({ minutes: lifeMinutes * 0.9 });
    for (let call = 0; call < 50; call += 1) assert.equal(await client.authToken(), first);
    assert.deepEqual([world.requests.length, world.pauses.length], [2, 0]);
    server.clock.advance({ seconds: 31 });
    world.intercept(() => undefined);
    assert.equal(await client.authToken(), first);
    await untilOther(client.authToken, first);
  });

  describe('that has to try again', () => {
    const failing = (answers: (Response | Error)[]) => world.intercept(() => answers.shift());
    const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

    test('waits longer each time, by half at random', async () => {
      failing(Array.from({ length: 4 }, () => answer(503)));
      world.setChance(0);
      await create().authToken();
      failing(Array.from({ length: 4 }, () => new TypeError('fetch failed')));
      world.setChance(0.5);
      await create().authToken();
      assert.deepEqual(world.pauses, [250, 500, 1000, 2000, 375, 750, 1500, 3000]);
    });

    test('waits as many seconds as Retry-After says, and a little more', async () => {
      failing([answer(429, { 'retry-after': '7' }), answer(503, { 'retry-after': '0' })]);
      world.setChance(0.5);
      await create().authToken();
      assert.deepEqual(world.pauses, [7350, 525]);
    });

    test('waits until the date that Retry-After says, by the clock of the answer', async () => {
      const at = (seconds: number) => new Date(Date.UTC(2001, 0, 1) + seconds * 1000).toUTCString();
      failing([
        answer(503, { date: at(0), 'retry-after': at(12) }),
        answer(503, { date: at(50), 'retry-after': at(40) }),
      ]);
      world.setChance(0);
      await create().authToken();
      assert.deepEqual(world.pauses, [12_000, 500]);
    });

    test('gives up where it would take longer than it may, and asks nobody before the time has come', async () => {
      const client = create();
      failing([answer(429, { 'retry-after': '300' })]);
      const error = await failure(client.authToken());
      assert.deepEqual([error.code, error.status, error.retryAfterSeconds], ['TooManyRequests', 429, 300]);
      server.clock.advance({ seconds: 100 });
      assert.equal((await failure(client.authToken())).retryAfterSeconds, 200);
      assert.deepEqual([world.requests.length, world.pauses.length], [1, 0]);
      server.clock.advance({ seconds: 200 });
      await client.authToken();
    });

    test('stops in time, whatever the service says', async () => {
      world.intercept(() => answer(503, { 'retry-after': '2' }));
      const begun = server.clock.now();
      const error = await failure(create({ applicationToken, maxWaitSeconds: 20 }).authToken());
      assert.equal(error.code, 'Unavailable');
      assert.ok(server.clock.now() - begun <= 20_000 && world.pauses.length >= 8);
    });

    test('waits no longer once all who wait have gone, and begins anew for the next', async () => {
      const pauses: (() => void)[] = [];
      const environment = {
        ...world.environment,
        setTimeout: (callBack: () => void, ms: number) => void (ms < 100_000 && pauses.push(callBack)),
      };
      world.intercept(() => answer(503));
      const client = create({ applicationToken, environment });
      const leaving = new AbortController();
      const waiting = client.authToken({ signal: leaving.signal });
      while (pauses.length === 0) await new Promise(setImmediate);
      leaving.abort(new Error('gone'));
      await assert.rejects(waiting, { message: 'gone' });
      world.intercept(() => undefined);
      await client.authToken();
      assert.equal(world.requests.length, 2);
    });

    test('is closed: whoever waits hears of it', async () => {
      world.intercept(() => answer(503));
      const pauses: number[] = [];
      const setTimeout = (_: () => void, ms: number) => void (ms < 10_000 && pauses.push(ms));
      const client = create({ applicationToken, environment: { ...world.environment, setTimeout } });
      const waiting = [client.authToken(), client.fetch('/healthz'), client.api.getHealth()];
      while (pauses.length < 2) await new Promise(setImmediate);
      client.close();
      for (const one of waiting) assert.equal((await failure(one)).code, 'Closed');
      assert.equal((await failure(client.authToken())).code, 'Closed');
    });

    test('does not wait for a request without end', async () => {
      const client = createClient({
        baseUrl: server.url,
        applicationToken,
        maxWaitSeconds: 0,
        timeoutSeconds: 3,
        environment: {
          ...world.environment,
          fetch: (_, { signal }) =>
            new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        },
      });
      const error = await failure(client.authToken());
      assert.deepEqual([error.code, world.pauses], ['Timeout', [3000]]);
    });
  });

  describe('whose credentials are refused', () => {
    test('sends a wrong password once, so that it never locks the account', async () => {
      const username = await addUser();
      const client = create({ username, password: 'not the password' });
      for (let call = 0; call < 10; call += 1) {
        const error = await failure(client.authToken());
        assert.deepEqual([error.code, error.status, error.number], ['InvalidCredentials', 401, 1101]);
      }
      assert.deepEqual(world.forms(), ['username+password']);
      assert.equal((await server.authenticate({ username, password: testPassword })).status, 200);
      server.clock.advance({ seconds: 300 });
      await failure(client.authToken());
      assert.equal(world.requests.length, 2);
    });

    test('takes a secret that was replaced at once', async () => {
      let secret = applicationToken;
      const client = create({ applicationToken: async () => `${secret}\n` });
      await client.authToken();
      const rotated = await server.call('POST', `/api/v1/application_token/${tokenId}/rotate`, { bearer });
      server.clock.advance({ minutes: lifeMinutes + 1 });
      assert.equal((await failure(client.authToken())).code, 'InvalidToken');
      assert.equal((await failure(client.authToken())).code, 'InvalidToken');
      secret = rotated.json.application_token;
      await client.authToken();
      assert.equal(world.requests.length, 3);
    });

    test('waits out the lock of an account', async () => {
      const username = await addUser();
      for (let guess = 0; guess < 3; guess += 1) await server.authenticate({ username, password: 'wrong' });
      const client = create({ username, password: testPassword });
      const error = await failure(client.authToken());
      assert.deepEqual([error.code, error.retryAfterSeconds], ['TooManyRequests', 300]);
      server.clock.advance({ seconds: 299 });
      await failure(client.authToken());
      assert.equal(world.requests.length, 1);
      server.clock.advance({ seconds: 1 });
      await client.authToken();
    });
  });

  describe('with a refresh token', () => {
    test('signs in once, and then refreshes', async () => {
      const username = await addUser();
      const client = create({ username, password: testPassword });
      for (let round = 0; round < 3; round += 1) {
        await client.authToken();
        server.clock.advance({ minutes: lifeMinutes });
      }
      assert.deepEqual(world.forms(), ['username+password', 'refresh_token', 'refresh_token']);
    });

    test('falls back to username and password where it is refused, also in the midst of a call', async () => {
      const username = await addUser();
      const { refresh_token: refreshToken } = await server.signIn(username);
      const client = create({ refreshToken, username, password: testPassword });
      const first = await client.authToken();
      const ended = await server.call('DELETE', '/api/v1/user/my/session', { bearer: first });
      assert.equal(ended.status, 204);
      const answer = await client.fetch('/api/v1/user/my');
      assert.equal(answer.status, 200);
      assert.deepEqual(world.forms(), ['refresh_token', 'refresh_token', 'username+password']);
    });

    test('says that it was refused where there is nothing else, and does not send it again', async () => {
      const username = await addUser();
      const { refresh_token: refreshToken, auth_token } = await server.signIn(username);
      await server.call('DELETE', '/api/v1/user/my/session', { bearer: auth_token });
      const client = create({ refreshToken });
      for (let call = 0; call < 3; call += 1) assert.equal((await failure(client.authToken())).code, 'InvalidToken');
      assert.equal(world.requests.length, 1);
    });

    test('goes on with what the storage holds after a restart, but for nobody else', async () => {
      const [username, other] = [await addUser(), await addUser()];
      const storage = createMemoryStorage();
      const first = await create({ username, password: testPassword, storage }).authToken();
      assert.equal(await create({ username, password: testPassword, storage }).authToken(), first);
      assert.equal(await create({ storage }).authToken(), first);
      assert.equal(world.requests.length, 1);
      const own = await create({ username: other, password: testPassword, storage }).authToken();
      assert.notEqual(claimsOf(own)['sub'], claimsOf(first)['sub']);
    });
  });

  /** Asks until another token comes, as a renewal ahead ends when it ends. */
  async function untilOther(ask: () => Promise<string>, first: string): Promise<void> {
    while ((await ask()) === first) await new Promise(setImmediate);
  }
});
