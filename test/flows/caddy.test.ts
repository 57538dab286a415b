import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ForwardingScene, openForwardingScene, testForwarding } from '../support/forwarding-suite.ts';
import { sendThrough } from '../support/proxied-api.ts';
import { findMissingLines, provideProxy, reserveAddress, startCaddy } from '../support/reverse-proxy.ts';

const { path: program = '', skip } = await provideProxy({ program: 'caddy', debianPackage: 'caddy' });

describe('Caddy with the example’s configuration, before Keywright and an API', { skip }, () => {
  let scene: ForwardingScene;
  let userBearer: string;

  before(async () => {
    scene = await openForwardingScene(program, startCaddy);
    const { server, organisationId } = scene;
    await server.addUser({ username: 'user@example.com', organisationId, role: 'User' });
    userBearer = (await server.signIn('user@example.com')).auth_token;
  });
  after(() => scene?.close());

  testForwarding(() => scene, { 'x-auth-other': 'x' });

  test('a role that the configuration requires is required, whatever the client’s query says', async (t) => {
    const listen = await reserveAddress();
    const change = (config: string) =>
      config.replace('/api/v1/forward_auth?', '/api/v1/forward_auth?role=Administrator');
    const strict = await startCaddy({ program, listen, keywright: scene.server.url, api: scene.api.url, change });
    t.after(() => strict.close());
    for (const path of ['/orders', '/orders?role=User', '/orders?&role=User,Administrator']) {
      const permitted = await sendThrough(strict.url, 'GET', path, { bearer: scene.bearer });
      const refused = await sendThrough(strict.url, 'GET', path, { bearer: userBearer });
      assert.deepEqual([permitted.status, refused.status, refused.seen], [200, 403, undefined], path);
    }
  });
});

test('the page shows nothing of Caddy but what the example has', () => {
  assert.deepEqual(findMissingLines('caddy/Caddyfile', 'caddyfile'), []);
});

test('what goes to Keywright by Traefik is what goes there by Caddy', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const page = await readFile(path.join(root, 'docs/forward-auth.md'), 'utf8');
  const example = await readFile(path.join(root, 'examples/caddy/Caddyfile'), 'utf8');
  const [, byTraefik] = /PathRegexp\(`(.+)`\)/.exec(page) ?? [];
  const [, byCaddy] = /@keywright path_regexp (.+)/.exec(example) ?? [];
  assert.ok(byCaddy);
  assert.equal(byTraefik, byCaddy);
});
