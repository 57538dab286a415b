import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** How a file of the portal may come, best first: as it is, or compressed ahead. */
type Encoding = 'br' | 'gzip' | 'identity';

/** A file beside the page: its name holds a hash of what is in it, so it never changes. */
export interface PortalAsset {
  readonly type: string;
  /** Where its bytes are, by the encodings that there are. */
  readonly files: ReadonlyMap<Encoding, string>;
}

/** The portal as it was built. */
export interface PortalBuild {
  /** The page that every path of the portal answers, around the place for the nonce of its styles. */
  readonly page: readonly [before: string, after: string];
  /** By their names below `/assets`. */
  readonly assets: ReadonlyMap<string, PortalAsset>;
}

/** The last file that a build writes. */
const portalStamp = 'built';

const noncePlace = '<meta name="keywright-style-nonce" content="';
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const encodings: Readonly<Record<string, Encoding>> = { '.br': 'br', '.gz': 'gzip' };

/** Gives the portal as it was built; undefined where it is not. */
export type PortalReader = () => Promise<PortalBuild | undefined>;

/**
 * Makes the function that gives the built portal. It is read when it is first asked for, and again once it was built anew.
 *
 * @param folder what Vite writes to
 */
export function createPortalReader(folder: string | undefined): PortalReader {
  let kept: { readonly builtAt: number; readonly build: PortalBuild } | undefined;
  return async () => {
    if (folder === undefined) return undefined;
    const builtAt = await stat(path.join(folder, portalStamp)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (builtAt === undefined) return undefined;
    if (kept?.builtAt !== builtAt) kept = { builtAt, build: await readBuild(folder) };
    return kept.build;
  };
}

async function readBuild(folder: string): Promise<PortalBuild> {
  const pageFile = path.join(folder, 'index.html');
  const page = await readFile(pageFile, 'utf8');
  const place = page.indexOf(noncePlace);
  if (place === -1) throw new Error(`${pageFile} has no place for the nonce of its styles`);
  const end = place + noncePlace.length;
  const assetFolder = path.join(folder, 'assets');
  return { page: [page.slice(0, end), page.slice(end)], assets: gatherAssets(assetFolder, await readdir(assetFolder)) };
}

function gatherAssets(folder: string, names: readonly string[]): Map<string, PortalAsset> {
  const present = new Set(names);
  const assets = new Map<string, PortalAsset>();
  for (const name of names) {
    const type = types[path.extname(name)];
    if (type === undefined) continue;
    const compressed = Object.entries(encodings).filter(([extension]) => present.has(name + extension));
    const files = new Map<Encoding, string>([
      ...compressed.map(([extension, encoding]): [Encoding, string] => [encoding, path.join(folder, name + extension)]),
      ['identity', path.join(folder, name)],
    ]);
    assets.set(name, { type, files });
  }
  return assets;
}
