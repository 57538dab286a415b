import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  type CommandEnvironment,
  type CommandOutcome,
  endCommand,
  runCommandLine,
  type ServingCommand,
  startServing,
} from '../support/command-line.ts';
import { type MailSink, startMailSink } from '../support/mail-sink.ts';
import { modeOf } from '../support/received-mail.ts';
import { waitUntil } from '../support/wait-until.ts';

const username = 'jane@example.com';
const password = 'quaint otters juggle lemons';

let folder: string;
let servers: ServingCommand[] = [];
let sink: MailSink | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-mail-'));
});

afterEach(async () => {
  await Promise.all(servers.map(endCommand));
  servers = [];
  await sink?.stop();
  sink = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: CommandEnvironment = {}): Promise<ServingCommand> {
  const server = await startServing(['--data-dir', folder], env);
  servers.push(server);
  return server;
}

const run = (command: string, env: CommandEnvironment = {}): Promise<CommandOutcome> =>
  runCommandLine([...command.split(' '), '--data-dir', folder], { env });

async function addJane(): Promise<void> {
  const argv = ['user', 'add', username, '--password-stdin', '--data-dir', folder];
  assert.equal((await runCommandLine(argv, { input: password })).code, 0);
}

async function post(server: ServingCommand, where: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(server.url + where, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

function outbox(): string[] {
  try {
    return readdirSync(path.join(folder, 'outbox'));
  } catch {
    return [];
  }
}

test('without a mail server the start says where mails go, and each is a whole file there, for its owner alone', async () => {
  await addJane();
  const server = await start();
  const file = path.join(folder, 'outbox');
  assert.ok(server.written.err.includes(`Mails go nowhere but to ${file}`), server.written.err);
  assert.equal(await post(server, '/api/v1/user/password_reset', { username }), 204);
  await waitUntil('the mail is in the outbox', 10, () => outbox().some((name) => name.endsWith('.eml')));
  const [name = '', ...others] = outbox();
  assert.deepEqual(others, []);
  assert.equal(await modeOf(path.join(file, name)), 0o600);
  const text = readFileSync(path.join(file, name), 'utf8');
  const [, key = ''] = /^http:\S+\/activation\?activationKey=(\S+)$/m.exec(text) ?? [];
  const body = { activationKey: key, password: 'another one of mine' };
  assert.equal(await post(server, '/api/v1/user/activation', body), 204);
  assert.equal(await post(server, '/api/v1/authenticate', { username, password: body.password }), 200);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.equal(server.written.out.includes(key.slice(40)), false, 'and the key is in no log');
});

test('a mail queued while the mail server is down is listed without its contents, and arrives after a restart', async () => {
  await addJane();
  sink = await startMailSink();
  await sink.stop();
  const env = { KEYWRIGHT_SMTP_URL: sink.url };
  const server = await start(env);
  assert.equal(server.written.err.includes('Mails go nowhere'), false);
  assert.equal(await post(server, '/api/v1/user/password_reset', { username }), 204);
  await server.waitFor('out', /"msg":"A mail could not be delivered and is tried again"/);
  const listed = await run('mail list --json');
  const { waiting, mails } = JSON.parse(listed.out);
  assert.equal(waiting, 1);
  assert.deepEqual([mails[0].template, mails[0].to, mails[0].attempts], ['password_reset', username, 1]);
  assert.match(mails[0].last_error, /ECONNREFUSED|ESOCKET/);
  assert.equal(listed.out.includes('activationKey'), false);
  assert.match((await run('mail list')).out, /^ID +TEMPLATE +TO .*\n\d+ +password_reset +jane@example\.com /);
  server.child.kill('SIGKILL');
  await server.ended;
  await sink.start();
  const retried = await run('mail retry');
  assert.deepEqual([retried.code, retried.out], [0, '1 mail is due now.\n']);
  await start(env);
  const { mails: received } = sink;
  await waitUntil('the mail has arrived', 10, () => received.length > 0);
  assert.equal(received[0]?.to, username);
  assert.equal((await run('mail list')).out, 'No mail waits.\n');
});

test('a mail that is on its way when the server is told to stop is handed over first', async () => {
  await addJane();
  sink = await startMailSink();
  const server = await start({ KEYWRIGHT_SMTP_URL: sink.url });
  assert.equal(await post(server, '/api/v1/user/password_reset', { username }), 204);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.equal(sink.mails.length, 1);
});

test('a mail server that never answers keeps neither requests nor the end of the process waiting', async () => {
  await addJane();
  sink = await startMailSink();
  let isReached = false;
  sink.judge(() => {
    isReached = true;
    return new Promise(() => undefined);
  });
  const server = await start({ KEYWRIGHT_SMTP_URL: sink.url });
  assert.equal(await post(server, '/api/v1/user/password_reset', { username }), 204);
  await waitUntil('the mail is being handed over', 10, () => isReached);
  assert.equal(await post(server, '/api/v1/authenticate', { username, password }), 200);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  const { mails } = JSON.parse((await run('mail list --json')).out);
  assert.equal(mails.length, 1, 'it waits for the next start');
});

test('the password of the mail server is shown nowhere', async () => {
  const env = { KEYWRIGHT_SMTP_URL: 'smtp://keywright:hunter2hunter2@127.0.0.1:9' };
  const { out } = await run('config', env);
  assert.match(out, /KEYWRIGHT_SMTP_URL = smtp:\/\/keywright:\*{8}@127\.0\.0\.1:9 /);
  await addJane();
  const server = await start(env);
  await post(server, '/api/v1/user/password_reset', { username });
  await server.waitFor('out', /"msg":"A mail could not be delivered/);
  const listed = await run('mail list', env);
  for (const text of [out, listed.out, server.written.out, server.written.err]) {
    assert.equal(text.includes('hunter2'), false);
  }
});

test('behind a proxy the start says that sign-up is open, unless the operator has chosen', async () => {
  const proxied = { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' };
  const notice = /KEYWRIGHT_SIGNUP is not set, so whoever reaches the service can make an organisation/;
  assert.match((await start(proxied)).written.err, notice);
  await Promise.all(servers.map(endCommand));
  assert.match((await start({ KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' })).written.err, notice);
  await Promise.all(servers.map(endCommand));
  assert.doesNotMatch((await start({ ...proxied, KEYWRIGHT_SIGNUP: 'open' })).written.err, notice);
  await Promise.all(servers.map(endCommand));
  assert.doesNotMatch((await start()).written.err, notice);
});
