import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHere } from '../../../../test/support/captured-terminal.ts';
import type { Environment } from '../config.ts';
import { settings } from '../config-settings.ts';
import { config } from './config.ts';

const runConfig = (env: Environment, ...argv: string[]) => runHere([config], ['config', ...argv], { env });

test('every setting is printed with its value, where it comes from and what it means', async () => {
  const { code, out, err } = await runConfig({ KEYWRIGHT_HASH_QUEUE: '99' }, '--port', '81');
  assert.deepEqual([code, err], [0, '']);
  for (const { name } of Object.values(settings)) assert.ok(out.includes(`${name} `), name);
  assert.match(out, /^KEYWRIGHT_PORT = 81 {2}\(from the command line\)\n {4}The TCP port/m);
  assert.match(out, /^KEYWRIGHT_HASH_QUEUE = 99 {2}\(from the environment\)$/m);
  assert.match(out, /^KEYWRIGHT_HOST = 127\.0\.0\.1 {2}\(default\)$/m);
  assert.match(out, /^KEYWRIGHT_DATABASE_URL is not set$/m);
  assert.match(out, /^KEYWRIGHT_SIGNUP is not set\n(?: {4}.*\n)+ {4}Takes open, invite or closed\.$/m);
  assert.match(out, /^KEYWRIGHT_PORT = .*\n.*\n {4}Takes a whole number from 0 to 65535\.$/m);
});

test('JSON has one object for each setting', async () => {
  const { out } = await runConfig({}, '--json');
  const { settings: printed, problems, warnings } = JSON.parse(out);
  assert.deepEqual(
    printed.map((setting: { name: string }) => setting.name),
    Object.values(settings).map(({ name }) => name),
  );
  assert.deepEqual(printed[0], {
    name: 'KEYWRIGHT_PORT',
    value: '8080',
    source: 'default',
    meaning: settings.port.meaning,
    expected: 'a whole number from 0 to 65535',
    secret: false,
    problem: null,
  });
  assert.deepEqual([problems, warnings], [[], []]);
});

test('secrets are masked, the right ones and the wrong ones', async () => {
  const secret = 'MARKED-SECRET-0123456789';
  const env = {
    KEYWRIGHT_MASTER_KEY: secret,
    KEYWRIGHT_METRICS_TOKEN: secret,
    KEYWRIGHT_DATABASE_URL: `postgres://user:${secret}@db.example/keywright?password=${secret}`,
  };
  for (const argv of [[], ['--json']]) {
    const { out, err } = await runConfig(env, ...argv);
    assert.equal(`${out}${err}`.includes('MARKED'), false);
    assert.match(out, /postgres:\/\/user:\*{8}@db\.example\/keywright\?password=\*{8}/);
  }
});

test('a wrong setting is pointed at, the rest is printed all the same, and the exit code is 1', async () => {
  const { code, out, err } = await runConfig({ KEYWRIGHT_PORT: 'http', KEYWRIGHT_POOL_SIZE: '0', KEYWRIGHT_PROT: '1' });
  assert.equal(code, 1);
  assert.match(out, /^KEYWRIGHT_PORT = http {2}\(from the environment\)\n {4}Wrong: expected a whole number/m);
  assert.match(out, /^KEYWRIGHT_HASH_QUEUE = 512/m);
  assert.deepEqual(err.trim().split('\n').length, 3);
  assert.match(err, /^keywright: KEYWRIGHT_PORT is "http": expected/m);
  assert.match(err, /^keywright: KEYWRIGHT_POOL_SIZE is "0": expected/m);
  assert.match(err, /^keywright: KEYWRIGHT_PROT is no setting.*did you mean KEYWRIGHT_PORT\?/m);
});

test('what would stop the server is found although each setting is right by itself', async () => {
  for (const [env, pattern] of [
    [{ KEYWRIGHT_HOST: '0.0.0.0' }, /^keywright: KEYWRIGHT_HOST is "0\.0\.0\.0"/],
    [{ KEYWRIGHT_DATABASE_URL: 'postgres://db/keywright' }, /^keywright: KEYWRIGHT_MASTER_KEY is not set/],
    [
      { KEYWRIGHT_TLS_CERT: '/no/cert', KEYWRIGHT_TLS_KEY: '/no/key' },
      /^keywright: KEYWRIGHT_TLS_CERT is .*can't be read/,
    ],
  ] as const) {
    const { code, err } = await runConfig(env);
    assert.equal(code, 1);
    assert.match(err, pattern);
  }
});

test('what a server would be started with all the same is warned of', async () => {
  const { code, err } = await runConfig({ KEYWRIGHT_HOST: '192.0.2.1', KEYWRIGHT_INSECURE_HTTP: 'allow' });
  assert.equal(code, 0);
  assert.match(
    err,
    /^keywright: KEYWRIGHT_PUBLIC_URL is not set, so tokens and links name http:\/\/192\.0\.2\.1:8080: [^\n]+\n$/,
  );
});
