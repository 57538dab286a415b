import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CommandEnvironment,
  endCommand,
  runCommandLine,
  type ServingCommand,
  startServing,
} from '../support/command-line.ts';

let folder: string;
let servers: ServingCommand[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-serve-'));
});

afterEach(async () => {
  await Promise.all(servers.map(endCommand));
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

async function start(argv: readonly string[] = ['--data-dir', folder], env: CommandEnvironment = {}) {
  const server = await startServing(argv, env);
  servers.push(server);
  return server;
}

function post(url: string, body: object | string): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
}

/** A request whose body is still to come. */
async function startRequest(
  server: ServingCommand,
  body: string,
): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  const closed = once(socket, 'close');
  const head = [
    'POST /api/v1/authenticate HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    'Expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n`);
  // The server has taken the request once it asks for the body.
  while (!answer.includes('100 Continue')) await once(socket, 'data');
  return { socket, answer: closed.then(() => answer) };
}

test('a first start prints the one-time link, which makes the first administrator once, and never logs it', async () => {
  const server = await start();
  const [link = ''] = /http:\S+\/setup\?setup_key=\S+/.exec(server.written.err) ?? [];
  const url = new URL(link);
  assert.equal(url.origin, server.url);
  assert.equal((await fetch(url)).status, 200);
  const setUp = {
    setup_key: url.searchParams.get('setup_key') ?? '',
    username: 'jane@example.com',
    password: 'quaint otters juggle lemons',
    name: 'Jane Doe',
    organisation: 'Example',
  };
  assert.equal((await post(`${server.url}/api/v1/setup`, setUp)).status, 204);
  assert.equal((await post(`${server.url}/api/v1/setup`, { ...setUp, username: 'eve@example.com' })).status, 401);
  assert.equal((await post(`${server.url}/api/v1/authenticate`, setUp)).status, 200);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.equal(server.written.out.includes(setUp.setup_key), false);
  const again = await start();
  assert.equal(again.written.err.includes('setup_key'), false, 'with a user there is no link any more');
});

test('SIGTERM and SIGINT let requests in flight end, and then the process ends with 0', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = await start();
    const body = JSON.stringify({ application_token: 'kwt_none' });
    const { socket, answer } = await startRequest(server, body);
    server.child.kill(signal);
    await server.waitFor('out', /"msg":"stopping"/);
    socket.write(body);
    assert.match(await answer, /HTTP\/1\.1 401 /);
    assert.equal(await server.ended, 0);
    assert.match(server.written.out, /"msg":"stopped"/);
  }
});

test('a second signal ends the process at once, although a request is in flight', async () => {
  const server = await start();
  await startRequest(server, '{}');
  server.child.kill('SIGTERM');
  await server.waitFor('out', /"msg":"stopping"/);
  const again = setInterval(() => server.child.kill('SIGTERM'), 100);
  const code = await server.ended.finally(() => clearInterval(again));
  assert.equal(code, 128 + 15);
  assert.equal(server.written.out.includes('"msg":"stopped"'), false);
});

test('a request that never ends holds the process no longer than ten seconds', async () => {
  const server = await start();
  await startRequest(server, '{}');
  server.child.kill('SIGTERM');
  const outcome = await Promise.race([server.ended, delay(10_000, 'still running', { ref: false })]);
  assert.equal(outcome, 0);
});

test('the demo takes the first request of the public guide byte for byte, and leaves nothing behind', async () => {
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary);
  const server = await start(['--demo'], { TMPDIR: temporary });
  const [, pasted = ''] = /-d '(\{[^']+\})'/.exec(server.written.err) ?? [];
  assert.equal(pasted, '{"username":"user@domain.com","password":"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"}');
  const response = await post(`${server.url}/api/v1/authenticate`, pasted);
  assert.equal(response.status, 200);
  assert.deepEqual(Object.keys((await response.json()) as object), ['auth_token', 'refresh_token']);
  const demoFolders = () => readdirSync(temporary).filter((name) => name.startsWith('keywright-demo-'));
  assert.equal(demoFolders().length, 1);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.deepEqual(demoFolders(), []);
});

test('the demo is refused off loopback', async () => {
  const env = { KEYWRIGHT_INSECURE_HTTP: 'allow' };
  const { code, err } = await runCommandLine(['serve', '--demo', '--port', '0', '--host', '0.0.0.0'], { env });
  assert.equal(code, 1);
  assert.match(err, /^keywright: --demo [^\n]*loopback only[^\n]*\n$/);
});

test('off loopback without TLS and without a proxy, the server is refused before it makes a store', async () => {
  const dataDir = path.join(folder, 'data');
  const { code, err } = await runCommandLine(['serve', '--port', '0', '--host', '0.0.0.0', '--data-dir', dataDir]);
  assert.equal(code, 1);
  assert.match(err, /^keywright: KEYWRIGHT_HOST is "0\.0\.0\.0"[^\n]*\n$/);
  assert.equal(existsSync(dataDir), false);
});

test('a wrong setting stops the start with one line that names it', async () => {
  const env = { KEYWRIGHT_AUTH_TOKEN_MINUTES: '0' };
  const { code, out, err } = await runCommandLine(['serve', '--data-dir', folder], { env });
  assert.deepEqual([code, out], [1, '']);
  assert.equal(err, 'keywright: KEYWRIGHT_AUTH_TOKEN_MINUTES is "0": expected a whole number from 1 to 1440\n');
});

test('a port in use stops the start with one line, and the data folder is free again', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
  try {
    const address = other.address();
    const port = String(typeof address === 'object' && address?.port);
    const { code, err } = await runCommandLine(['serve', '--port', port, '--data-dir', folder]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`^keywright: port ${port} on 127\\.0\\.0\\.1 is in use: [^\\n]*\\n$`));
  } finally {
    other.close();
  }
  await start();
});

test("a master key that is not the store's stops the start, and changes nothing", async () => {
  const server = await start();
  server.child.kill('SIGTERM');
  await server.ended;
  const env = { KEYWRIGHT_MASTER_KEY: Buffer.from('not the key that was made first!').toString('base64') };
  const { code, err } = await runCommandLine(['serve', '--port', '0', '--data-dir', folder], { env });
  assert.equal(code, 1);
  assert.match(err, /^keywright: The master key is not the one[^\n]*\n$/);
  await start();
});

test('with a certificate the server speaks TLS, and its tokens say so', async () => {
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  const request = ['req', '-x509', ...newKey, '-out', cert, '-days', '2', '-subj', '/CN=127.0.0.1'];
  execFileSync('openssl', [...request, '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  const env = { KEYWRIGHT_TLS_CERT: cert, KEYWRIGHT_TLS_KEY: key };
  const server = await start(['--data-dir', path.join(folder, 'data')], env);
  assert.match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const status = await new Promise((resolve, reject) => {
    httpsGet(`${server.url}/readyz`, { ca: readFileSync(cert) }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  assert.equal(status, 200);
});

test('an error that nobody handles is logged, and ends the process with 1', { timeout: 60_000 }, async () => {
  const rejecting = "process.on('SIGUSR2', () => { Promise.reject(new Error('nobody handles this')); });";
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(rejecting)}`;
  const server = await start(['--data-dir', folder], { NODE_OPTIONS });
  server.child.kill('SIGUSR2');
  assert.equal(await server.ended, 1);
  const last = JSON.parse(server.written.out.trim().split('\n').at(-1) ?? '');
  assert.deepEqual([last.level, last.err.message], ['fatal', 'nobody handles this']);
});

