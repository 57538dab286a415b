import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { type Keywright, startKeywright } from '../../packages/testing/src/index.ts';
import { runProgram, startProgram } from '../support/run-program.ts';
import { waitUntil } from '../support/wait-until.ts';

const examples = path.resolve(import.meta.dirname, '../../examples');

/** Starts an example that listens, works with it, and ends it in order. */
async function serve(
  file: string,
  env: Readonly<Record<string, string>>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const child = startProgram(process.execPath, [path.join(examples, file)], { PORT: '0', ...env });
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  }
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const findUrl = (): string | undefined => /listening on (\S+)/.exec(said)?.[1];
  try {
    await waitUntil('the example listens, or ends', 60, () => findUrl() !== undefined || isOver);
    const url = findUrl();
    assert.ok(url, said);
    await work(url);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

describe('the examples', () => {
  let keywright: Keywright;
  let scratch: string;
  before(async () => {
    keywright = await startKeywright({ settings: { KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' } });
    scratch = await mkdtemp(path.join(tmpdir(), 'keywright-examples-'));
  });
  after(async () => {
    await keywright.close();
    await rm(scratch, { recursive: true });
  });

  const tokenOf = (applicationToken: string): Promise<string> =>
    createClient({ baseUrl: keywright.baseUrl, applicationToken }).authToken();
  const call = (url: string, token?: string, method = 'GET') =>
    fetch(url, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

  async function tryApi(url: string): Promise<void> {
    const administrator = await keywright.createApplicationToken();
    const observer = await keywright.createApplicationToken({ roles: ['Observer'] });
    const [mayDelete, mayRead] = [
      await tokenOf(administrator.applicationToken),
      await tokenOf(observer.applicationToken),
    ];
    assert.equal((await call(`${url}/health`)).status, 200);
    const read = await call(`${url}/measurements`, mayRead);
    assert.deepEqual(await read.json(), {
      organisation: 'Test',
      asked_by: `application_token:${observer.id}`,
      measurements: [],
    });
    const refused = await call(`${url}/measurements`);
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')?.startsWith('Bearer')], [401, true]);
    assert.equal((await call(`${url}/measurements`, `${mayRead}x`)).status, 401);
    assert.equal((await call(`${url}/measurements`, mayRead, 'DELETE')).status, 403);
    assert.equal((await call(`${url}/measurements`, mayDelete, 'DELETE')).status, 204);
  }

  test('an API on Express lets in whoever has a token, and to what its roles allow', async () => {
    await serve('express-api/server.ts', { KEYWRIGHT_URL: keywright.baseUrl }, tryApi);
  });

  test('an API on Fastify does so too, and refuses a token once it hears of its end', async () => {
    const own = await keywright.createApplicationToken();
    const env = { KEYWRIGHT_URL: keywright.baseUrl, KEYWRIGHT_APPLICATION_TOKEN: own.applicationToken };
    await serve('fastify-api/server.ts', env, async (url) => {
      await tryApi(url);
      const { applicationToken } = await keywright.createApplicationToken();
      const token = await tokenOf(applicationToken);
      assert.equal((await call(`${url}/measurements`, token)).status, 200);
      await keywright.revoke(applicationToken);
      await waitUntil(
        'the token is refused',
        10,
        async () => (await call(`${url}/measurements`, token)).status === 401,
      );
    });
  });

  test('a job for cron names what expires, keeps its token in a file, and says what went wrong', async () => {
    const secretFile = path.join(scratch, 'application-token');
    const stateFile = path.join(scratch, 'state', 'tokens');
    const { applicationToken } = await keywright.createApplicationToken();
    await writeFile(secretFile, `${applicationToken}\n`);
    const soon = new Date(keywright.clock.now() + 5 * 24 * 60 * 60 * 1000);
    await keywright.createApplicationToken({ description: 'expires soon', expiresAt: soon });
    const env = { KEYWRIGHT_APPLICATION_TOKEN_FILE: secretFile, STATE_FILE: stateFile };
    const job = (url: string) =>
      runProgram(process.execPath, [path.join(examples, 'cron-client/list-expiring-tokens.ts')], {
        ...env,
        KEYWRIGHT_URL: url,
      });
    const first = await job(keywright.baseUrl);
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.match(first.out, new RegExp(`^\\d+\t${soon.toISOString()}\texpires soon$`));
    assert.equal((await stat(stateFile)).mode & 0o777, 0o600);
    const kept = await readFile(stateFile, 'utf8');
    // Another exchange would fail.
    keywright.failNext(500, { path: '/api/v1/authenticate' });
    assert.deepEqual(await job(keywright.baseUrl), first);
    assert.equal(await readFile(stateFile, 'utf8'), kept);
    assert.equal((await fetch(`${keywright.baseUrl}/api/v1/authenticate`, { method: 'POST' })).status, 500);
    await keywright.revoke(applicationToken);
    await rm(stateFile);
    assert.deepEqual(await job(keywright.baseUrl), { code: 1, out: '', err: 'InvalidToken: Invalid token' });
  });
});
