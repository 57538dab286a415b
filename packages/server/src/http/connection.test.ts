import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Service } from '../domain/service.ts';
import type { HttpOptions } from './http-options.ts';
import { createMetrics } from './metrics.ts';
import { buildHttp } from './server.ts';

const nothing = (): void => undefined;

/** A server whose readiness is as slow as `ping`. */
async function listen(t: TestContext, options: Partial<HttpOptions> & { readonly ping?: () => Promise<void> } = {}) {
  const { ping = async () => undefined, ...others } = options;
  const errors: object[] = [];
  const unlimited = { check: () => 0, hit: () => 0, size: 0 };
  const service = {
    settings: { publicUrl: () => 'http://x', audience: () => 'x', authTokenMinutes: 240 },
    random: { bytes: (count: number) => new Uint8Array(count) },
    log: { debug: nothing, info: nothing, warn: nothing, error: (fields: object) => errors.push(fields) },
    database: { ping, poolState: () => ({ total: 1, idle: 1, waiting: 0 }) },
    limits: { attempts: unlimited, failures: unlimited, exchanges: unlimited, calls: unlimited },
    revocations: { close: () => undefined },
    streams: { size: 0 },
    hashQueue: { waiting: 0, active: 0 },
  };
  const metrics = createMetrics({ version: '1.2.3', ofProcess: false });
  const app = buildHttp(service as unknown as Service, { version: '1.2.3', metrics, closeGraceSeconds: 0, ...others });
  t.after(() => app.close());
  await app.ready();
  app.server.listen(0, '127.0.0.1');
  await once(app.server, 'listening');
  const { port } = app.server.address() as AddressInfo;
  return { app, errors, open: () => openConnection(port) };
}