test('a variable that is no setting is pointed out at the start', async () => {
  const server = await start(['--data-dir', folder], { KEYWRIGHT_RATE_LIMITS: 'off' });
  assert.match(
    server.written.err,
    /^keywright: KEYWRIGHT_RATE_LIMITS is no setting.*did you mean KEYWRIGHT_RATE_LIMIT\?/m,
  );
});

test('an old Node.js is told what to do, in one line', async () => {
  const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.14.9' } });";
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(older)}`;
  const { code, out, err } = await runCommandLine(['serve'], { env: { NODE_OPTIONS } });
  assert.deepEqual([code, out], [1, '']);
  assert.match(
    err,
    /^keywright: this is Node\.js 24\.14\.9, and Keywright needs 24\.15 or later: [^\n]*npm ci[^\n]*\n$/,
  );
});

test("Node's notes on experimental features are hidden, and every other warning is shown", async () => {
  const warn = (text: string, type: string) => `process.emitWarning('${text}', '${type}');`;
  const warnings = [
    warn('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning'),
    warn('Something else is an experimental feature', 'ExperimentalWarning'),
    warn('SQLite is deprecated', 'DeprecationWarning'),
  ];
  const atEnd = `process.once('beforeExit', () => { ${warnings.join(' ')} setImmediate(() => {}); });`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(atEnd)}`;
  const { code, err } = await runCommandLine(['version'], { env: { NODE_OPTIONS } });
  assert.equal(code, 0);
  assert.equal(err.includes('SQLite is an experimental feature'), false);
  assert.match(err, /Something else is an experimental feature/);
  assert.match(err, /SQLite is deprecated/);
});
