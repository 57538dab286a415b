import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { Refusal } from '../../packages/server/src/domain/errors.ts';
import { openDatabase } from '../../packages/server/src/storage/open-database.ts';
import { numberField } from '../../packages/server/src/storage/page-field.ts';
import { readPage } from '../../packages/server/src/storage/page-query.ts';
import { claimServer } from '../../packages/server/src/storage/server-claim.ts';
import { openSqlite } from '../../packages/server/src/storage/sqlite.ts';
import { SqliteConnection } from '../../packages/server/src/storage/sqlite-connection.ts';
import { toStorageError } from '../../packages/server/src/storage/storage-error.ts';
import { now } from './sample-records.ts';
import { createSqliteStore, querySqlite, silentLog } from './test-store.ts';

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-file-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const open = (file: string) => openDatabase({ file }, { log: silentLog });
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const startChild = (script: string, ...parameters: string[]) => fork(join(import.meta.dirname, script), parameters);

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

test('a write is acknowledged only once it is on the disk, reads go on meanwhile, and a disk that fails shows in ping', async (t) => {
  const file = join(await makeFolder(t), 'keywright.db');
  const syncs: PromiseWithResolvers<void>[] = [];
  const syncFile = () => {
    const sync = Promise.withResolvers<void>();
    syncs.push(sync);
    return sync.promise;
  };
  const logged: [fields: object, message: string][] = [];
  const log = { ...silentLog, error: (...line: [fields: object, message: string]) => void logged.push(line) };
  const engine = openSqlite(file, { log, syncFile });
  const run = (text: string, how: 'read' | 'write') => sql.raw(text).execute(engine.session[how]);
  const until = async (count: number) => {
    for (let turn = 0; syncs.length < count; turn += 1) {
      assert.ok(turn < 100_000, `sync ${count} never began`);
      await nextTurn();
    }
  };
  let acknowledged = 0;
  const count = () => {
    acknowledged += 1;
  };
  const statement = run('CREATE TABLE note (text TEXT)', 'write').then(count);
  await until(1);
  const transaction = engine
    .transaction(({ write }) => sql`INSERT INTO note VALUES ('seen')`.execute(write))
    .then(count);
  while ((await run('SELECT text FROM note', 'read')).rows.length === 0) await nextTurn();
  await nextTurn();
  assert.equal(acknowledged, 0);
  syncs[0]?.resolve();
  await statement;
  await until(2);
  assert.equal(acknowledged, 1);
  syncs[1]?.resolve();
  await transaction;
  await engine.ping();
  const failing = run('DROP TABLE note', 'write');
  await until(3);
  syncs[2]?.reject(new Error('EIO'));
  const unavailable = { name: 'Refusal', token: 'Unavailable', reason: 'the log could not be put on the disk: EIO' };
  await assert.rejects(failing, unavailable);
  // Reads go on, but whoever asks whether the instance can serve has to hear of it: it takes a restart.
  await run('SELECT 1', 'read');
  await assert.rejects(engine.ping(), unavailable);
  await assert.rejects(run('CREATE TABLE other (text TEXT)', 'write'), unavailable);
  assert.deepEqual(
    logged.map(([, message]) => message),
    ['The disk failed, so no change is acknowledged any more: see to it, and start the server again'],
  );
  await engine.close();
});

test('what SQLite leaves to be put on the disk is no more than the log: WAL, synchronous NORMAL, foreign keys on', async (t) => {
  const file = join(await makeFolder(t), 'keywright.db');
  for (const queryOnly of [false, true]) {
    const connection = new SqliteConnection(file, { queryOnly });
    const pragma = (name: string) => Object.values(connection.run(`PRAGMA ${name}`).rows[0] as object)[0];
    assert.equal(pragma('journal_mode'), 'wal');
    assert.equal(pragma('synchronous'), 1);
    assert.equal(pragma('foreign_keys'), 1);
    assert.equal(pragma('query_only'), queryOnly ? 1 : 0);
    connection.close();
  }
});

test('the columns of a list are worked out for the rows of the page alone, in whatever order these come', async (t) => {
  const engine = openSqlite(join(await makeFolder(t), 'keywright.db'), { log: silentLog });
  t.after(() => engine.close());
  await sql.raw('CREATE TABLE note (id INTEGER PRIMARY KEY, made INTEGER)').execute(engine.session.write);
  await sql.raw('INSERT INTO note VALUES (1, 1), (2, 2), (3, 3)').execute(engine.session.write);
  const source = {
    // Of the first note it is out of range, which is an error.
    columns: sql`note.id, abs(-9223372036854775807 - note.id) AS distance`,
    from: sql`note`,
    scope: [],
    fields: { made: numberField(sql`note.made`) },
    id: sql`note.id`,
  };
  const query = { page: 1, perPage: 2, filters: [], sort: [{ field: 'made', descending: true }] };
  const { rows, total } = await readPage<{ id: number }>(engine.session, source, query);
  assert.deepEqual(
    rows.map(({ id }) => id),
    [3, 2],
  );
  assert.equal(total, 3);
  await assert.rejects(readPage(engine.session, source, { ...query, page: 2 }), /overflow/);
});

test('only its owner can read the files of the database', async (t) => {
  const folder = await makeFolder(t);
  const database = await open(join(folder, 'keywright.db'));
  await database.migrate();
  for (const name of await readdir(folder)) {
    assert.equal(await modeOf(join(folder, name)), 0o600, name);
  }
  await database.close();
});

test('closing leaves everything in one file', async (t) => {
  const folder = await makeFolder(t);
  const database = await open(join(folder, 'keywright.db'));
  await database.migrate();
  await database.close();
  await database.close();
  assert.deepEqual(await readdir(folder), ['keywright.db']);
  await assert.rejects(database.hasUsers(), { token: 'Unavailable' });
  await assert.rejects(database.insertServiceValue('a', 'b'), { token: 'Unavailable' });
});

