import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ClientError } from './client-error.ts';
import type { TokenStorage } from './token-storage.ts';

const hasModes = process.platform !== 'win32';

/**
 * Keeps the tokens in a file that nobody else may read (mode 0600). It is replaced as a whole: at any time, also after a crash,
 * it holds what was written last, or what was written before. Several processes may share it.
 *
 * Errors are `StorageFailed`, with the file system's own as cause; so is a file that others may read.
 *
 * @param file its path; folders that are missing are made, for nobody else to enter (mode 0700)
 */
export function createFileStorage(file: string): TokenStorage {
  const target = path.resolve(file);
  return {
    read: () => explain('read', target, () => readOwn(target)),
    write: (text) => explain('written', target, () => replace(target, text)),
  };
}

async function readOwn(file: string): Promise<string | undefined> {
  let found: FileHandle;
  try {
    found = await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { mode } = await found.stat();
    if (hasModes && (mode & 0o077) !== 0) {
      throw new ClientError(
        'StorageFailed',
        `${file} may be read by others: chmod 600, if its tokens are still secret`,
      );
    }
    return await found.readFile('utf8');
  } finally {
    await found.close();
  }
}

async function replace(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = path.join(folder, `.${path.basename(file)}.${randomUUID()}`);
  try {
    await writeThrough(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The name has to survive a crash as well.
  if (hasModes) await syncFolder(folder);
}

async function writeThrough(file: string, text: string): Promise<void> {
  // wx: whatever is there by this name already is not ours to write through.
  const opened = await open(file, 'wx', 0o600);
  try {
    await opened.writeFile(text);
    await opened.sync();
  } finally {
    await opened.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

async function explain<T>(what: string, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof ClientError ? cause : unusable(file, what, cause);
  }
}

function unusable(file: string, what: string, cause: unknown): ClientError {
  return new ClientError('StorageFailed', `${file} could not be ${what}`, { cause });
}
