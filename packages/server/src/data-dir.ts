import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from './config-error.ts';
import { describeSystemError, isErrorCode } from './error-code.ts';

/**
 * Makes a folder and those above it, for this user alone, unless they are there.
 *
 * Node's own recursive way goes on for ever where a file system takes no folders and says that one above is missing, as
 * /proc does.
 *
 * @throws Error of the file system
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await makeOneFolder(folder)) return;
  const above = path.dirname(folder);
  if (above !== folder) await makeFolder(above);
  if (!(await makeOneFolder(folder))) throw Object.assign(new Error('ENOENT: it takes no folders'), { code: 'ENOENT' });
}

/** False where the folder above is missing. */
async function makeOneFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false;
    if (isErrorCode(error, 'EEXIST', 'EROFS', 'EPERM') && (await isFolder(folder))) return true;
    throw error;
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Makes the data folder, for this user alone, unless it is there.
 *
 * @throws ConfigError where it can't be made
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir);
  } catch (error) {
    const reason = isErrorCode(error, 'EEXIST', 'ENOTDIR')
      ? 'is a file, or inside of one'
      : `can't be made (${describeSystemError(error)})`;
    throw new ConfigError(
      `the data folder ${dataDir} ${reason}: choose another with --data-dir or KEYWRIGHT_DATA_DIR`,
      {
        cause: error,
      },
    );
  }
}