test('what is not an SQLite database is refused with a sentence that says what to do', async (t) => {
  const folder = await makeFolder(t);
  const file = join(folder, 'keywright.db');
  await writeFile(file, 'a text that is long enough to be no header of a database at all');
  const message = `${file} is not an SQLite database; move it away, or name another data folder.`;
  await assert.rejects(open(file), { name: 'StartupError', message });
  await assert.rejects(open(folder), {
    name: 'StartupError',
    message: /^The database .* can't be opened \(EISDIR\); /,
  });
  await assert.rejects(open(join(file, 'in a file')), { name: 'StartupError', message: /not writable \(E/ });
});

test('a folder that is not writable is refused with a sentence that says what to do', async (t) => {
  const folder = join(await makeFolder(t), 'closed');
  await mkdir(folder, { mode: 0o500 });
  await chmod(join(folder, '..'), 0o755);
  // Root may write anywhere, so it steps aside.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    process.seteuid?.(65_534);
  }
  try {
    await assert.rejects(open(join(folder, 'keywright.db')), {
      name: 'StartupError',
      message: `The data folder ${folder} is not writable (EACCES); make it so, or name another.`,
    });
  } finally {
    if (isRoot) {
      process.seteuid?.(0);
    }
  }
});

test('a second server on a data folder refuses to start, until the first one is killed', async (t) => {
  const folder = await makeFolder(t);
  const holder = startChild('server-claim-holder.ts', folder);
  t.after(() => kill(holder));
  await once(holder, 'message');
  const refused = {
    name: 'StartupError',
    message: `Another keywright server already uses ${join(folder, 'keywright.db')}; stop it, or use PostgreSQL for several.`,
  };
  assert.throws(() => claimServer(folder), refused);
  await kill(holder);
  const claim = claimServer(folder);
  assert.throws(() => claimServer(folder), refused);
  claim.release();
  claim.release();
  claimServer(folder).release();
});

test('commands write beside a busy server, and neither is ever told that the database is locked', async (t) => {
  const { options, database } = await createSqliteStore(t);
  const file = 'file' in options ? options.file : '';
  const command = startChild('writer.ts', file, 'command', '50');
  t.after(() => kill(command));
  let written = 0;
  command.on('message', () => {
    written += 1;
  });
  const ended = once(command, 'exit');
  let own = 0;
  while (written < 50 && command.exitCode === null) {
    // As many as a loaded server has waiting, so that the file is hardly ever free.
    await Promise.all(
      Array.from({ length: 8 }, () => {
        own += 1;
        return database.insertOrganisation({ name: `server ${own}`, parentId: null, createdAt: now });
      }),
    );
    // Writes that nobody holds up resolve without a turn of the event loop, which would never hear of the command's.
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(await ended, [0, null]);
  assert.equal((await database.listOrganisations()).length, own + 50);
});

test('nothing that was acknowledged is lost when the process is killed amid its writes', async (t) => {
  const { options, database } = await createSqliteStore(t);
  const file = 'file' in options ? options.file : '';
  for (let round = 1; round <= 3; round++) {
    const writer = startChild('writer.ts', file, `round ${round}`);
    const acknowledged: string[] = [];
    const enough = Promise.withResolvers<void>();
    writer.on('message', (name) => {
      acknowledged.push(String(name));
      if (acknowledged.length === 7 * round) {
        enough.resolve();
      }
    });
    await enough.promise;
    await kill(writer);
    const kept = new Set((await database.listOrganisations()).map(({ name }) => name));
    assert.deepEqual(
      acknowledged.filter((name) => !kept.has(name)),
      [],
    );
  }
  const [check] = querySqlite(file, 'PRAGMA integrity_check');
  assert.equal(check?.['integrity_check'], 'ok');
});

test('while another process holds the file, a write waits without stopping the event loop, then is refused', async (t) => {
  const { options, database } = await createSqliteStore(t);
  const file = 'file' in options ? options.file : '';
  const holder = new SqliteConnection(file, { queryOnly: false });
  holder.run('BEGIN IMMEDIATE');
  const write = database.insertServiceValue('name', 'value');
  // Reads go on meanwhile.
  assert.equal(await database.hasUsers(), false);
  assert.equal(await database.findServiceValue('name'), undefined);
  holder.run('COMMIT');
  assert.equal(await write, 'value');
  holder.run('BEGIN IMMEDIATE');
  await assert.rejects(
    database.insertServiceValue('other', 'value'),
    (error: { token?: string; retryAfterSeconds?: number }) =>
      error.token === 'Unavailable' && error.retryAfterSeconds === 1,
  );
  holder.close();
  assert.equal(await database.insertServiceValue('other', 'value'), 'value');
});

test('a full disk is told as unavailable, and the same connection writes again once there is room', async (t) => {
  const { options, query } = await createSqliteStore(t);
  const file = 'file' in options ? options.file : '';
  const [pages] = await query('PRAGMA page_count');
  const connection = new SqliteConnection(file, { queryOnly: false });
  t.after(() => connection.close());
  const insert = () =>
    connection.run('INSERT INTO service_value (name, value) VALUES (?, ?)', ['big', 'x'.repeat(100_000)]);
  connection.run(`PRAGMA max_page_count = ${Number(pages?.['page_count'])}`);
  assert.throws(insert, (error) => {
    const refusal = toStorageError(error);
    return refusal instanceof Refusal && refusal.token === 'Unavailable' && refusal.retryAfterSeconds === 5;
  });
  connection.run('PRAGMA max_page_count = 100000');
  assert.equal(insert().affectedRows, 1);
});
