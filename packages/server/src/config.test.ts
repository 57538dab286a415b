import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { type Environment, findUnknownSettings, readConfig, readSettings, type SettingOptions } from './config.ts';
import { ConfigError } from './config-error.ts';
import { findListeningConflict, nameDatabase, settlePublicUrl } from './config-rules.ts';
import { type SettingKey, settings } from './config-settings.ts';

const masterKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64');

/** The line that a configuration is refused with. */
function refusal(env: Environment, options: SettingOptions = {}): string {
  try {
    readConfig(env, options);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message.includes('\n'), false, 'the refusal is one line');
    return error.message;
  }
  throw new Error(`${JSON.stringify(env)} was accepted`);
}

/** For each setting: values that are taken, and values that are refused. */
const examples: Record<SettingKey, { good: readonly string[]; bad: readonly string[] }> = {
  port: { good: ['0', '8080', '65535'], bad: ['65536', '-1', '80.5', 'http', '0x50', '1e3'] },
  host: {
    good: ['127.0.0.1', '0.0.0.0', '::1', '[::1]', 'localhost', 'auth.example.com'],
    bad: ['http://localhost', 'localhost:80', '300.1.1.1', '1.2.3', 'a b', '-x'],
  },
  dataDir: { good: ['./data', '/var/lib/keywright'], bad: ['a\0b'] },
  databaseUrl: {
    good: ['postgres://u:p@h:5432/db', 'postgresql://h1,h2/db'],
    bad: ['mysql://h/db', 'h/db', 'postgres://'],
  },
  masterKey: {
    good: [masterKey, masterKey.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')],
    bad: ['short', 'A'.repeat(43), `${masterKey}x`, masterKey.slice(4), '!'.repeat(44)],
  },
  masterKeyFile: { good: ['/run/secrets/master'], bad: ['a\0b'] },
  publicUrl: {
    good: ['https://auth.example.com', 'http://10.0.0.1:8080/'],
    bad: [
      'https://example.com/auth',
      'https://example.com//',
      'auth.example.com',
      'ftp://x',
      'https://x?y',
      'https://x#y',
      'https://u:p@x',
      'javascript:alert(1)',
    ],
  },
  audience: { good: ['https://api.example.com', 'api'], bad: ['a b', 'ü'] },
  trustedProxies: { good: ['10.0.0.0/8', '10.0.0.1, 2001:db8::/32'], bad: ['10.0.0.1/8', 'proxy', '10.0.0.0/8,'] },
  corsOrigins: {
    good: ['https://app.example.com', 'https://a.example,http://localhost:3000'],
    bad: [
      '*',
      'null',
      'https://app.example.com/',
      'app.example.com',
      'https://APP.example.com',
      'https://a.example:443',
    ],
  },
  tlsCert: { good: ['/etc/tls/cert.pem'], bad: ['a\0b'] },
  tlsKey: { good: ['/etc/tls/key.pem'], bad: ['a\0b'] },
  insecureHttp: { good: ['allow'], bad: ['true', '1', 'Allow'] },
  signingAlgorithm: { good: ['HS256', 'EdDSA', 'ES256', 'RS256'], bad: ['none', 'hs256', 'HS512'] },
  authTokenMinutes: { good: ['1', '240', '1440'], bad: ['0', '1441', '4h'] },
  rateLimits: {
    good: ['on', 'off', 'attempts=5', 'attempts=1, failures=2, exchanges=3, calls=4'],
    bad: ['yes', 'attempts', 'attempts=0', 'attempts=-1', 'logins=5', 'attempts=5=6', 'toString=1', ','],
  },
  logLevel: { good: ['debug', 'info', 'warn', 'error', 'silent'], bad: ['verbose', 'INFO'] },
  metricsToken: { good: ['0123456789abcdef'], bad: ['short', 'sixteen letters and spaces'] },
  poolSize: { good: ['1', '1000'], bad: ['0', '1001'] },
  hashConcurrency: { good: ['1', '64'], bad: ['0', 'all'] },
  hashQueue: { good: ['1', '100000'], bad: ['0'] },
  refreshRotation: { good: ['on', 'off'], bad: ['true', 'ON'] },
  sessionIdleDays: { good: ['1', '30'], bad: ['0', '31'] },
  trustedDevices: { good: ['any', 'portal', 'off'], bad: ['on', 'Any'] },
  sha1Passwords: { good: ['allow', 'deny'], bad: ['on', 'Deny'] },
  signUp: { good: ['open', 'invite', 'closed'], bad: ['yes', 'Open'] },
  smtp: {
    good: ['smtp://mail.example.com', 'smtps://u%40x:p%3A%2F@mail.example.com:2465/', 'smtp://[::1]:25'],
    bad: [
      'mail.example.com',
      'http://x',
      'smtp://',
      'smtp://:p@x',
      'smtp://x/path',
      'smtp://x?tls=no',
      'smtp://%0d%0a@x',
    ],
  },
  smtpCertificate: { good: ['verify', 'any'], bad: ['none', 'Any'] },
  mailFrom: {
    good: ['no-reply@example.com', 'Keywright <no-reply@example.com>', '"Acme, Inc." <no-reply@example.com>'],
    bad: ['Keywright', 'a@b, c@d', 'a@b@c', '<a@b', 'X <a b@c>', '"a\r\nBcc: x" <a@b>'],
  },
  eventRetentionDays: { good: ['1', '365'], bad: ['0', '1.5', 'forever'] },
  keyRotationDays: { good: ['1', '90'], bad: ['0', '1.5', 'monthly'] },
};

test('a configuration with nothing set serves on loopback from ./data', () => {
  const config = readConfig({});
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 8080);
  assert.equal(config.dataDir, path.resolve('data'));
  assert.deepEqual(config.database, { file: path.resolve('data/keywright.db') });
  assert.equal(config.publicUrl, 'http://127.0.0.1:8080');
  assert.equal(config.audience, 'http://127.0.0.1:8080');
  assert.equal(config.signingAlgorithm, 'HS256');
  assert.equal(config.authTokenMinutes, 240);
  assert.deepEqual(config.rateLimits, { attempts: 100, failures: 100, exchanges: 100, calls: 2000, mails: 3 });
  assert.deepEqual([config.trustedProxies, config.corsOrigins, config.insecureHttp], [[], [], false]);
  assert.ok(config.hashConcurrency >= 1);
  assert.equal(config.hashQueue, 512);
  assert.equal(findListeningConflict(config), undefined);
});

