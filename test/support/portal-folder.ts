import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const page = (script: string): string => `<!doctype html>
<html lang="en"><head><meta name="keywright-style-nonce" content=""><title>Keywright</title>
<script type="module" src="/assets/${script}"></script></head><body><div id="root"></div></body></html>
`;

/** A folder as the portal is built into, with a small portal in it. */
export interface PortalFolder {
  readonly folder: string;
  /** Builds it anew: with another script, at another time. */
  build(script: string, builtAtSeconds: number): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a folder for a built portal; it is empty until {@link PortalFolder.build}. */
export async function makePortalFolder(): Promise<PortalFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keywright-portal-'));
  const assets = path.join(folder, 'assets');
  return {
    folder,
    async build(script, builtAtSeconds) {
      await rm(assets, { recursive: true, force: true });
      await mkdir(assets, { recursive: true });
      const source = `console.log('${script}');`;
      await writeFile(path.join(assets, script), source);
      await writeFile(path.join(assets, `${script}.br`), brotliCompressSync(source));
      await writeFile(path.join(assets, `${script}.gz`), gzipSync(source));
      await writeFile(path.join(assets, 'icon-A1b2C3d4.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
      await writeFile(path.join(assets, 'notes'), 'nobody asks for this');
      await writeFile(path.join(folder, 'manifest.json'), '{}');
      await writeFile(path.join(folder, 'index.html'), page(script));
      await writeFile(path.join(folder, 'built'), '');
      await utimes(path.join(folder, 'built'), builtAtSeconds, builtAtSeconds);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
