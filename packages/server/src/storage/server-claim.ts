import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareSqliteFile } from './sqlite-file.ts';
import { isSqliteBusy, StartupError } from './storage-error.ts';

/** The embedded database's file within the data folder, as the settings name it. */
const databaseFileName = 'keywright.db';

/** That this process is the one server on a data folder. */
export interface ServerClaim {
  release(): void;
}

/** A claim that nobody refers to must not be closed by the garbage collector. */
const held = new Set<DatabaseSync>();

/**
 * Claims the data folder for this server until it lets go or dies, however it dies: the lock is the operating system's.
 * Commands beside the server don't take it.
 *
 * @throws StartupError where another server holds it
 */
export function claimServer(dataDir: string): ServerClaim {
  const file = join(dataDir, 'server.lock');
  prepareSqliteFile(file);
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isSqliteBusy(error)) {
      const database = join(dataDir, databaseFileName);
      throw new StartupError(
        `Another keywright server already uses ${database}; stop it, or use PostgreSQL for several.`,
        { cause: error },
      );
    }
    throw error;
  }
  held.add(lock);
  return {
    release() {
      if (held.delete(lock)) {
        lock.close();
      }
    },
  };
}
