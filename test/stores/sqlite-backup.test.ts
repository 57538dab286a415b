import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { backUpSqlite } from '../../packages/server/src/storage/sqlite-backup.ts';
import { now } from './sample-records.ts';
import { createSqliteStore } from './test-store.ts';

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-backup-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function createStore(t: TestContext) {
  const { options, database } = await createSqliteStore(t);
  return { database, file: 'file' in options ? options.file : '' };
}

/** Makes a database of so many rows, in one file. */
function makeDatabase(file: string, rows: number): void {
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${rows})
    INSERT INTO note SELECT n, hex(randomblob(50)) FROM number`);
  database.close();
}

test('a backup has everything that was acknowledged before, whole, while writes go on, in one file for its owner alone', async (t) => {
  const { database, file } = await createStore(t);
  const folder = makeFolder(t);
  const insert = (name: string) => database.insertOrganisation({ name, parentId: null, createdAt: now });
  for (let round = 1; round <= 5; round += 1) {
    for (let index = 0; index < 20; index += 1) await insert(`before ${round}`);
    const target = join(folder, `${round}.db`);
    const writes = Array.from({ length: 50 }, (_, index) => insert(`during ${round}.${index}`));
    const size = await backUpSqlite(file, target);
    await Promise.all(writes);
    assert.equal(statSync(target).size, size);
    assert.equal(statSync(target).mode & 0o777, 0o600);
    const copy = new DatabaseSync(target, { readOnly: true });
    const count = (text: string) => copy.prepare(text).get()?.['n'];
    assert.equal(count(`SELECT count(*) AS n FROM organisation WHERE name LIKE 'before%'`), 20 * round);
    assert.equal(copy.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
    copy.close();
  }
  assert.deepEqual(readdirSync(folder), ['1.db', '2.db', '3.db', '4.db', '5.db'], 'no draft and no log is left behind');
});

test('a file that is there is never overwritten', async (t) => {
  const { file } = await createStore(t);
  const target = join(makeFolder(t), 'precious.db');
  writeFileSync(target, 'precious');
  await assert.rejects(backUpSqlite(file, target), {
    name: 'StartupError',
    message: `${target} is there already, and is left as it is: name a file that is not there.`,
  });
  assert.equal(readFileSync(target, 'utf8'), 'precious');
});

test('a file that can not be made is one line that says what to do', async (t) => {
  const { file } = await createStore(t);
  const target = join(makeFolder(t), 'no', 'backup.db');
  await assert.rejects(backUpSqlite(file, target), {
    name: 'StartupError',
    message: `${target} can't be written (ENOENT: no such file or directory): see that its folder is there, is yours and has room.`,
  });
});

test('a database that is damaged gives no backup, and says so', async (t) => {
  const folder = makeFolder(t);
  const file = join(folder, 'damaged.db');
  makeDatabase(file, 5000);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(4096, 0xaa), 0, 4096, 4096 * 20);
  closeSync(descriptor);
  await assert.rejects(backUpSqlite(file, join(folder, 'copy.db')), {
    name: 'StartupError',
    message:
      /^The copy of .*damaged\.db is not sound \([^\n]+\), and nor is the database, most likely; no backup was made\.$/,
  });
  assert.deepEqual(readdirSync(folder), ['damaged.db']);
});

test('what is no database gives no backup', async (t) => {
  const folder = makeFolder(t);
  const file = join(folder, 'letter.db');
  writeFileSync(file, 'a text that is long enough to be no header of a database at all');
  await assert.rejects(backUpSqlite(file, join(folder, 'copy.db')), {
    name: 'StartupError',
    message: /is not an SQLite database/,
  });
  assert.deepEqual(readdirSync(folder), ['letter.db']);
});
