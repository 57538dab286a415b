import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { type Keywright, startKeywright } from '../../packages/testing/src/index.ts';
import { provideLibrary } from '../support/debian-package.ts';
import { waitUntil } from '../support/wait-until.ts';

const examples = path.resolve(import.meta.dirname, '../../examples');
const environment = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };

const pyjwt = await provideLibrary({
  file: '/usr/lib/python3/dist-packages/jwt/__init__.py',
  debianPackage: 'python3-jwt',
});
const cryptography = await provideLibrary({
  file: '/usr/lib/python3/dist-packages/cryptography/__init__.py',
  debianPackage: 'python3-cryptography',
});
const nimbus = findNimbus();

/** Debian has no library for JWTs in Java: the usual one comes by Maven, and is tried where that has fetched it. */
function findNimbus(): { readonly jar: string; readonly skip: false } | { readonly jar: ''; readonly skip: string } {
  const version = '10.10';
  const fetched = `.m2/repository/com/nimbusds/nimbus-jose-jwt/${version}/nimbus-jose-jwt-${version}.jar`;
  const jar = process.env['KEYWRIGHT_TEST_NIMBUS_JAR'] ?? path.join(homedir(), fetched);
  if (existsSync(jar)) return { jar, skip: false };
  return {
    jar: '',
    skip: `needs a JDK and nimbus-jose-jwt: mvn dependency:get -Dartifact=com.nimbusds:nimbus-jose-jwt:${version}`,
  };
}

type Example = ChildProcessByStdio<Writable, Readable, Readable>;

function start(program: string, given: readonly string[], env: Readonly<Record<string, string>>): Example {
  return spawn(program, given, { env: { ...environment, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function run(
  program: string,
  given: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  const child = start(program, given, env);
  child.stdin.on('error', () => undefined).end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out: out.trim(), err: err.trim() };
}

/** Starts an example that listens, works with it, and ends it in order. */
async function serve(
  file: string,
  env: Readonly<Record<string, string>>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const child = start(process.execPath, [path.join(examples, file)], { PORT: '0', ...env });
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

  async function tokenOf(applicationToken: string, at = keywright): Promise<string> {
    return createClient({ baseUrl: at.baseUrl, applicationToken }).authToken();
  }
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
      run(process.execPath, [path.join(examples, 'cron-client/list-expiring-tokens.ts')], {
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

  /** Has a program verify good tokens and bad ones, of a service that signs with the algorithm. */
  async function tryVerifier(algorithm: string, program: string, given: readonly string[]): Promise<void> {
    await using signing = await startKeywright({ settings: { KEYWRIGHT_SIGNING_ALGORITHM: algorithm } });
    await using other = await startKeywright({ settings: { KEYWRIGHT_SIGNING_ALGORITHM: algorithm } });
    const made = await signing.createApplicationToken();
    const good = await tokenOf(made.applicationToken, signing);
    const foreign = await tokenOf((await other.createApplicationToken()).applicationToken, other);
    const keys = (await signing.keys()) as readonly { readonly kid: string; readonly k?: string }[];
    const [secret] = keys.flatMap(({ k }) => k ?? []);
    const env = { KEYWRIGHT_URL: signing.baseUrl, ...(secret === undefined ? {} : { KEYWRIGHT_HS256_K: secret }) };
    const verify = (token: string, more: Readonly<Record<string, string>> = {}) =>
      run(program, given, { ...env, ...more }, token);
    assert.deepEqual(await verify(good), { code: 0, out: `application_token:${made.id}`, err: '' });
    const [header = '', payload = '', signature = ''] = good.split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), roles: ['SuperAdmin'] };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const token of [foreign, `${header}.${forged}.${signature}`, none, 'no token']) {
      const { code, out, err } = await verify(token);
      assert.deepEqual([code, out, err.startsWith('refused: ')], [1, '', true], err);
    }
    const elsewhere = await verify(good, { KEYWRIGHT_AUDIENCE: 'https://api.example.com' });
    assert.deepEqual([elsewhere.code, elsewhere.out], [1, '']);
  }

  for (const algorithm of ['ES256', 'EdDSA', 'HS256']) {
    test(
      `Python's PyJWT verifies ${algorithm}, and refuses what is no token for it`,
      { skip: pyjwt.skip || cryptography.skip },
      () => tryVerifier(algorithm, '/usr/bin/python3', [path.join(examples, 'other-languages/python/verify.py')]),
    );
  }

  describe('in Java', { skip: nimbus.skip }, () => {
    let classPath: string;
    before(async () => {
      const classes = path.join(scratch, 'classes');
      const source = path.join(examples, 'other-languages/java/Verify.java');
      const compiled = await run('javac', ['-cp', nimbus.jar, '-d', classes, source], {});
      assert.equal(compiled.code, 0, compiled.err);
      classPath = [nimbus.jar, classes].join(path.delimiter);
    });
    for (const algorithm of ['ES256', 'HS256']) {
      test(`Nimbus verifies ${algorithm}, and refuses what is no token for it`, () =>
        tryVerifier(algorithm, 'java', ['-cp', classPath, 'Verify']));
    }
  });
});
