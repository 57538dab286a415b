import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makePortalFolder, type PortalFolder } from '../support/portal-folder.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const pagePaths = [
  '/',
  '/sign',
  '/activation?activationKey=x',
  '/integrations',
  '/user-settings',
  '/organisation-settings/details',
  '/organisation-settings/users',
  '/organisation-settings/sign-in',
  '/events',
];

const features = [
  ...['clipboard-write=(self)', 'publickey-credentials-create=(self)', 'publickey-credentials-get=(self)'],
  ...['accelerometer', 'autoplay', 'camera', 'clipboard-read', 'display-capture', 'encrypted-media', 'fullscreen']
    .concat(['geolocation', 'gyroscope', 'hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone'])
    .concat(['midi', 'payment', 'picture-in-picture', 'screen-wake-lock', 'serial', 'usb', 'xr-spatial-tracking'])
    .map((name) => `${name}=()`),
];

/** What every page carries, whatever it holds. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': features.join(', '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

function pick(headers: Headers, names: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(names.map((name) => [name, headers.get(name)]));
}

describe('the pages of the portal, built', () => {
  let server: TestServer;
  let portal: PortalFolder;

  before(async () => {
    portal = await makePortalFolder();
    await portal.build('index-0aB1cD2e.js', 1_000);
    server = await startTestServer({ portalDir: portal.folder });
  });
  after(async () => {
    await server.close();
    await portal.remove();
  });

  test('each path answers the page under a policy without inline or evaluated script, in no frame (security G 82)', async () => {
    const nonces = new Set<string>();
    for (const path of pagePaths) {
      const { status, headers, text } = await server.call('GET', path);
      assert.equal(status, 200, path);
      const nonce = /<meta name="keywright-style-nonce" content="([\w-]{22})">/.exec(text)?.[1] ?? '';
      nonces.add(nonce);
      assert.equal(
        headers.get('content-security-policy'),
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
      assert.deepEqual(pick(headers, Object.keys(pageHeaders)), pageHeaders, path);
      assert.equal(headers.get('cache-control'), 'no-store', 'each answer has a nonce of its own');
      assert.equal(headers.get('strict-transport-security'), null, 'over plain HTTP browsers pass it over');
      assert.equal(headers.getSetCookie().length, 0);
    }
    assert.equal(nonces.size, pagePaths.length, 'no nonce comes twice');
  });

  test('what the page loads may be kept for a year, compressed as the browser takes it', async () => {
    const path = '/assets/index-0aB1cD2e.js';
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const { status, headers, text } = await server.call('GET', path, { headers: { 'accept-encoding': accepted } });
      assert.deepEqual([status, headers.get('content-encoding')], [200, encoding], accepted);
      assert.equal(text, "console.log('index-0aB1cD2e.js');");
      assert.deepEqual(
        pick(headers, [
          'content-type',
          'cache-control',
          'vary',
          'x-content-type-options',
          'cross-origin-resource-policy',
        ]),
        {
          'content-type': 'text/javascript; charset=utf-8',
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'Accept-Encoding',
          'x-content-type-options': 'nosniff',
          'cross-origin-resource-policy': 'same-origin',
        },
      );
    }
    const icon = await server.call('GET', '/assets/icon-A1b2C3d4.svg', { headers: { 'accept-encoding': 'br' } });
    assert.deepEqual(
      [icon.status, icon.headers.get('content-type'), icon.headers.get('content-encoding')],
      [200, 'image/svg+xml', null],
    );
    const head = await server.call('HEAD', path, { headers: { 'accept-encoding': 'identity' } });
    assert.deepEqual([head.status, head.text, head.headers.get('content-length')], [200, '', '33']);
  });

  test('nothing else answers the page: no other path, and no file that the page does not load', async () => {
    for (const path of [
      ...['/nothing', '/sign/', '/sign/in', '/index.html', '/manifest.json', '/organisation-settings', '/favicon.ico'],
      ...['/assets', '/assets/', '/assets/notes', '/assets/index-0aB1cD2e.js.br', '/assets/none-0aB1cD2e.js'],
      ...['/assets/..%2findex.html', '/assets/%2e%2e%2fmanifest.json', '/assets/..%5cindex.html', '/assets/%00'],
      ...['/api', '/api/', '/api/v1', '/api/v1/sign', '/api/v3/user', '/oauth2', '/oauth2/x', '/.well-known'],
      ...['/.well-known/x', '/portal', '/portal/', '/portal/x'],
    ]) {
      const { status, json, headers } = await server.call('GET', path);
      // Below /oauth2 errors are in the words of OAuth.
      assert.equal(status, 404, path);
      assert.equal(typeof json, 'object', path);
      assert.match(headers.get('content-type') ?? '', /^application\/json/, path);
    }
  });

  test('a portal that is built anew is served without a restart', async () => {
    await portal.build('index-3fG4hI5j.js', 2_000);
    assert.match((await server.call('GET', '/')).text, /src="\/assets\/index-3fG4hI5j\.js"/);
    assert.equal((await server.call('GET', '/assets/index-3fG4hI5j.js')).status, 200);
    assert.equal((await server.call('GET', '/assets/index-0aB1cD2e.js')).status, 404);
  });

  test('the pages without script have the same headers, and a policy that lets none in (security G 82)', async () => {
    for (const path of ['/setup', '/docs']) {
      const { status, headers, text } = await server.call('GET', path);
      assert.equal(status, 200);
      assert.deepEqual(pick(headers, Object.keys(pageHeaders)), pageHeaders, path);
      assert.match(
        headers.get('content-security-policy') ?? '',
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      assert.doesNotMatch(text, /<script/);
    }
  });
});

test('over HTTPS every page has the browser ask for nothing here over plain HTTP any more', async (t) => {
  const portal = await makePortalFolder();
  await portal.build('index-0aB1cD2e.js', 1_000);
  const env = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };
  const server = await startTestServer({ portalDir: portal.folder, env });
  t.after(async () => {
    await server.close();
    await portal.remove();
  });
  for (const path of ['/', '/sign', '/setup', '/docs']) {
    const { headers } = await server.call('GET', path);
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000', path);
  }
});

test('where the portal is not built, a page says what this is, and where the API is described', async (t) => {
  const server = await startTestServer();
  t.after(() => server.close());
  const start = await server.call('GET', '/');
  assert.equal(start.status, 200);
  assert.deepEqual(pick(start.headers, Object.keys(pageHeaders)), pageHeaders);
  assert.match(start.text, /authentication service[\s\S]*href="\/docs"[\s\S]*href="\/openapi\.json"/);
  assert.doesNotMatch(start.text, /<script/);
  for (const path of ['/sign', '/events', '/organisation-settings/users']) {
    const answer = await server.call('GET', path);
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [404, 'text/html; charset=utf-8'], path);
  }
  assert.equal((await server.call('GET', '/assets/index-0aB1cD2e.js')).status, 404);
});
