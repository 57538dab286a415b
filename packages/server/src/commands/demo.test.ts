import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { CommandError } from './command.ts';
import { demoSettings, requireLoopback } from './demo.ts';

test('a demo never touches the store, or the key, that the environment names', () => {
  const env = {
    KEYWRIGHT_DATABASE_URL: 'postgres://db/keywright',
    KEYWRIGHT_MASTER_KEY_FILE: '/etc/key',
    KEYWRIGHT_MASTER_KEY: 'x',
    KEYWRIGHT_DATA_DIR: '/var/lib/keywright',
    KEYWRIGHT_PORT: '81',
  };
  const demo = demoSettings({ env, options: {} }, '/tmp/demo');
  const config = readConfig(demo.env, demo.options);
  assert.deepEqual(config.database, { file: '/tmp/demo/keywright.db' });
  assert.deepEqual([config.masterKey, config.masterKeyFile], [undefined, undefined]);
  assert.equal(config.port, 81);
});

test('a demo takes no data folder', () => {
  assert.throws(() => demoSettings({ env: {}, options: { dataDir: './data' } }, '/tmp/demo'), CommandError);
});

test('a demo is refused off loopback, even where that is allowed otherwise', () => {
  requireLoopback(readConfig({ KEYWRIGHT_HOST: '127.0.0.2' }));
  const config = readConfig({ KEYWRIGHT_HOST: '0.0.0.0', KEYWRIGHT_INSECURE_HTTP: 'allow' });
  assert.throws(() => requireLoopback(config), /loopback only/);
});
