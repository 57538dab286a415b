import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folders = new Set<string>();

function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** A folder that is gone when the process ends, however it ends in order. */
export function makeThrowAwayFolder(purpose: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `keywright-${purpose}-`));
  if (folders.size === 0) process.once('exit', removeFolders);
  folders.add(folder);
  return folder;
}

/** An empty store, by the settings that say where it is, and its end. */
export interface ThrowAwayStore {
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes an embedded store with a master key of its own. */
export function makeThrowAwayStore(purpose: string): ThrowAwayStore {
  const folder = makeThrowAwayFolder(purpose);
  return {
    env: { KEYWRIGHT_DATA_DIR: folder, KEYWRIGHT_MASTER_KEY: randomBytes(32).toString('base64') },
    async remove() {
      await rm(folder, { recursive: true, force: true });
      folders.delete(folder);
      if (folders.size === 0) process.removeListener('exit', removeFolders);
    },
  };
}
