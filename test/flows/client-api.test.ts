import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import {
  type Client,
  ClientError,
  createClient,
  createMemoryStorage,
  type Page,
  type Schemas,
} from '../../packages/client/src/index.ts';
import { type ClientWorld, createClientWorld, noTimeout } from '../support/client-world.ts';
import { startTestServer, type TestServer, testPassword } from '../support/test-server.ts';

const username = 'admin@example.com';

describe('the typed calls of a client', () => {
  let server: TestServer;
  let world: ClientWorld;
  let client: Client;

  before(async () => {
    server = await startTestServer({ env: { KEYWRIGHT_RATE_LIMIT: 'off' } });
    const organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username, organisationId });
  });
  after(() => server.close());
  beforeEach(() => {
    world = createClientWorld(server.clock);
    const { environment } = world;
    client = createClient({ baseUrl: server.url, username, password: testPassword, environment, ...noTimeout });
  });

  const failure = (promise: Promise<unknown>): Promise<ClientError> =>
    promise.then(
      () => assert.fail('nothing was thrown'),
      (error: unknown) => {
        assert.ok(error instanceof ClientError, String(error));
        return error;
      },
    );

  test('make, read, change and list', async () => {
    const { id, application_token } = await client.api.createApplicationToken({ body: { description: 'nightly' } });
    assert.match(application_token, /^kwt_/);
    const found: Schemas.ApplicationToken = await client.api.getApplicationToken({ id });
    assert.equal(found.description, 'nightly');
    assert.equal(await client.api.updateApplicationToken({ id, body: { status: { id: 1 } } }), undefined);
    const page: Page<Schemas.ApplicationToken> = await client.api.listApplicationTokens({ q: 'status:1', per_page: 1 });
    assert.deepEqual([page.items.length, page.currentPage, page.countPerPage], [1, 1, 1]);
    assert.deepEqual(await client.api.listRoles(), [
      { id: 1, name: 'Administrator' },
      { id: 2, name: 'User' },
      { id: 3, name: 'Observer' },
      { id: 4, name: 'SuperAdmin' },
      { id: 5, name: 'Service' },
    ]);
  });

  test('answer the id of what was made', async () => {
    const made = await client.api.createUser({ body: { username: 'o’neill+1/2@example.com', name: 'Jack' } });
    const found = await client.api.getUser({ user_id: 'o’neill+1/2@example.com' });
    assert.deepEqual([found.id, found.name], [made.id, 'Jack']);
  });

  test('go through all pages of a collection, also one that shrinks meanwhile', async () => {
    for (let number = 0; number < 7; number += 1) {
      await client.api.createApplicationToken({ body: { description: `paged ${number}` } });
    }
    const q = 'description:paged*';
    const seen: (string | null)[] = [];
    for await (const token of client.all.listApplicationTokens({ q, per_page: 3, sort: '-id' })) {
      seen.push(token.description);
    }
    assert.deepEqual(
      seen,
      [6, 5, 4, 3, 2, 1, 0].map((number) => `paged ${number}`),
    );
    const pages = world.requests.filter(({ url }) => url.includes('page='));
    assert.equal(pages.length, 3);
    let count = 0;
    for await (const { id } of client.all.listApplicationTokens({ q: `${q},status:0`, per_page: 2 })) {
      count += 1;
      await client.api.updateApplicationToken({ id, body: { status: { id: 1 } } });
    }
    assert.equal(count, 4);
  });

  test('read events line by line, as they come', async () => {
    const ids: number[] = [];
    for await (const event of client.api.exportEvents()) ids.push(event.id);
    const { totalCount } = await client.api.listEvents();
    assert.ok(ids.length > 3 && ids.length === totalCount);
    assert.deepEqual(
      ids,
      ids.toSorted((one, other) => one - other),
    );
  });

  test('need no credentials where the call needs none, and send no token there', async () => {
    assert.deepEqual((await client.api.getKeySet()).keys, []);
    assert.deepEqual(await client.api.getHealth(), { status: 'alive' });
    assert.deepEqual(
      world.requests.map(({ authorization }) => authorization),
      [null, null],
    );
  });

  test('fail with the code of the API, its number, its problems and the id of the request', async () => {
    const missing = await failure(client.api.getApplicationToken({ id: 999_999 }));
    assert.deepEqual([missing.code, missing.status, missing.number], ['NotFound', 404, 1201]);
    assert.ok(server.logLines.every((line) => !line.includes('stack')) && (missing.requestId ?? '').length > 5);
    const wrong = await failure(client.api.createApplicationToken({ body: { ip: 'x', expiry_date: 'y' } }));
    assert.deepEqual(
      [wrong.code, wrong.problems.map(({ code, number }) => [code, number])],
      [
        'InputValidationFailed',
        [
          ['InvalidFormat', 1403],
          ['InvalidFormat', 1403],
        ],
      ],
    );
  });

  test('speak OAuth where the API does: forms go out, and its errors are ClientErrors too', async () => {
    const { id, application_token } = await client.api.createApplicationToken({ body: {} });
    const body = { grant_type: 'client_credentials', client_id: String(id) } as const;
    const granted = await client.api.grantAccessToken({ body: { ...body, client_secret: application_token } });
    const seen = await client.api.introspectToken({ body: { token: granted.access_token } });
    assert.deepEqual([granted.token_type, seen.active], ['Bearer', true]);
    const refused = await failure(client.api.grantAccessToken({ body: { ...body, client_secret: 'not the secret' } }));
    assert.deepEqual([refused.code, refused.status], ['InvalidCredentials', 401]);
    assert.match(refused.message, /^invalid_client: ./);
  });

  test('never lead to another call, whatever a parameter holds', async () => {
    for (const user_id of ['', '.', '..']) {
      assert.equal((await failure(client.api.getUser({ user_id }))).code, 'InvalidOptions');
    }
    assert.equal((await failure(client.api.getUser({ user_id: '../event?x=' }))).code, 'NotFound');
    assert.ok(world.requests.every(({ url }) => !url.endsWith('/event')));
  });

  test('are made again where that is safe: reading always, the rest where it was too much', async () => {
    await client.authToken();
    const busy = (status: number) => {
      const answers = [new Response(null, { status })];
      world.intercept(() => answers.pop());
    };
    const before = world.requests.length;
    busy(503);
    await client.api.listRoles();
    busy(429);
    await client.api.createApplicationToken({ body: {} });
    assert.equal(world.requests.length, before + 4);
    busy(503);
    assert.equal((await failure(client.api.createApplicationToken({ body: {} }))).code, 'Unavailable');
    assert.equal(world.requests.length, before + 5);
  });

  test('say so where something else answers than Keywright', async () => {
    await client.authToken();
    for (const answer of [
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      () => new Response('<html>', { status: 404 }),
      () => Response.json({ error_token: '__proto__', message: 'x' }, { status: 418 }),
      () => Response.json({ items: [] }),
    ]) {
      world.intercept(answer);
      assert.equal((await failure(client.api.listUsers())).code, 'UnexpectedAnswer');
    }
  });

  test('of which the caller reads the answer end in time as well, until it begins', async () => {
    await client.authToken();
    const environment = {
      ...world.environment,
      fetch: (_: string, { signal }: RequestInit) =>
        new Promise<Response>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      setTimeout: (callBack: () => void) => setImmediate(callBack),
    };
    const storage = createMemoryStorage();
    const options = { baseUrl: server.url, username, password: testPassword, storage, maxWaitSeconds: 0 };
    await createClient(options).authToken();
    const hanging = createClient({ ...options, environment });
    assert.equal((await failure(hanging.api.exportEvents().next())).code, 'Timeout');
    assert.equal((await failure(hanging.api.followRevocations())).code, 'Timeout');
  });

  test('of lines are sent once somebody reads them, and end with the signal in the midst', async () => {
    await client.authToken();
    world.intercept(() => new Response(null, { status: 500 }));
    client.api.exportEvents();
    await new Promise(setImmediate);
    assert.equal(world.requests.length, 1);
    const leaving = new AbortController();
    world.intercept(() => undefined);
    const environment = {
      ...world.environment,
      async fetch(url: string, init: RequestInit) {
        const answer = await world.environment.fetch(url, init);
        if (!url.endsWith('/export')) return answer;
        const cut = new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"id":1}\n'));
            init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
          },
        });
        return new Response(cut);
      },
    };
    const other = createClient({ baseUrl: server.url, username, password: testPassword, environment, ...noTimeout });
    const lines = other.api.exportEvents({}, { signal: leaving.signal });
    assert.deepEqual(await lines.next(), { done: false, value: { id: 1 } });
    leaving.abort(new Error('enough'));
    await assert.rejects(lines.next(), { message: 'enough' });
  });

  test('end with the signal', async () => {
    await client.authToken();
    world.intercept(() => new Response(null, { status: 503 }));
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(client.api.listRoles({}, { signal }), { message: 'enough' });
    await assert.rejects(client.fetch('/api/v1/user/my', { signal }), { message: 'enough' });
  });

  test('no error and no client shows a secret', async () => {
    const token = await client.authToken();
    const secrets = [testPassword, token, 'a new password, a secret one'];
    const echo = ({ body, authorization }: { body: unknown; authorization: string | null }) =>
      new Error(`sending ${body} with ${authorization}`);
    const answer = ({ body }: { body: unknown }) =>
      Response.json({ error_token: 'InvalidCredentials', error_code: 1101, message: String(body) }, { status: 401 });
    const change = { old_password: testPassword, new_password: 'a new password, a secret one' };
    const shown = [inspect(client, { depth: 9, showHidden: true })];
    for (const given of [echo, answer]) {
      world.intercept(given);
      shown.push(inspect(await failure(client.api.changePassword({ body: change })), { depth: 9, showHidden: true }));
      const { environment } = world;
      for (const credentials of [
        { username, password: testPassword },
        { refreshToken: token },
        { applicationToken: token },
      ]) {
        const other = createClient({ baseUrl: server.url, ...credentials, environment, ...noTimeout });
        shown.push(inspect(await failure(other.authToken()), { depth: 9, showHidden: true }));
      }
    }
    for (const text of shown) for (const secret of secrets) assert.ok(!text.includes(secret), text);
  });
});
