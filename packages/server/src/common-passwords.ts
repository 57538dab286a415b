import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommonPasswords } from './domain/ports.ts';

/** Where the shipped list is; `node scripts/common-passwords.ts` makes it. */
export const commonPasswordsFile = path.resolve(import.meta.dirname, '../common-passwords/sha1.bin');

/** How many bytes of each SHA-1 the list holds. */
export const entryBytes = 6;

/** Reads the list when it is first asked for: most processes that run commands never ask. */
export function createCommonPasswords(): CommonPasswords {
  let list: Promise<Buffer> | undefined;

  function load(): Promise<Buffer> {
    list ??= readFile(commonPasswordsFile).catch((error: unknown) => {
      list = undefined;
      throw error;
    });
    return list;
  }

  return {
    has: async (sha1) => includesEntry(await load(), Buffer.from(sha1, 'hex').subarray(0, entryBytes)),
  };
}

function includesEntry(list: Buffer, entry: Buffer): boolean {
  let low = 0;
  let high = list.length / entryBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = entry.compare(list, middle * entryBytes, (middle + 1) * entryBytes);
    if (order === 0) return true;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return false;
}
