import { stat } from 'node:fs/promises';
import { ConfigError } from './config-error.ts';
import { type Config, nameDatabase } from './config-rules.ts';
import { isErrorCode } from './error-code.ts';

/** Says that there is no store: for commands that would otherwise show an empty one in a place that was mistyped. */
export function noStore(config: Pick<Config, 'database' | 'dataDir'>): ConfigError {
  const [place, settings] =
    'file' in config.database
      ? [config.dataDir, '--data-dir, or KEYWRIGHT_DATA_DIR,']
      : [nameDatabase(config), 'KEYWRIGHT_DATABASE_URL'];
  return new ConfigError(
    `there is no store in ${place}: see that ${settings} names the right place, or begin a store with keywright serve, user add or migrate`,
  );
}

/**
 * Refuses an SQLite store that is not there, before anything is made in its place; whether PostgreSQL holds one shows once
 * it is asked.
 *
 * @throws ConfigError
 */
export async function requireStoreFile(config: Pick<Config, 'database' | 'dataDir'>): Promise<void> {
  if (!('file' in config.database)) return;
  try {
    await stat(config.database.file);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) throw noStore(config);
    // Whatever else is the matter, opening it says better.
  }
}
