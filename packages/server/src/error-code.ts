/** Whether an error is one of the operating system's, with one of these codes (`ENOENT`). */
export function isErrorCode(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** What went wrong, in a few words that name no path: `EACCES: permission denied`. */
export function describeSystemError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.split(', ')[0] ?? error.message;
}