/** A connection that collects what comes back. */
async function openConnection(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  let isClosed = false;
  let wake = nothing;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    wake();
  });
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  // A reset after the answer is a close like any other here.
  socket.on('error', nothing);

  async function waitFor(isThere: () => boolean): Promise<string> {
    while (!isThere()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      wake = () => resolve(undefined);
      await promise;
    }
    return received;
  }

  return {
    socket,
    /** Resolves when what came so far matches, and fails where the server closes before. */
    async until(pattern: RegExp) {
      await waitFor(() => isClosed || pattern.test(received));
      assert.match(received, pattern);
      return received;
    },
    /** Everything that came until the server closed the connection. */
    untilClosed: () => waitFor(() => isClosed),
  };
}

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const jsonPost = (...lines: string[]) =>
  head('POST /api/v1/authenticate HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines);

const unreadable = [
  [
    'with Content-Length and Transfer-Encoding',
    `${jsonPost('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    400,
  ],
  ['with two different Content-Lengths', `${jsonPost('Content-Length: 4', 'Content-Length: 5')}{}  `, 400],
  ['with a space before a colon', head('GET /healthz HTTP/1.1', 'Host : x'), 400],
  ['with a folded header', head('GET /healthz HTTP/1.1', 'Host: x', 'X-A: b', ' c'), 400],
  ['with a bare line feed in a value', head('GET /healthz HTTP/1.1', 'Host: x', 'X-A: b\nX-B: c'), 400],
  ['with a coding below chunked', `${jsonPost('Transfer-Encoding: gzip, chunked')}2\r\n{}\r\n0\r\n\r\n`, 400],
  ['with a coding that is none', `${jsonPost('Transfer-Encoding: xchunked')}2\r\n{}\r\n0\r\n\r\n`, 400],
  [
    'in HTTP/1.0 with Transfer-Encoding',
    `${head('POST / HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    400,
  ],
  ['with two Hosts', head('GET /healthz HTTP/1.1', 'Host: x', 'Host: x'), 400],
  ['with a malformed Host', head('GET /healthz HTTP/1.1', 'Host: x/y'), 400],
  ['with two Hosts, for a path that there is not', head('GET /nope HTTP/1.1', 'Host: x', 'Host: y'), 400],
  ['with two Hosts, for a path that can not be decoded', head('GET /%zz HTTP/1.1', 'Host: x', 'Host: y'), 400],
  ['in HTTP/0.9', head('GET /healthz'), 400],
  ['in no HTTP at all', 'hello\r\n\r\n', 400],
  ['with a header of more than 16 KiB', head('GET /healthz HTTP/1.1', 'Host: x', `X-A: ${'a'.repeat(20_000)}`), 431],
] as const;

for (const [what, request, status] of unreadable) {
  test(`a request ${what} gets one answer, as JSON, and the connection is closed`, async (t) => {
    const { open, errors } = await listen(t);
    const { socket, untilClosed } = await open();
    socket.write(`${request}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
    const answer = await untilClosed();
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.match(answer, /\r\nConnection: close\r\n/i);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    assert.equal(body.error_token, 'BadRequest');
    assert.match(answer, new RegExp(`\r\nX-Request-Id: ${body.request_id}\r\n`, 'i'));
    assert.deepEqual(errors, []);
  });
}

test('a body that turns out malformed after its request was answered gets no second answer', async (t) => {
  const { open } = await listen(t);
  const { socket, until, untilClosed } = await open();
  socket.write(head('POST /api/v1/nope HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked'));
  await until(/HTTP\/1\.1 404 [\s\S]*"request_id":"[^"]+"\}/);
  socket.write('no chunk\r\n');
  assert.equal((await untilClosed()).match(/HTTP\/1\.1 /g)?.length, 1);
});

test('a connection whose early answer was followed by the rest of its body goes on, and is told of what is wrong', async (t) => {
  const { open } = await listen(t);
  const { socket, until, untilClosed } = await open();
  socket.write(`${head('POST /api/v1/nope HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked')}0\r\n\r\n`);
  await until(/HTTP\/1\.1 404 [\s\S]*"request_id":"[^"]+"\}/);
  socket.write('hello\r\n\r\n');
  assert.match(await untilClosed(), /HTTP\/1\.1 404 [\s\S]*HTTP\/1\.1 400 /);
});

test('what is asked for in another protocol is answered in this one, and the connection is closed', async (t) => {
  const { open } = await listen(t);
  const { socket, untilClosed } = await open();
  const upgrade = head('GET /healthz HTTP/1.1', 'Host: x', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c');
  socket.write(`${upgrade}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
  const answer = await untilClosed();
  assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*\r\nconnection: close\r\n[\s\S]*alive/i);
  assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
});

test('a request to connect to somewhere is refused, and the connection is closed', async (t) => {
  const { open } = await listen(t);
  const { socket, untilClosed } = await open();
  socket.write(head('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443'));
  const answer = await untilClosed();
  assert.match(answer, /^HTTP\/1\.1 405 [\s\S]*\r\nAllow: GET, HEAD, OPTIONS\r\n[\s\S]*"MethodNotAllowed"/);
});

test('a request without Host is answered as JSON, and its connection goes on', async (t) => {
  const { open } = await listen(t);
  const { socket, until } = await open();
  socket.write('GET /healthz HTTP/1.1\r\n\r\n');
  assert.match(
    await until(/"request_id":"[^"]+"\}/),
    /^HTTP\/1\.1 400 [\s\S]*"message":"The request has no Host header"/,
  );
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(/HTTP\/1\.1 200 [\s\S]*alive/);
});

test('a body that says to be too large is refused before it is sent', async (t) => {
  const { open } = await listen(t);
  const { socket, until } = await open();
  socket.write(jsonPost('Content-Length: 1000000000'));
  assert.match(await until(/PayloadTooLarge/), /^HTTP\/1\.1 413 /);
});

test('who sends all of a body that is too large at once sees the answer, and that the connection closes', async (t) => {
  const { open } = await listen(t);
  const { socket, untilClosed } = await open();
  socket.write(jsonPost('Content-Length: 1000000'));
  socket.end('a'.repeat(1_000_000));
  assert.match(await untilClosed(), /^HTTP\/1\.1 413 [\s\S]*\r\nconnection: close\r\n[\s\S]*PayloadTooLarge/i);
});

test('a client that asks first is told to go on, or that its body is too large', async (t) => {
  const { open } = await listen(t);
  const small = await open();
  small.socket.write(jsonPost('Content-Length: 2', 'Expect: 100-continue'));
  await small.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  small.socket.write('{}');
  await small.until(/HTTP\/1\.1 400 /);
  const large = await open();
  large.socket.write(jsonPost('Content-Length: 70000', 'Expect: 100-continue'));
  assert.match(await large.until(/PayloadTooLarge/), /^HTTP\/1\.1 413 /);
});

test('a body that turns out too large is refused at the limit, and cut off if it goes on', async (t) => {
  const { open } = await listen(t);
  const { socket, until, untilClosed } = await open();
  socket.write(jsonPost('Transfer-Encoding: chunked'));
  const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
  socket.write(chunk);
  socket.write(chunk);
  await until(/HTTP\/1\.1 413 [\s\S]*PayloadTooLarge/);
  for (let sent = 0; sent < 40; sent++) socket.write(chunk);
  assert.equal((await untilClosed()).match(/HTTP\/1\.1 /g)?.length, 1);
});

test('a connection goes on after a request that was refused with its body unread or unreadable', async (t) => {
  const { open } = await listen(t);
  const { socket, until } = await open();
  socket.write(`${head('POST /api/v1/nope HTTP/1.1', 'Host: x', 'Content-Length: 5000')}${'a'.repeat(5000)}`);
  await until(/HTTP\/1\.1 404 [\s\S]*"request_id":"[^"]+"\}/);
  socket.write(`${jsonPost('Content-Length: 1')}{`);
  await until(/HTTP\/1\.1 400 [\s\S]*not valid JSON[\s\S]*\}/);
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(/HTTP\/1\.1 200 [\s\S]*alive/);
});

test('a client that goes away in the middle of its body is no error of ours', async (t) => {
  const { app, open, errors } = await listen(t);
  const { socket } = await open();
  const requested = once(app.server, 'request');
  socket.write(`${jsonPost('Content-Length: 100')}{"a"`);
  const [, response] = await requested;
  const ended = once(response, 'close');
  socket.destroy();
  await ended;
  assert.deepEqual(errors, []);
});

test('on close a request in flight is answered and told so, and idle connections are closed', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const ping = () => {
    ask();
    return promise;
  };
  const { app, open } = await listen(t, { ping, closeGraceSeconds: 60 });
  const idle = await open();
  idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await idle.until(/alive/);
  const busy = await open();
  busy.socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
  await asked;
  const closing = app.close();
  await idle.untilClosed();
  resolve();
  assert.match(await busy.untilClosed(), /^HTTP\/1\.1 200 [\s\S]*\r\nconnection: close\r\n[\s\S]*ready/i);
  await closing;
});

test('a connection that never sends anything does not keep the server from closing', async (t) => {
  const { app, open } = await listen(t);
  const { untilClosed } = await open();
  await app.close();
  assert.equal(await untilClosed(), '');
});
