import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { masterKeyText } from './config-parse.ts';
import { makeDataDir } from './data-dir.ts';
import { describeSystemError, isErrorCode } from './error-code.ts';

type MasterKeyConfig = Pick<Config, 'masterKey' | 'masterKeyFile' | 'dataDir' | 'database'>;

/**
 * The key under which secrets rest encrypted: from the settings or, for SQLite, from `master.key` in the data folder, which
 * is made at first start. Call it before the database is opened: a database without its key is refused, not given a new one.
 *
 * @returns 32 bytes
 * @throws ConfigError where the key is missing, unreadable, malformed or open to other users
 */
export async function loadMasterKey(config: MasterKeyConfig): Promise<Uint8Array> {
  if (config.masterKey !== undefined) return config.masterKey;
  if (config.masterKeyFile !== undefined) return readGivenKey(config.masterKeyFile);
  if ('url' in config.database) throw new ConfigError('KEYWRIGHT_MASTER_KEY is not set, and PostgreSQL needs it');
  // Asked for in this order, since whoever makes the two makes the key first.
  const hasDatabase = await exists(config.database.file);
  const keyFile = path.join(config.dataDir, 'master.key');
  const key = await readOwnKey(keyFile);
  if (key !== undefined) return key;
  if (hasDatabase) {
    throw new ConfigError(
      `${keyFile} is missing, and without it the secrets in ${config.database.file} can't be read: restore it from your backup, or set KEYWRIGHT_MASTER_KEY`,
    );
  }
  await makeDataDir(config.dataDir);
  await writeKey(keyFile, `${randomBytes(32).toString('base64')}\n`);
  const made = await readOwnKey(keyFile);
  if (made === undefined)
    throw new ConfigError(`${keyFile} is gone again: does another program clear ${config.dataDir}?`);
  return made;
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw new ConfigError(`${file} can't be reached (${describeSystemError(error)})`, { cause: error });
  }
}

/** The key that an operator put somewhere: who may read it there is the operator's decision. */
async function readGivenKey(file: string): Promise<Uint8Array> {
  try {
    return parseKey(file, await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `KEYWRIGHT_MASTER_KEY_FILE is "${file}", which can't be read (${describeSystemError(error)})`,
      {
        cause: error,
      },
    );
  }
}

/** The key that a first start made; undefined where there is none yet. */
async function readOwnKey(file: string): Promise<Uint8Array | undefined> {
  try {
    await using handle = await open(file);
    const { mode } = await handle.stat();
    // Windows keeps no such bits.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new ConfigError(
        `${file} is open to other users of this machine (mode ${(mode & 0o777).toString(8)}): run chmod 600 ${file}, and consider who may have read it`,
      );
    }
    return parseKey(file, await handle.readFile('utf8'));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new ConfigError(
      `${file} can't be read (${describeSystemError(error)}): run Keywright as the user that owns it`,
      {
        cause: error,
      },
    );
  }
}

function parseKey(file: string, text: string): Uint8Array {
  const key = masterKeyText.parse(text.trim());
  if (key === undefined) throw new ConfigError(`${file} holds no master key: expected ${masterKeyText.expected}`);
  return key;
}

/** Puts the whole key in place at once, or leaves what another process put there meanwhile. */
async function writeKey(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    {
      await using handle = await open(draft, 'wx', 0o600);
      await handle.writeFile(text);
      await handle.sync();
    }
    await placeKey(draft, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    throw new ConfigError(`${file} can't be made (${describeSystemError(error)})`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}

async function placeKey(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return;
    // Some file systems have no hard links. Renaming is as whole, but would replace another process's key.
    if (!isErrorCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP') || (await exists(file))) throw error;
    await rename(draft, file);
  }
}

/** Makes the file's name as durable as its bytes, where a folder can be synced at all. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder);
  await handle.sync();
}
