import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /[.](js|css|svg)$/;
const brotli = promisify(brotliCompress);

/**
 * Writes a Brotli and a gzip copy beside every asset, so that the server compresses nothing while it answers; and at last
 * the file `built`, by which it is known that the build was not broken off.
 */
export function compressAssets(): Plugin {
  let folder = '';
  return {
    name: 'keywright-compress-assets',
    apply: 'build',
    configResolved({ root, build }) {
      folder = path.resolve(root, build.outDir, build.assetsDir);
    },
    async closeBundle(error?: Error) {
      if (error !== undefined) return;
      const names = (await readdir(folder)).filter((name) => compressible.test(name));
      await Promise.all(names.map((name) => compressFile(path.join(folder, name))));
      await writeFile(path.join(folder, '..', 'built'), '');
    },
  };
}

async function compressFile(file: string): Promise<void> {
  const content = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  await Promise.all([
    writeFile(`${file}.br`, await brotli(content, { params })),
    writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 })),
  ]);
}
