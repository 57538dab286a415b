/**
 * Holds what a browser loads before it shows a page of the portal against a budget: the script that the page itself and
 * everything it imports take after Brotli, in the language that needs most.
 *
 *     node scripts/portal-weight.ts
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { buildStalePortal, portalFolder } from '../packages/portal/build/build-portal.ts';

/** The most script that a page may take at first, after Brotli, in bytes (contract §9). */
const budgetBytes = 180 * 1024;

/** What Vite's manifest says of a chunk. */
interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

await buildStalePortal();
const manifest: Manifest = JSON.parse(await readFile(path.join(portalFolder, 'dist/manifest.json'), 'utf8'));
const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true);
if (entry === undefined) throw new Error('The manifest names no entry');

// Behind the sign-in stands the frame around the pages as well.
const frame = 'src/layout/app-layout.tsx';
const withoutFrame = ['src/sign/sign-page.tsx', 'src/activation/activation-page.tsx'];
const pages = Object.keys(manifest).filter((key) => key.endsWith('-page.tsx'));
for (const page of pages) {
  const roots = withoutFrame.includes(page) ? [entry, page] : [entry, frame, page];
  const bytes = await weigh(roots);
  const verdict = bytes <= budgetBytes ? 'ok' : `over the budget of ${kib(budgetBytes)}`;
  console.log(`${page}: ${kib(bytes)}, ${verdict}`);
  if (bytes > budgetBytes) process.exitCode = 1;
}
if (pages.length === 0) throw new Error('The manifest names no page');

async function weigh(roots: readonly string[]): Promise<number> {
  const sizes = await Promise.all([...filesOf(roots)].map((file) => brotliSize(file)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The files of chunks, of what they import, and of the German texts that they may ask for. */
function filesOf(roots: readonly string[]): Set<string> {
  const files = new Set<string>();
  const waiting = [...roots];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`The manifest has no ${key}`);
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    waiting.push(...(chunk.imports ?? []));
    waiting.push(...(chunk.dynamicImports ?? []).filter((name) => name.endsWith('-german.ts')));
  }
  return files;
}

async function brotliSize(file: string): Promise<number> {
  return (await stat(path.join(portalFolder, 'dist', `${file}.br`))).size;
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