for (const [key, { good, bad }] of Object.entries(examples)) {
  const setting = settings[key as SettingKey];
  test(`${setting.name} takes what it is meant to take and refuses the rest with a line that names it`, () => {
    for (const text of good) {
      const reading = readSettings({ [setting.name]: text }, {}).find((candidate) => candidate.key === key);
      assert.equal(reading?.problem, undefined, text);
      assert.notEqual(reading?.value, undefined, text);
    }
    for (const text of bad) {
      const line = refusal({ [setting.name]: text });
      assert.ok(line.startsWith(`${setting.name} is `), line);
      assert.ok(line.endsWith(`: expected ${setting.parser.expected}`), line);
    }
  });
}

test('every default is a value that the setting takes', () => {
  for (const reading of readSettings({}, {})) assert.equal(reading.problem, undefined, reading.setting.name);
});

test('a wrong value is quoted in the refusal, but never that of a secret', () => {
  assert.match(refusal({ KEYWRIGHT_PORT: 'eighty' }), /^KEYWRIGHT_PORT is "eighty": expected a whole number/);
  for (const name of ['KEYWRIGHT_MASTER_KEY', 'KEYWRIGHT_METRICS_TOKEN', 'KEYWRIGHT_DATABASE_URL']) {
    assert.equal(refusal({ [name]: 'hunter 2' }).includes('hunter'), false, name);
  }
});

test('a wrong value with line breaks, or a very long one, still makes one short line', () => {
  assert.match(refusal({ KEYWRIGHT_PORT: '1\n2' }), /"1\\n2"/);
  assert.ok(refusal({ KEYWRIGHT_HOST: '!'.repeat(10_000) }).length < 300);
});

test('an option wins over the variable, and is named where it is wrong', () => {
  assert.equal(readConfig({ KEYWRIGHT_PORT: '1' }, { port: '2' }).port, 2);
  assert.match(refusal({}, { port: 'x' }), /^--port is "x"/);
});

test('an empty variable counts as not set', () => {
  assert.equal(readConfig({ KEYWRIGHT_PORT: ' ', KEYWRIGHT_DATABASE_URL: '' }).port, 8080);
});

test('PostgreSQL without a master key is refused', () => {
  const KEYWRIGHT_DATABASE_URL = 'postgres://keywright@localhost/keywright';
  assert.match(refusal({ KEYWRIGHT_DATABASE_URL }), /^KEYWRIGHT_MASTER_KEY is not set/);
  const config = readConfig({ KEYWRIGHT_DATABASE_URL, KEYWRIGHT_MASTER_KEY: masterKey });
  assert.deepEqual(config.database, { url: KEYWRIGHT_DATABASE_URL });
  assert.equal(config.masterKey?.[31], 31);
});

