import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { type Keywright, startControlServer, startKeywright } from '../../packages/testing/src/index.ts';
import { createVerifier } from '../../packages/verifier/src/index.ts';
import { type Answer, claimsOf } from '../support/test-server.ts';

describe('a Keywright in a test’s own process', () => {
  let keywright: Keywright;
  before(async () => {
    keywright = await startKeywright({ startAt: new Date('2030-01-01') });
  });
  after(() => keywright.close());

  interface Answered {
    readonly status: number;
    readonly retryAfter: string | null;
    readonly json: Answer['json'];
  }
  const post = async (url: string, body: object, type = 'application/json'): Promise<Answered> => {
    const headers = { 'content-type': type };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), json: await answer.json() };
  };
  const authenticate = (body: object): Promise<Answered> => post(`${keywright.baseUrl}/api/v1/authenticate`, body);
  const signIn = ({ username, password }: { username: string; password: string }): Promise<Answered> =>
    authenticate({ username, password });
  const clientOf = (applicationToken: string) =>
    createClient({ baseUrl: keywright.baseUrl, applicationToken, environment: { now: keywright.clock.now } });

  test('has a clock that stands still until it is turned, and expires tokens by it', async () => {
    assert.equal(new Date(keywright.clock.now()).toISOString(), '2030-01-01T00:00:00.000Z');
    const { json } = await signIn(await keywright.createUser());
    const call = () =>
      fetch(`${keywright.baseUrl}/api/v1/user/my`, { headers: { authorization: `Bearer ${json.auth_token}` } });
    assert.equal((await call()).status, 200);
    await keywright.advance('239m 59s');
    assert.equal((await call()).status, 200);
    await keywright.advance('1s');
    assert.equal((await call()).status, 401);
    assert.equal(keywright.clock.now(), Date.UTC(2030, 0, 1, 4));
    for (const wrong of ['', '241', '241 minutes', '-1m', '1m oder 2m']) {
      await assert.rejects(keywright.advance(wrong), RangeError);
    }
  });

  test('makes users and application tokens as they are asked for', async () => {
    const observer = await keywright.createUser({ username: 'o@example.com', role: 'Observer', organisation: 'Acme' });
    const colleague = await keywright.createUser({ organisation: 'Acme' });
    const [first, second] = [await signIn(observer), await signIn(colleague)];
    const { roles, org } = claimsOf(first.json.auth_token);
    assert.deepEqual([roles, org], [['Observer'], claimsOf(second.json.auth_token)['org']]);
    assert.equal((org as { name: string }).name, 'Acme');
    const { applicationToken } = await keywright.createApplicationToken({
      user: colleague,
      authTokenMinutes: 5,
      roles: ['User'],
    });
    const claims = claimsOf((await authenticate({ application_token: applicationToken })).json.auth_token);
    assert.deepEqual([Number(claims['exp']) - Number(claims['iat']), claims['roles']], [300, ['User']]);
    const expiring = await keywright.createApplicationToken({ expiresAt: new Date(keywright.clock.now() + 60_000) });
    await keywright.advance('1m');
    assert.equal((await authenticate({ application_token: expiring.applicationToken })).json.error_code, 1103);
    await assert.rejects(keywright.createUser({ username: 'no address' }), /username/);
    await assert.rejects(keywright.createApplicationToken({ ip: '10.0.0.1/8' }), /ip/);
    for (const role of ['Nobody', 'Service', 'toString'] as never[]) {
      await assert.rejects(keywright.createUser({ role }), /no role here: take one of Administrator, /);
    }
    await assert.rejects(keywright.createApplicationToken({ roles: ['Nobody' as never] }), /"Nobody" is no role/);
  });

  test('revokes by an application token, by its auth token, and by either of a session’s tokens', async () => {
    const made = await Promise.all([keywright.createApplicationToken(), keywright.createApplicationToken()]);
    const secrets = made.map(({ applicationToken }) => applicationToken);
    await keywright.revoke(secrets[0] ?? '');
    await keywright.revoke((await authenticate({ application_token: secrets[1] })).json.auth_token);
    for (const secret of secrets) assert.equal((await authenticate({ application_token: secret })).status, 401);
    const user = await keywright.createUser();
    for (const kind of ['auth_token', 'refresh_token']) {
      const { json } = await signIn(user);
      await keywright.revoke(json[kind]);
      assert.equal((await authenticate({ refresh_token: json.refresh_token })).status, 401);
    }
    await assert.rejects(keywright.revoke('no token'));
  });

  test('locks an account, wherever it has signed in from, for five minutes of its clock', async () => {
    const user = await keywright.createUser();
    assert.equal((await signIn(user)).status, 200);
    await keywright.lock(user);
    await keywright.lock(user.username);
    assert.deepEqual([(await signIn(user)).status, (await signIn(user)).retryAfter], [429, '300']);
    await keywright.advance('5m');
    assert.equal((await signIn(user)).status, 200);
    await keywright.lock(user);
    await keywright.unlock(user);
    assert.equal((await signIn(user)).status, 200);
    await keywright.suspend(user);
    assert.equal((await signIn(user)).status, 401);
    await keywright.activate(user);
    assert.equal((await signIn(user)).status, 200);
  });

  test('lets requests fail: as many, of such a path, and then no more', async () => {
    const { applicationToken } = await keywright.createApplicationToken();
    const get = (path: string) => fetch(keywright.baseUrl + path).then(({ status }) => status);
    keywright.failNext(503, { path: '/readyz', times: 2 });
    assert.deepEqual(
      [await get('/healthz'), await get('/readyz'), await get('/readyz'), await get('/readyz')],
      [200, 503, 503, 200],
    );
    keywright.failNext(429, { retryAfterSeconds: 7 });
    const refused = await authenticate({ application_token: applicationToken });
    assert.deepEqual([refused.status, refused.retryAfter, refused.json.error_token], [429, '7', 'TooManyRequests']);
    keywright.failNext('disconnect');
    await assert.rejects(get('/healthz'));
    assert.equal(await get('/healthz'), 200);
    assert.throws(() => keywright.failNext(418 as never), RangeError);
    assert.throws(() => keywright.failNext(429, { times: 0 }), RangeError);
  });

  test('a client over it renews, and goes on after a 401 with another token', async () => {
    const { applicationToken } = await keywright.createApplicationToken();
    const client = clientOf(applicationToken);
    const first = await client.authToken();
    keywright.failNext(401, { path: '/api/v1/user' });
    assert.equal((await client.fetch('/api/v1/user/my')).status, 200);
    assert.notEqual(await client.authToken(), first);
  });

  test('speaks to those who follow its revocations while its clock stands still', async () => {
    const { applicationToken } = await keywright.createApplicationToken();
    const answer = await clientOf(applicationToken).api.followRevocations();
    const decoder = new TextDecoder();
    let heard = '';
    for await (const chunk of answer.body ?? []) {
      heard += decoder.decode(chunk);
      if (heard.split('event: current').length === 3) break;
    }
    assert.equal(heard.split('event: current').length, 3);
  });

  test('gives the keys to verify with; tokens of the key before still verify after a rotation', async () => {
    for (const algorithm of ['HS256', 'EdDSA']) {
      await using other = await startKeywright({ settings: { KEYWRIGHT_SIGNING_ALGORITHM: algorithm } });
      const { applicationToken } = await other.createApplicationToken();
      const client = createClient({ baseUrl: other.baseUrl, applicationToken, environment: { now: other.clock.now } });
      const before = await client.authToken();
      await other.rotateKeys();
      await other.advance('241m');
      const after = await client.authToken();
      const keys = (await other.keys()) as never;
      for (const [token, now] of [
        [before, other.clock.now() - 240 * 60_000] as const,
        [after, other.clock.now()] as const,
      ]) {
        const { issuer, audience } = other;
        const verifier = createVerifier({
          issuer,
          audience,
          keys,
          allowSharedSecret: true,
          environment: { now: () => now },
        });
        assert.equal((await verifier.verify(token)).iss, issuer);
      }
    }
  });

  test('has a store of its own, whatever the settings, which is gone at the end', async () => {
    const { TMPDIR } = process.env;
    const folder = await mkdtemp(path.join(tmpdir(), 'keywright-testing-'));
    process.env['TMPDIR'] = folder;
    try {
      const settings = { KEYWRIGHT_DATA_DIR: '/nowhere', KEYWRIGHT_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
      const other = await startKeywright({ settings });
      await other.createUser();
      assert.equal((await readdir(folder)).length, 1);
      await other.close();
      await assert.rejects(fetch(`${other.baseUrl}/healthz`));
      assert.deepEqual([await readdir(folder), existsSync('/nowhere')], [[], false]);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      await rm(folder, { recursive: true });
    }
  });

  test('is controlled over loopback by programs in other languages', async () => {
    const control = await startControlServer(keywright);
    const call = (where: string, body: object, type?: string) => post(control.url + where, body, type);
    const read = async (where: string): Promise<Answer['json']> => (await fetch(control.url + where)).json();
    const user = (await call('/user', { username: 'controlled@example.com' })).json;
    const { application_token } = (await call('/application_token', { username: user.username })).json;
    assert.equal((await authenticate({ application_token })).status, 200);
    await call('/lock', { username: user.username });
    assert.equal((await signIn(user)).status, 429);
    await call('/unlock', { username: user.username });
    await call('/suspend', { username: user.username });
    assert.equal((await authenticate({ application_token })).status, 401);
    await call('/activate', { username: user.username });
    await call('/fail_next', { failure: 503, retry_after_seconds: 9 });
    assert.equal((await authenticate({ application_token })).retryAfter, '9');
    await call('/revoke', { token: application_token });
    assert.equal((await authenticate({ application_token })).status, 401);
    const before = keywright.clock.now();
    assert.deepEqual((await call('/advance', { by: '1h' })).json, { now: new Date(before + 3_600_000).toISOString() });
    await call('/rotate_keys', {});
    assert.ok((await read('/keys')).keys.length >= 3);
    assert.equal((await read('/')).base_url, keywright.baseUrl);
    const turned = keywright.clock.now();
    const wrong = [
      await call('/advance', { by: 1 }),
      await call('/lock', {}),
      await call('/application_token', { roles: 'Observer' }),
      await call('/application_token', { expiry_date: 'soon' }),
      await call('/user', { role: 'Nobody' }),
      await call('/user', []),
      await call('/advance', { by: '1h' }, 'text/plain'),
    ];
    assert.equal(keywright.clock.now(), turned);
    assert.deepEqual(
      wrong.map(({ status }) => status),
      wrong.map(() => 400),
    );
    assert.equal((await call('/nothing', {})).status, 404);
    await call('/close', {});
    await control.closeRequested;
    await control.close();
  });

  test('is one command for them, which prints where it is, and ends when it is asked to', async () => {
    const bin = path.resolve(import.meta.dirname, '../../packages/testing/bin/keywright-testing.js');
    const start = ['--start-at', '2001-01-01T00:00:00Z', '--setting', 'KEYWRIGHT_SIGNING_ALGORITHM=ES256'];
    for (const end of ['SIGTERM', 'close']) {
      const child = spawn(process.execPath, [bin, ...start], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const [line] = await once(createInterface(child.stdout), 'line');
        const { base_url, control_url, issuer, now } = JSON.parse(line);
        assert.deepEqual([issuer, now], [base_url, '2001-01-01T00:00:00.000Z']);
        const { json } = await post(`${control_url}/application_token`, {});
        const answer = await post(`${base_url}/api/v1/authenticate`, { application_token: json.application_token });
        assert.equal(claimsOf(answer.json.auth_token)['iat'], Date.UTC(2001, 0, 1) / 1000);
        if (end === 'close') await post(`${control_url}/close`, {});
        else child.kill('SIGTERM');
        assert.deepEqual(await once(child, 'exit'), [0, null]);
      } finally {
        child.kill('SIGKILL');
      }
    }
    const sh = spawn('/bin/sh', ['-c', `"$0" "$@"; exit`, process.execPath, bin], {
      env: { PATH: process.env['PATH'] ?? '', npm_lifecycle_event: 'npx' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface(sh.stdout), 'line');
    const outputEnded = once(sh.stdout, 'close');
    // As npx does with a SIGTERM of its own: the command itself hears of nothing.
    sh.kill('SIGTERM');
    await outputEnded;
    for (const wrong of [['--start-at', 'x'], ['--setting', 'x'], ['--control-port', 'x'], ['--x'], ['--port', 'x']]) {
      const child = spawn(process.execPath, [bin, ...wrong], { stdio: ['ignore', 'pipe', 'pipe'] });
      const said = await text(child.stderr);
      assert.match(said, /^keywright-testing: .*x/);
    }
  });
});
