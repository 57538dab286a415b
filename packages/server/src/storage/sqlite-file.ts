import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from './storage-error.ts';

/**
 * Makes an empty file (mode 0600) where it is missing, in a folder that is there; SQLite gives its other files the same
 * mode.
 *
 * @throws StartupError where the folder can't be written, or the file can't be made or written
 */
export function prepareSqliteFile(file: string): void {
  const folder = dirname(file);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(folder, error);
  }
  try {
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600));
  } catch (error) {
    throw existsSync(file) ? cannotOpen(file, codeOf(error), error) : notWritable(folder, error);
  }
}

/** Says of an error at opening what can be done about it. */
export function explainOpenError(file: string, error: unknown): StartupError {
  const message = error instanceof Error ? error.message : String(error);
  const notDatabase = error instanceof Error && 'errcode' in error && Number(error.errcode) === 26;
  return notDatabase
    ? new StartupError(`${file} is not an SQLite database; move it away, or name another data folder.`, {
        cause: error,
      })
    : cannotOpen(file, message, error);
}

function notWritable(folder: string, cause: unknown): StartupError {
  const message = `The data folder ${folder} is not writable (${codeOf(cause)}); make it so, or name another.`;
  return new StartupError(message, { cause });
}

function cannotOpen(file: string, reason: string, cause: unknown): StartupError {
  return new StartupError(
    `The database ${file} can't be opened (${reason}); check who owns it and that nothing else holds it.`,
    { cause },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
