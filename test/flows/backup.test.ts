import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { endCommand, runCommandLine, type ServingCommand, startServing } from '../support/command-line.ts';

const username = 'jane@example.com';
const password = 'quaint otters juggle lemons';
const env = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };

let folder: string;
let servers: ServingCommand[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-backup-'));
});

afterEach(async () => {
  await Promise.all(servers.map(endCommand));
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

async function serve(dataDir: string): Promise<ServingCommand> {
  const server = await startServing(['--data-dir', dataDir], env);
  servers.push(server);
  return server;
}

async function call(server: ServingCommand, method: string, where: string, body?: object, bearer?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(server.url + where, sent);
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

test('a backup made while the server runs, put back elsewhere, knows its users and tokens and what they had signed', async () => {
  const dataDir = path.join(folder, 'data');
  const added = await runCommandLine(['user', 'add', username, '--password-stdin', '--data-dir', dataDir], {
    input: password,
  });
  assert.equal(added.code, 0, added.err);
  const server = await serve(dataDir);
  const { json: tokens } = await call(server, 'POST', '/api/v1/authenticate', { username, password });
  const { json: made } = await call(server, 'POST', '/api/v1/application_token', {}, tokens.auth_token);
  const file = path.join(folder, 'keywright.db');
  const backedUp = await runCommandLine(['backup', file, '--data-dir', dataDir]);
  assert.equal(backedUp.code, 0, backedUp.err);
  assert.match(backedUp.out, /^Backed up to \S+\/keywright\.db \(\d+ bytes\), and checked it\.\n$/);
  const key = path.join(dataDir, 'master.key');
  assert.equal(
    backedUp.err,
    `It is of no use without the master key, which is not in it: keep a copy of ${key} as well, in another place.\n`,
  );
  const revoked = await call(
    server,
    'PATCH',
    `/api/v1/application_token/${made.id}`,
    { status: { id: 1 } },
    tokens.auth_token,
  );
  assert.equal(revoked.status, 204);
  const elsewhere = path.join(folder, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  copyFileSync(file, path.join(elsewhere, 'keywright.db'));
  copyFileSync(key, path.join(elsewhere, 'master.key'));
  const restored = await serve(elsewhere);
  const { status, json } = await call(restored, 'GET', '/api/v1/user/my', undefined, tokens.auth_token);
  assert.deepEqual([status, json.username], [200, username]);
  const refreshed = { refresh_token: tokens.refresh_token };
  assert.equal((await call(restored, 'POST', '/api/v1/authenticate', refreshed)).status, 200);
  // As docs/operation.md says: what was revoked since comes back to life.
  const { application_token } = made;
  assert.equal((await call(server, 'POST', '/api/v1/authenticate', { application_token })).status, 401);
  assert.equal((await call(restored, 'POST', '/api/v1/authenticate', { application_token })).status, 200);
  // What is done about it: application tokens stay, and everything else that was issued before is void.
  const voided = await runCommandLine(['revoke-all', '--data-dir', elsewhere], { env });
  assert.equal(voided.code, 0, voided.err);
  assert.equal((await call(restored, 'GET', '/api/v1/user/my', undefined, tokens.auth_token)).status, 401);
  assert.equal((await call(restored, 'POST', '/api/v1/authenticate', refreshed)).status, 401);
  assert.equal((await call(restored, 'POST', '/api/v1/authenticate', { username, password })).status, 200);
  const verified = await runCommandLine(['event', 'verify', '--data-dir', elsewhere]);
  assert.equal(verified.code, 0, verified.out);
});

test('on PostgreSQL backup says how its own tools do it, and does nothing', async () => {
  const file = path.join(folder, 'keywright.dump');
  const { code, out, err } = await runCommandLine(['backup', file], {
    env: {
      KEYWRIGHT_DATABASE_URL: 'postgres://keywright:MARKED@127.0.0.1:1/keywright',
      KEYWRIGHT_MASTER_KEY: randomBytes(32).toString('base64'),
    },
  });
  assert.deepEqual([code, out], [1, '']);
  assert.equal(
    err,
    `keywright: the database is PostgreSQL, which its own tools back up: (umask 077 && pg_dump --format=custom --file=${file} "$KEYWRIGHT_DATABASE_URL"), with a pg_dump of the server's version or later\n`,
  );
});