test('two master keys, and half of a TLS pair, are refused', () => {
  assert.match(refusal({ KEYWRIGHT_MASTER_KEY: masterKey, KEYWRIGHT_MASTER_KEY_FILE: '/k' }), /both set/);
  assert.match(refusal({ KEYWRIGHT_TLS_CERT: '/c' }), /^KEYWRIGHT_TLS_KEY is not set/);
  assert.match(refusal({ KEYWRIGHT_TLS_KEY: '/k' }), /^KEYWRIGHT_TLS_CERT is not set/);
});

test('off loopback, listening needs TLS, a trusted proxy, or the explicit permission', () => {
  const conflict = (env: Environment) => findListeningConflict(readConfig({ KEYWRIGHT_HOST: '0.0.0.0', ...env }));
  assert.match(conflict({}) ?? '', /^KEYWRIGHT_HOST is "0\.0\.0\.0".*KEYWRIGHT_INSECURE_HTTP=allow/);
  assert.match(conflict({ KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' }) ?? '', /^KEYWRIGHT_HOST/);
  assert.equal(conflict({ KEYWRIGHT_TLS_CERT: '/c', KEYWRIGHT_TLS_KEY: '/k' }), undefined);
  assert.equal(conflict({ KEYWRIGHT_TRUSTED_PROXIES: '10.0.0.1' }), undefined);
  assert.equal(conflict({ KEYWRIGHT_INSECURE_HTTP: 'allow' }), undefined);
});

test('the public URL follows host, port and TLS, and waits for a port that is not known yet', () => {
  assert.equal(readConfig({ KEYWRIGHT_HOST: '::1', KEYWRIGHT_PORT: '81' }).publicUrl, 'http://[::1]:81');
  assert.equal(readConfig({ KEYWRIGHT_TLS_CERT: '/c', KEYWRIGHT_TLS_KEY: '/k' }).publicUrl, 'https://127.0.0.1:8080');
  const config = readConfig({ KEYWRIGHT_PORT: '0', KEYWRIGHT_AUDIENCE: 'api' });
  assert.equal(config.publicUrl, undefined);
  settlePublicUrl(config, 4711);
  assert.equal(config.publicUrl, 'http://127.0.0.1:4711');
  assert.equal(config.audience, 'api');
  assert.equal(readConfig({ KEYWRIGHT_PUBLIC_URL: 'https://X.example/' }).publicUrl, 'https://x.example');
});

test('rate limits that are not named keep their default, and off means no limit', () => {
  const limits = (text: string) => readConfig({ KEYWRIGHT_RATE_LIMIT: text }).rateLimits;
  assert.deepEqual(limits('attempts=5,calls=9'), { attempts: 5, failures: 100, exchanges: 100, calls: 9, mails: 3 });
  assert.deepEqual(new Set(Object.values(limits('off'))), new Set([Number.POSITIVE_INFINITY]));
  assert.deepEqual(
    limits('on'),
    { attempts: 100, failures: 100, exchanges: 100, calls: 2000, mails: 3 },
    'nothing is left behind',
  );
});

test('a variable that is no setting is pointed out, with the name that was probably meant', () => {
  const lines = findUnknownSettings({
    KEYWRIGHT_PROT: '1',
    KEYWRIGHT_SOMETHING_ELSE_ALTOGETHER: '1',
    KEYWRIGHT_TEST_DATABASE_URL: 'postgres://x',
    KEYWRIGHT_PORT: '1',
    PATH: '/bin',
  });
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^KEYWRIGHT_PROT is no setting.*did you mean KEYWRIGHT_PORT\?$/);
  assert.match(lines[1] ?? '', /^KEYWRIGHT_SOMETHING_ELSE_ALTOGETHER is no setting[^?]*$/);
});

test("a database's name shows no password", () => {
  for (const url of [
    'postgres://user:hunter2@host/db',
    'postgres://user:hunter2@h1:1,h2:2/db?sslmode=require',
    'postgres://host/db?user=u&password=hunter2&x=1',
    'postgres://host/db?sslpassword=hunter2',
    'postgres://user:hunter2@2@host/db',
  ]) {
    const name = nameDatabase({ database: { url } });
    assert.equal(name.includes('hunter2'), false, name);
    assert.match(name, /host|h1/);
  }
});
