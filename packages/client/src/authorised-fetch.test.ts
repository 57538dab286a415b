import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ClientOptions, createClient } from './index.ts';

/** A request as it arrived at one of the servers. */
interface Arrived {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

describe('fetching with the auth token', () => {
  /** `auth` gives tokens and has an API; `api` is another origin; so is `other`. */
  const servers: Record<string, Server> = {};
  const urls: Record<string, string> = {};
  let arrived: Arrived[] = [];
  let tokensGiven = 0;
  let accepted = /./;

  before(async () => {
    for (const name of ['auth', 'api', 'other']) {
      const server = createServer((request, response) => void answer(name, request, response));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      servers[name] = server;
      urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }
  });
  after(() => {
    for (const server of Object.values(servers)) server.close();
  });
  beforeEach(() => {
    arrived = [];
    tokensGiven = 0;
    accepted = /./;
  });

  async function answer(at: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const { authorization, cookie, 'content-type': type } = headers;
    const body = await text(request);
    if (path === '/api/v1/authenticate') {
      tokensGiven += 1;
      const payload = Buffer.from(JSON.stringify({ iat: 0, exp: 14_400 })).toString('base64url');
      response.end(JSON.stringify({ auth_token: `e30.${payload}.${tokensGiven}` }));
      return;
    }
    arrived.push({ at, method, path, authorization: authorization?.split('.').at(-1), cookie, type, body });
    const redirect = /^\/to\/(\d+)\/(.*)$/.exec(path);
    if (redirect !== null) {
      response.writeHead(Number(redirect[1]), { location: decodeURIComponent(redirect[2] ?? '') }).end('moved');
      return;
    }
    response.writeHead(accepted.test(authorization ?? '') ? 200 : 401).end(`${at} ${path}`);
  }

  const create = (options: Partial<ClientOptions> = {}) =>
    createClient({ baseUrl: urls['auth'] ?? '', applicationToken: 'kwt_x', maxWaitSeconds: 0, ...options });
  const to = (status: number, target: string) => `/to/${status}/${encodeURIComponent(target)}`;
  const seen = () =>
    arrived.map(({ at, method, path, authorization }) => [at, method, path.split('/')[1], authorization]);

  test('goes to the base URL, and to the origins that are allowed', async () => {
    const client = create({ allowedOrigins: [urls['api'] ?? ''] });
    assert.equal(await (await client.fetch('/mine')).text(), 'auth /mine');
    assert.equal(await (await client.fetch(new URL('/theirs', urls['api']))).text(), 'api /theirs');
    assert.equal(await (await client.fetch(new Request(`${urls['api']}/asked`))).text(), 'api /asked');
    assert.deepEqual(seen(), [
      ['auth', 'GET', 'mine', '1'],
      ['api', 'GET', 'theirs', '1'],
      ['api', 'GET', 'asked', '1'],
    ]);
  });

  test('goes nowhere else: another port, another scheme, another host is another origin', async () => {
    const client = create();
    const refused = [urls['api'] ?? '', (urls['auth'] ?? '').replace('http:', 'https:'), '//example.com/x', 'data:,x'];
    for (const url of refused) {
      await assert.rejects(client.fetch(url), { name: 'ClientError', code: 'OriginNotAllowed' });
    }
    assert.deepEqual([arrived, tokensGiven], [[], 0]);
  });

  test('follows redirects; the token stays with the allowed origins', async () => {
    const client = create({ allowedOrigins: [urls['api'] ?? ''] });
    await client.fetch(to(302, `${urls['api']}${to(307, '/end')}`), { headers: { cookie: 'a=b' } });
    assert.deepEqual(seen(), [
      ['auth', 'GET', 'to', '1'],
      ['api', 'GET', 'to', '1'],
      ['api', 'GET', 'end', '1'],
    ]);
    assert.deepEqual(
      arrived.map(({ cookie }) => cookie),
      ['a=b', undefined, undefined],
    );
  });

  test('sends no token after a redirect to another origin, not even when that leads back', async () => {
    const client = create();
    const back = `${urls['auth']}/back`;
    const answer = await client.fetch(to(302, `${urls['other']}${to(302, back)}`));
    // For want of a token, which another token would not change.
    assert.deepEqual([answer.status, await answer.text()], [401, 'auth /back']);
    assert.deepEqual(seen(), [
      ['auth', 'GET', 'to', '1'],
      ['other', 'GET', 'to', undefined],
      ['auth', 'GET', 'back', undefined],
    ]);
  });

  test('takes method and body along as fetch does, but no body to another origin', async () => {
    const client = create();
    const init = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    for (const status of [301, 302, 303, 307, 308]) await client.fetch(to(status, '/end'), init);
    assert.deepEqual(
      arrived.filter(({ path }) => path === '/end').map(({ method, body, type }) => [method, body, type]),
      [...Array(3).fill(['GET', '', undefined]), ...Array(2).fill(['POST', '{"a":1}', 'application/json'])],
    );
    arrived = [];
    const refused = { name: 'ClientError', code: 'RedirectRefused' };
    await assert.rejects(client.fetch(to(307, `${urls['other']}/end`), init), refused);
    assert.equal(arrived.length, 1);
    await client.fetch(to(303, `${urls['other']}/end`), init);
    assert.deepEqual(seen().at(-1), ['other', 'GET', 'end', undefined]);
  });

  test('obeys what the caller says of redirects, and goes round no circle', async () => {
    const client = create();
    const refused = { name: 'ClientError', code: 'RedirectRefused' };
    assert.equal((await client.fetch(to(302, '/end'), { redirect: 'manual' })).status, 302);
    await assert.rejects(client.fetch(to(302, '/end'), { redirect: 'error' }), refused);
    await assert.rejects(client.fetch(to(302, 'ftp://example.com')), refused);
    const circle = '/to/302/';
    await assert.rejects(client.fetch(circle), refused);
    assert.equal(arrived.filter(({ path }) => path === circle).length, 21);
  });

  test('a browser that does not show where a redirect leads is not trusted to follow it with the token', async () => {
    const opaque = Object.defineProperties(Response.error(), { type: { value: 'opaqueredirect' } });
    const payload = btoa(JSON.stringify({ iat: 0, exp: 10_000 })).replaceAll('=', '');
    const answers = [Response.json({ auth_token: `e30.${payload}.x` }), opaque];
    const client = create({ environment: { fetch: async () => answers.shift() ?? assert.fail('too many requests') } });
    await assert.rejects(client.fetch('/'), { code: 'RedirectRefused' });
  });

  test('after a 401 it is sent once more, with another token, one for all', async () => {
    const client = create();
    await client.fetch('/first');
    accepted = /\.2$/;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.fetch('/x', { method: 'PUT', body: 'whole' })),
    );
    assert.deepEqual([new Set(answers.map(({ status }) => status)), tokensGiven], [new Set([200]), 2]);
    assert.equal(arrived.filter(({ body }) => body === 'whole').length, 40);
  });

