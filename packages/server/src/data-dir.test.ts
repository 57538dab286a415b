import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ConfigError } from './config-error.ts';
import { makeDataDir } from './data-dir.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-data-dir-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function refused(dataDir: string, pattern: RegExp): Promise<void> {
  await assert.rejects(makeDataDir(dataDir), (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, pattern);
    return true;
  });
}

test('only its owner can read the data folder, and the folders that are made above it', async () => {
  const dataDir = path.join(folder, 'made', 'for it');
  await makeDataDir(dataDir);
  await makeDataDir(dataDir);
  for (const made of [dataDir, path.dirname(dataDir)]) assert.equal(statSync(made).mode & 0o777, 0o700, made);
});

test('a data folder that is a file, or inside of one, is refused with what to do', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  await refused(file, /^the data folder .* is a file.*: choose another with --data-dir or KEYWRIGHT_DATA_DIR$/);
  await refused(path.join(file, 'in', 'it'), /^the data folder .* is a file/);
});

// Node's own recursive way never comes back from there.
const skip = process.platform === 'linux' ? false : 'there is no /proc';

test('a data folder where none can be made is refused at once', { skip, timeout: 10_000 }, async () => {
  for (const dataDir of ['/proc/keywright', '/proc/keywright/data']) {
    await refused(dataDir, /^the data folder \/proc\/keywright\S* can't be made \(ENOENT: [^)]+\): choose another/);
  }
});
