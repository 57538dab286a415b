import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the portal's sources are. */
export const portalFolder = fileURLToPath(new URL('..', import.meta.url));

const sources = ['src', 'build', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) =>
  path.join(portalFolder, name),
);
/** The last file that a build writes. */
const stamp = path.join(portalFolder, 'dist/built');

/** Builds the portal where a source is newer than what was built; answers whether it had to. */
export async function buildStalePortal(): Promise<boolean> {
  if (!(await isStale(stamp, sources))) return false;
  // Loaded where it is needed alone: it takes a moment, and a packed server has no Vite.
  const { build } = await import('vite');
  await build({ root: portalFolder, configFile: path.join(portalFolder, 'vite.config.ts'), logLevel: 'warn' });
  return true;
}

/** Whether a source, a file or a folder, was changed after an output was made, or there is no output. */
export async function isStale(output: string, sources: readonly string[]): Promise<boolean> {
  const built = await stat(output).catch(() => undefined);
  if (built === undefined) return true;
  const times = await Promise.all(sources.map(newest));
  return Math.max(...times) > built.mtimeMs;
}

/** When a file, or anything in a folder, was last changed: what was removed changes the folder. */
async function newest(file: string): Promise<number> {
  const { mtimeMs } = await stat(file);
  const names = await readdir(file).catch(() => []);
  const times = await Promise.all(names.map((name) => newest(path.join(file, name))));
  return Math.max(mtimeMs, ...times);
}
