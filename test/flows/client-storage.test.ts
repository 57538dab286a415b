import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createFileStorage } from '../../packages/client/src/file-storage.ts';
import { type ClientOptions, createClient, createMemoryStorage } from '../../packages/client/src/index.ts';
import { type ClientWorld, createClientWorld, noTimeout } from '../support/client-world.ts';
import { startTestServer, type TestServer, testPassword } from '../support/test-server.ts';

const username = 'user@example.com';

describe('a client where refresh tokens are rotated', () => {
  let server: TestServer;
  let world: ClientWorld;
  let folder: string;

  before(async () => {
    server = await startTestServer({ env: { KEYWRIGHT_RATE_LIMIT: 'off', KEYWRIGHT_REFRESH_ROTATION: 'on' } });
    const organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username, organisationId });
    folder = await mkdtemp(path.join(tmpdir(), 'keywright-client-'));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    world = createClientWorld(server.clock);
  });

  const create = (options: Partial<ClientOptions>) =>
    createClient({ baseUrl: server.url, environment: world.environment, ...noTimeout, ...options });
  const kept = (text: string | undefined) => JSON.parse(text ?? '{}').tokens;

  test('keeps each next refresh token before it gives out the auth token that came with it', async () => {
    const memory = createMemoryStorage();
    /** Gives, once the client writes, what lets it. */
    let writing = Promise.withResolvers<() => void>();
    const storage = {
      read: memory.read,
      async write(text: string) {
        const allowed = Promise.withResolvers<void>();
        writing.resolve(allowed.resolve);
        await allowed.promise;
        await memory.write(text);
      },
    };
    const { refresh_token: refreshToken } = await server.signIn(username);
    const client = create({ refreshToken, storage });
    let before = refreshToken;
    for (let round = 0; round < 3; round += 1) {
      let isGivenOut = false;
      const waiting = client.authToken().then((token) => {
        isGivenOut = true;
        return token;
      });
      const allow = await writing.promise;
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      assert.equal(isGivenOut, false);
      writing = Promise.withResolvers();
      allow();
      const token = await waiting;
      const { authToken, refreshToken: next } = kept(await memory.read());
      assert.equal(authToken.value, token);
      assert.notEqual(next, before);
      before = next;
      server.clock.advance({ minutes: 240 });
    }
    assert.deepEqual(world.forms(), Array(3).fill('refresh_token'));
  });

  test('asks for no other token where one could not be kept, but keeps that first', async () => {
    const memory = createMemoryStorage();
    let isBroken = true;
    const storage = {
      read: memory.read,
      write(text: string) {
        if (isBroken) throw Object.assign(new Error(`ENOSPC while writing ${text}`), { code: 'ENOSPC' });
        return memory.write(text);
      },
    };
    const { refresh_token: refreshToken } = await server.signIn(username);
    const client = create({ refreshToken, storage });
    for (let call = 0; call < 3; call += 1) {
      await assert.rejects(client.authToken(), {
        code: 'StorageFailed',
        message: 'The token storage could not be written (ENOSPC)',
      });
    }
    isBroken = false;
    assert.equal(await client.authToken(), kept(await memory.read()).authToken.value);
    assert.deepEqual(world.forms(), ['refresh_token']);
    server.clock.advance({ minutes: 241 });
    await create({ refreshToken, storage }).authToken();
  });

  test('goes on from the token that was kept, not from the one that it was given once', async () => {
    const storage = createMemoryStorage();
    const { refresh_token: refreshToken } = await server.signIn(username);
    for (let start = 0; start < 4; start += 1) {
      await create({ refreshToken, storage }).authToken();
      server.clock.advance({ days: 1 });
    }
    // To use the first again would have ended the session.
    assert.deepEqual(world.forms(), Array(4).fill('refresh_token'));
  });

  test('takes a refresh token of another session that it is given, whatever is kept', async () => {
    const storage = createMemoryStorage();
    const [first, second] = [await server.signIn(username), await server.signIn(username)];
    await create({ refreshToken: first.refresh_token, storage }).authToken();
    await create({ refreshToken: second.refresh_token, storage }).authToken();
    assert.deepEqual(
      world.requests.map(({ body }) => JSON.parse(String(body)).refresh_token),
      [first.refresh_token, second.refresh_token],
    );
  });

  test('shares a file with other processes: who is faster renews for all', async () => {
    const file = path.join(folder, 'deep', 'down', 'tokens');
    const clients = Array.from({ length: 3 }, () =>
      create({ username, password: testPassword, storage: createFileStorage(file) }),
    );
    for (let round = 0; round < 3; round += 1) {
      const tokens: string[] = [];
      for (const client of clients) tokens.push(await client.authToken());
      assert.equal(new Set(tokens).size, 1);
      server.clock.advance({ minutes: 240 });
    }
    assert.deepEqual(world.forms(), ['username+password', 'refresh_token', 'refresh_token']);
    const { mode } = await stat(file);
    assert.equal(mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(path.dirname(file)), ['tokens']);
    assert.ok(kept(await readFile(file, 'utf8')).refreshToken);
  });
});
