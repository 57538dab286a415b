import { setImmediate as nextTurn } from 'node:timers/promises';

/** How many rows one write takes, so that neither the event loop nor others' locks are held for long. */
const chunkSize = 200;

/** Writes many rows a bounded number at a time, letting the event loop turn in between. */
export async function inChunks<T>(rows: readonly T[], write: (chunk: readonly T[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < rows.length; start += chunkSize) {
    if (start > 0) {
      await nextTurn();
    }
    await write(rows.slice(start, start + chunkSize));
  }
}
