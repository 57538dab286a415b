import { mkdir } from 'node:fs/promises';
import { ConfigError } from './config-error.ts';
import { isErrorCode } from './error-code.ts';

/**
 * Makes the data folder, for this user alone, unless it is there.
 *
 * @throws ConfigError where it can't be made
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = isErrorCode(error, 'EEXIST', 'ENOTDIR')
      ? 'is a file, or inside of one'
      : `can't be made (${String(error)})`;
    throw new ConfigError(
      `the data folder ${dataDir} ${reason}: choose another with --data-dir or KEYWRIGHT_DATA_DIR`,
      {
        cause: error,
      },
    );
  }
}
