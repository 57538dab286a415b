import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Browser, Page } from '@playwright/test';
import type { createClient } from '../../packages/client/src/index.ts';
import { startChromium } from '../support/chromium.ts';
import { type PackedPackages, packForTest } from '../support/packed-packages.ts';
import { startTestServer, type TestServer, testPassword } from '../support/test-server.ts';
import { skip } from './portal-scene.ts';

const username = 'admin@example.com';

/** A web application of somebody else's, at an origin of its own, that loads the client as it is published. */
interface Application {
  readonly origin: string;
  close(): void;
}

/** What the script of its page leaves for the tests. */
interface Loaded {
  readonly createClient: typeof createClient;
}

const script = "import { createClient } from '/client/index.js';\nglobalThis.createClient = createClient;\n";
const html = '<!doctype html><title>An application</title><script type="module" src="/application.js"></script>';

/** @param serviceUrl what its pages may call: its policy allows nothing but that, and its own scripts */
async function startApplication(clientFolder: string, serviceUrl: () => string): Promise<Application> {
  const find = async (url: string): Promise<readonly [type: string, body: string]> => {
    if (url === '/') return ['text/html', html];
    if (url === '/application.js') return ['text/javascript', script];
    return ['text/javascript', await readFile(path.join(clientFolder, 'dist', path.basename(url)), 'utf8')];
  };
  const server = createServer(async ({ url = '' }, response) => {
    const [type, body] = await find(url).catch(() => ['text/plain', ''] as const);
    const policy = `default-src 'none'; script-src 'self'; connect-src ${serviceUrl()}`;
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type, 'content-security-policy': policy }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the client, as it is published, on a page of another origin', { skip }, () => {
  let packed: PackedPackages;
  let application: Application;
  let stranger: Application;
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  /** What the page asked of the service, pre-flights apart. */
  let requests: string[];
  let faults: string[];
  let options: { readonly baseUrl: string; readonly username: string; readonly password: string };

  before(async () => {
    packed = await packForTest(['client']);
    const { folder } = packed.get('client');
    application = await startApplication(folder, () => server.url);
    stranger = await startApplication(folder, () => server.url);
    const env = { KEYWRIGHT_CORS_ORIGINS: application.origin, KEYWRIGHT_RATE_LIMIT: 'off' };
    server = await startTestServer({ env });
    options = { baseUrl: server.url, username, password: testPassword };
    await server.addUser({ username, organisationId: (await server.addOrganisation('Acme')).id });
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    application?.close();
    stranger?.close();
    await packed?.remove();
  });
  beforeEach(async () => {
    page = await open(application);
  });

  async function open({ origin }: Application): Promise<Page> {
    const opened = await browser.newPage();
    requests = [];
    faults = [];
    opened.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin === server.url) requests.push(`${request.method()} ${url.pathname}`);
    });
    opened.on('pageerror', (error) => faults.push(String(error.stack)));
    opened.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
    });
    await opened.goto(origin);
    await opened.waitForFunction(() => 'createClient' in globalThis);
    return opened;
  }

  test('signs in once for all who ask, calls the API, and reads the answer', async () => {
    const seen = await page.evaluate(async (given) => {
      const client = (globalThis as unknown as Loaded).createClient(given);
      const tokens = await Promise.all(Array.from({ length: 100 }, () => client.authToken()));
      const response = await client.fetch('/api/v1/user/my');
      const { username: name } = (await response.json()) as { username: string };
      return { tokens: new Set(tokens).size, parts: tokens[0]?.split('.').length, status: response.status, name };
    }, options);
    assert.deepEqual(seen, { tokens: 1, parts: 3, status: 200, name: username });
    assert.deepEqual(requests, ['POST /api/v1/authenticate', 'GET /api/v1/user/my']);
    assert.deepEqual(faults, []);
  });

  test('learns the id of what it made, and which part of a list a page is', async () => {
    const seen = await page.evaluate(async (given) => {
      const client = (globalThis as unknown as Loaded).createClient(given);
      const made: number[] = [];
      for (const username of ['one@example.com', 'two@example.com']) {
        made.push((await client.api.createUser({ body: { username, name: 'A user' } })).id);
      }
      const found = await Promise.all(made.map((id) => client.api.getUser({ user_id: id })));
      const { items, totalCount, totalPages, currentPage } = await client.api.listUsers({ per_page: 1, page: 2 });
      const all: number[] = [];
      for await (const { id } of client.all.listUsers({ per_page: 1 })) all.push(id);
      const lines: number[] = [];
      for await (const { id } of client.api.exportEvents()) lines.push(id);
      const headers = [...(await client.fetch('/api/v1/user?per_page=1')).headers.keys()];
      return {
        names: found.map(({ username }) => username),
        made,
        items,
        totalCount,
        totalPages,
        currentPage,
        all,
        lines,
        headers,
      };
    }, options);
    assert.deepEqual(seen.names, ['one@example.com', 'two@example.com']);
    assert.deepEqual([seen.totalCount, seen.totalPages, seen.currentPage, seen.items.length], [3, 3, 2, 1]);
    assert.deepEqual(seen.all.slice(1), seen.made);
    assert.ok(seen.lines.length > 3);
    assert.ok(seen.headers.includes('link') && seen.headers.includes('x-request-id'), seen.headers.join(' '));
    assert.deepEqual(faults, []);
  });

  test('sends a Request on with its body, and once more with another token after a 401', async () => {
    const seen = await page.evaluate(async (given) => {
      const client = (globalThis as unknown as Loaded).createClient(given);
      const first = await client.authToken();
      const own = { method: 'DELETE', headers: { authorization: `Bearer ${first}` } };
      const ended = await fetch(`${given.baseUrl}/api/v1/user/my/session`, own);
      const body = JSON.stringify({ description: 'of a request' });
      const headers = { 'content-type': 'application/json' };
      const made = await client.fetch(
        new Request(`${given.baseUrl}/api/v1/application_token`, { method: 'POST', headers, body }),
      );
      const { items } = await client.api.listApplicationTokens({ q: 'description:of a request' });
      return {
        statuses: [ended.status, made.status],
        items: items.length,
        isOther: first !== (await client.authToken()),
      };
    }, options);
    assert.deepEqual(seen, { statuses: [204, 200], items: 1, isOther: true });
    assert.deepEqual(faults, []);
  });

  test('knows what is wrong, how long to wait, and by which id the operator finds it', async () => {
    const locked = 'locked@example.com';
    const { id: organisationId } = await server.addOrganisation('Locked');
    await server.addUser({ username: locked, organisationId });
    for (let guess = 0; guess < 3; guess += 1) await server.authenticate({ username: locked, password: 'wrong' });
    const seen = await page.evaluate(
      async ([given, name]) => {
        const { createClient } = globalThis as unknown as Loaded;
        const failure = (work: Promise<unknown>): Promise<Record<string, unknown>> =>
          work.then(
            () => ({ code: 'none' }),
            (error) => ({ ...error, message: error.message }),
          );
        const client = createClient(given);
        const missing = await failure(client.api.getUser({ user_id: 999_999 }));
        const wait = await failure(createClient({ ...given, username: name }).authToken());
        const bad = await fetch(`${given.baseUrl}/api/v1/user/my`, { headers: { authorization: 'Bearer x' } });
        return { missing, wait, challenge: bad.headers.get('www-authenticate') };
      },
      [options, locked] as const,
    );
    const { missing, wait, challenge } = seen;
    assert.deepEqual([missing['code'], missing['status'], missing['number']], ['NotFound', 404, 1201]);
    assert.match(String(missing['requestId']), /^[\w-]{8,}$/);
    assert.deepEqual([wait['code'], wait['retryAfterSeconds']], ['TooManyRequests', 300]);
    assert.match(challenge ?? '', /^Bearer realm="Keywright".*error="invalid_token"/);
    assert.deepEqual(faults, []);
  });

  test('can’t be reached from an origin that is not listed', async () => {
    const other = await open(stranger);
    const code = await other.evaluate(async (given) => {
      const client = (globalThis as unknown as Loaded).createClient({ ...given, maxWaitSeconds: 0 });
      return client.authToken().catch((error) => error.code);
    }, options);
    assert.equal(code, 'Unreachable');
    assert.deepEqual(faults, []);
  });
});