  test('a body that can be sent again is, whatever it is made of', async () => {
    const form = new FormData();
    form.set('a', 'in a form');
    const octets = new TextEncoder().encode('octets');
    const bodies = [undefined, 'a text', octets, octets.buffer, new URLSearchParams('a=b'), new Blob(['a blob']), form];
    for (const body of bodies) {
      const client = create();
      await client.authToken();
      const next = tokensGiven + 1;
      accepted = new RegExp(`\\.${next}$`);
      const answer = await client.fetch('/', body === undefined ? {} : { method: 'POST', body });
      assert.equal(answer.status, 200);
    }
  });

  test('a Request is sent with its body, again where need be, and not where its body is gone', async () => {
    const client = create();
    accepted = /\.2$/;
    const url = `${urls['auth']}/`;
    const headers = { 'content-type': 'text/x' };
    const request = new Request(url, { method: 'POST', headers, body: 'of a request' });
    assert.equal((await client.fetch(request)).status, 200);
    assert.equal((await client.fetch(new Request(url, { method: 'DELETE' }))).status, 200);
    const sent = { method: 'POST', type: 'text/x', body: 'of a request' };
    assert.deepEqual(
      arrived.map(({ method, type, body }) => ({ method, type, body })),
      [sent, sent, { method: 'DELETE', type: undefined, body: '' }],
    );
    await assert.rejects(client.fetch(request), { code: 'InvalidOptions' });
  });

  test('a stream can’t be sent again: the 401 is the answer', async () => {
    const client = create();
    accepted = /\.2$/;
    const stream = () => new Blob(['streamed']).stream();
    const init = { method: 'POST', body: stream(), duplex: 'half' } as const;
    assert.equal((await client.fetch('/', init)).status, 401);
    assert.deepEqual(
      arrived.map(({ body }) => body),
      ['streamed'],
    );
  });

  test('where another token does not help, no more are got for a while', async () => {
    let now = Date.now();
    const client = create({ environment: { now: () => now } });
    accepted = /nothing/;
    for (let call = 0; call < 5; call += 1) assert.equal((await client.fetch('/')).status, 401);
    assert.deepEqual([tokensGiven, arrived.length], [2, 6]);
    now += 60_000;
    assert.equal((await client.fetch('/')).status, 401);
    assert.equal(tokensGiven, 3);
  });

  test('credentials follow no redirect', async () => {
    const client = create({ baseUrl: `${urls['auth']}/to/307/` });
    await assert.rejects(client.authToken(), { code: 'RedirectRefused' });
    const moved = new Response(null, { status: 308, headers: { location: 'https://auth.example.com/api' } });
    const other = create({ environment: { fetch: async () => moved } });
    await assert.rejects(other.authToken(), (error: Error) => error.message.includes('https://auth.example.com:'));
  });

  test('a base URL may have a path', async () => {
    const paths: string[] = [];
    const environment = {
      fetch: async (url: string) => {
        paths.push(new URL(url).pathname);
        return Response.json([]);
      },
    };
    const client = create({ baseUrl: 'https://example.com/keywright', environment });
    await assert.rejects(client.authToken(), { code: 'UnexpectedAnswer' });
    await client.api.getKeySet();
    assert.deepEqual(paths, ['/keywright/api/v1/authenticate', '/keywright/.well-known/jwks.json']);
  });
});
