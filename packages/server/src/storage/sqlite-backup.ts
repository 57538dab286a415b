import { randomBytes } from 'node:crypto';
import { access, link, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { explainOpenError } from './sqlite-file.ts';
import { StartupError } from './storage-error.ts';

/** While the source is opened, another process may be recovering or closing it. */
const openTimeoutMs = 5000;
/** All pages in one step, and so as of one moment: a copy in several begins anew whenever somebody writes in between. */
const pagesAtOnce = 2 ** 31 - 1;

/**
 * Copies an SQLite file while others write to it, as of one moment, with everything that was committed before; checks the
 * copy, and puts it in place whole, for this user alone.
 *
 * @param target a file that is not there yet
 * @returns how large the copy is, in bytes
 * @throws StartupError where the source is no database, the target is there or can't be written, or the copy is not sound
 */
export async function backUpSqlite(source: string, target: string): Promise<number> {
  const draft = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString('hex')}.unfinished`,
  );
  try {
    // Said before anything is copied.
    if (await exists(target)) throw isThere(target);
    await makePrivateFile(draft);
    await copyInto(source, draft);
    checkCopy(source, draft);
    const { size } = await stat(draft);
    await placeWhole(draft, target);
    return size;
  } catch (error) {
    throw explain(error, target);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Made before there is anything in it, so that nobody else ever reads it. */
async function makePrivateFile(file: string): Promise<void> {
  await using _made = await open(file, 'wx', 0o600);
}

async function copyInto(source: string, draft: string): Promise<void> {
  const database = openSource(source);
  try {
    await backup(database, draft, { rate: pagesAtOnce });
  } finally {
    database.close();
  }
}

function openSource(source: string): DatabaseSync {
  try {
    const database = new DatabaseSync(source, { timeout: openTimeoutMs });
    database.exec('PRAGMA query_only = ON');
    // The first look at the file: it may be none of a database.
    database.prepare('PRAGMA schema_version').get();
    return database;
  } catch (error) {
    throw explainOpenError(source, error);
  }
}

function checkCopy(source: string, draft: string): void {
  const fault = findFault(draft);
  if (fault === undefined) return;
  throw new StartupError(
    `The copy of ${source} is not sound (${fault}), and nor is the database, most likely; no backup was made.`,
  );
}

/** SQLITE_CORRUPT (sqlite.org/rescode.html): there is so much damage that even the check gives up. */
const corrupt = 11;

function findFault(draft: string): string | undefined {
  const copy = new DatabaseSync(draft);
  try {
    // One file, with no log beside it that could be left behind.
    copy.exec('PRAGMA journal_mode = DELETE');
    const [first] = copy.prepare('PRAGMA integrity_check(1)').all();
    const found = String(first?.['integrity_check']).replaceAll(/\s+/g, ' ');
    return found === 'ok' ? undefined : found;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) === corrupt) return error.message;
    throw error;
  } finally {
    copy.close();
  }
}

/** Gives the copy its name once all of it is on the disk, and never that of a file that is there. */
async function placeWhole(draft: string, target: string): Promise<void> {
  {
    await using file = await open(draft, 'r+');
    await file.sync();
  }
  try {
    await link(draft, target);
  } catch (error) {
    // Some file systems have no hard links.
    if (!isLinkless(error) || (await exists(target))) throw error;
    await rename(draft, target);
  }
  if (process.platform === 'win32') return;
  await using folder = await open(path.dirname(target));
  await folder.sync();
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function isLinkless(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(String(error.code))
  );
}

function isThere(target: string): StartupError {
  return new StartupError(`${target} is there already, and is left as it is: name a file that is not there.`);
}

function explain(error: unknown, target: string): unknown {
  if (error instanceof StartupError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EEXIST') return isThere(target);
  const reason = error.message.split(', ')[0];
  const advice = 'see that its folder is there, is yours and has room';
  return new StartupError(`${target} can't be written (${reason}): ${advice}.`, { cause: error });
}
