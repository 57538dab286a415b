import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ConfigError } from './config-error.ts';
import { loadMasterKey } from './master-key.ts';

let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-master-key-'));
  dataDir = path.join(folder, 'data');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(
  given: { masterKey?: Uint8Array; masterKeyFile?: string; database?: { url: string } } = {},
): Promise<Uint8Array> {
  return loadMasterKey({
    masterKey: given.masterKey,
    masterKeyFile: given.masterKeyFile,
    dataDir,
    database: given.database ?? { file: path.join(dataDir, 'keywright.db') },
  });
}

async function refused(loading: Promise<unknown>, pattern: RegExp): Promise<void> {
  await assert.rejects(loading, (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, pattern);
    assert.equal(error.message.includes('\n'), false);
    return true;
  });
}

const keyFile = (): string => path.join(dataDir, 'master.key');

test('a first start makes a key that only its owner can read, and later starts take it', async () => {
  const key = await load();
  assert.equal(key.length, 32);
  assert.equal(statSync(keyFile()).mode & 0o777, 0o600);
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  assert.equal(readFileSync(keyFile(), 'utf8'), `${Buffer.from(key).toString('base64')}\n`);
  assert.deepEqual(await load(), key);
  assert.deepEqual(readdirSync(dataDir), ['master.key'], 'no draft is left behind');
});

test('two first starts make different keys', async () => {
  const first = await load();
  rmSync(keyFile());
  assert.notDeepEqual(await load(), first);
});

test('first starts at the same time agree on one key', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => load()));
  assert.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 1);
  assert.deepEqual(readdirSync(dataDir), ['master.key']);
});

test('a database without its key is refused, and gets no new one', async () => {
  await load();
  rmSync(keyFile());
  writeFileSync(path.join(dataDir, 'keywright.db'), '');
  await refused(load(), /master\.key is missing.*restore it/);
  assert.equal(existsSync(keyFile()), false);
});

test('a key that other users can read is refused', async () => {
  await load();
  for (const mode of [0o640, 0o604, 0o620, 0o777]) {
    chmodSync(keyFile(), mode);
    await refused(load(), new RegExp(`mode ${mode.toString(8)}.*chmod 600`));
  }
});

test('a key cut short is refused rather than used or replaced', async () => {
  await load();
  const half = readFileSync(keyFile(), 'utf8').slice(0, 20);
  for (const text of [half, '', 'A'.repeat(44)]) {
    writeFileSync(keyFile(), text);
    await refused(load(), /holds no master key: expected 32 bytes in Base64/);
    assert.equal(readFileSync(keyFile(), 'utf8'), text);
  }
});

test('a key from the settings is taken as it is, and nothing is written', async () => {
  const masterKey = Uint8Array.from({ length: 32 }, (_, index) => index);
  assert.equal(await load({ masterKey }), masterKey);
  const masterKeyFile = path.join(folder, 'secret');
  writeFileSync(masterKeyFile, `${Buffer.from(masterKey).toString('base64')}\r\n`);
  assert.deepEqual(await load({ masterKeyFile }), masterKey);
  assert.equal(existsSync(dataDir), false);
});

test('a key file from the settings that is missing or malformed is refused by name', async () => {
  const masterKeyFile = path.join(folder, 'secret');
  await refused(load({ masterKeyFile }), /^KEYWRIGHT_MASTER_KEY_FILE is ".*secret", which can't be read \(ENOENT/);
  writeFileSync(masterKeyFile, 'not a key');
  await refused(load({ masterKeyFile }), /secret holds no master key/);
});

test('PostgreSQL never gets a key of its own making', async () => {
  await refused(load({ database: { url: 'postgres://localhost/keywright' } }), /KEYWRIGHT_MASTER_KEY is not set/);
  assert.equal(existsSync(dataDir), false);
});

test('a data folder that is a file is refused with what to do', async () => {
  writeFileSync(dataDir, '');
  await refused(load(), /^the data folder .* is a file.*choose another with --data-dir/);
});
