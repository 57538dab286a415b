import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, glob, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { buildStalePortal, portalFolder } from '../packages/portal/build/build-portal.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Those that are published, each after the ones that it depends on. */
export const publishedPackages = ['contract', 'verifier', 'client', 'server', 'testing'] as const;

export type PublishedPackage = (typeof publishedPackages)[number];

/** What stands in a package.json here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly private?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package that is ready to be published. */
export interface PackedPackage {
  readonly name: string;
  /** What the tarball holds, unpacked. */
  readonly folder: string;
  readonly tarball: string;
}

/** Files beside the compiled sources, by package. */
const extraFiles: Readonly<Partial<Record<PublishedPackage, readonly string[]>>> = {
  server: ['bin', 'common-passwords'],
  testing: ['bin'],
};

/**
 * Compiles the packages to JavaScript with declarations, since Node strips no types under `node_modules`, and packs them.
 *
 * @param outDir where the tarballs go; a folder `staged` in it holds what they are made of, and is made anew
 * @param names which of them; each after the ones that it depends on
 * @throws Error where one can't be compiled or packed
 */
export async function packPackages(
  outDir: string,
  names: readonly PublishedPackage[] = publishedPackages,
): Promise<ReadonlyMap<PublishedPackage, PackedPackage>> {
  const staged = path.join(outDir, 'staged');
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  // Where the declarations of one package find what those of another need.
  await symlink(path.join(root, 'node_modules'), path.join(staged, 'node_modules'), 'junction');
  if (names.includes('server')) await buildStalePortal();
  const packed = new Map<PublishedPackage, PackedPackage>();
  for (const name of names) {
    const folder = path.join(staged, name);
    const manifest = await readManifest(name);
    await stage(name, manifest, folder, packed);
    packed.set(name, { name: manifest.name, folder, tarball: await pack(folder, outDir) });
  }
  return packed;
}

async function readManifest(name: PublishedPackage): Promise<Manifest> {
  return JSON.parse(await readFile(path.join(root, 'packages', name, 'package.json'), 'utf8'));
}

async function stage(
  name: PublishedPackage,
  manifest: Manifest,
  folder: string,
  dependencies: ReadonlyMap<PublishedPackage, PackedPackage>,
): Promise<void> {
  const source = path.join(root, 'packages', name);
  await mkdir(folder, { recursive: true });
  await compile(source, folder, { dependencies, isForOldNode: manifest.engines?.['node'] === '>=22' });
  for (const file of ['README.md', ...(extraFiles[name] ?? [])]) {
    await cp(path.join(source, file), path.join(folder, file), { recursive: true });
  }
  await cp(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  if (name === 'server') await cp(path.join(portalFolder, 'dist'), path.join(folder, 'portal'), { recursive: true });
  for (const file of Object.values(manifest.bin ?? {})) await pointToCompiled(path.join(folder, file));
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(publish(manifest, name), null, 2)}\n`);
}

/** The manifest as it is published: what it exports is compiled, and nobody installs what only we need. */
function publish(manifest: Manifest, name: PublishedPackage): object {
  const { private: _, devDependencies: __, exports, ...rest } = manifest;
  const compiled = Object.entries(exports ?? {}).map(([entry, file]) => {
    const built = file.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
    return [entry, { types: `${built}.d.ts`, default: `${built}.js` }];
  });
  const portal = name === 'server' ? ['portal'] : [];
  return {
    ...rest,
    sideEffects: name === 'server',
    files: ['dist', ...(extraFiles[name] ?? []), ...portal],
    exports: { ...Object.fromEntries(compiled), './package.json': './package.json' },
  };
}

/** Compiles what is not a test. Other packages are read as they are published, so that they are not compiled again. */
async function compile(
  source: string,
  folder: string,
  options: {
    readonly dependencies: ReadonlyMap<PublishedPackage, PackedPackage>;
    readonly isForOldNode: boolean;
  },
): Promise<void> {
  const { dependencies, isForOldNode } = options;
  const outDir = path.join(folder, 'compiled');
  const config = path.join(folder, 'tsconfig.json');
  const paths = [...dependencies.values()].map((one) => [one.name, [path.join(one.folder, 'dist/index.d.ts')]]);
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    // What is for Node 22 finds nothing newer by mistake.
    lib: [isForOldNode ? 'es2024' : 'esnext'],
    rootDir: source,
    outDir,
    typeRoots: [path.join(root, 'node_modules/@types')],
    paths: Object.fromEntries(paths),
  };
  const files = { include: [path.join(source, 'src')], exclude: [path.join(source, '**/*.test.ts')] };
  await writeFile(config, JSON.stringify({ extends: path.join(root, 'tsconfig.json'), compilerOptions, ...files }));
  await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', config], folder);
  await rename(path.join(outDir, 'src'), path.join(folder, 'dist'));
  await rm(outDir, { recursive: true });
  await rm(config);
  for await (const file of glob('**/*.d.ts', { cwd: path.join(folder, 'dist') })) {
    await importCompiled(path.join(folder, 'dist', file));
  }
}

/** Declarations name the sources they were made of; older compilers look for what is there. */
async function importCompiled(file: string): Promise<void> {
  const declarations = await readFile(file, 'utf8');
  await writeFile(file, declarations.replaceAll(/((?:from |import\()(['"])\.{1,2}\/[^'"]+)\.ts\2/g, '$1.js$2'));
}

/** Lets a command, which is JavaScript already, load what was compiled. */
async function pointToCompiled(file: string): Promise<void> {
  const command = await readFile(file, 'utf8');
  const pointing = command.replaceAll(/(['"])\.\.\/src\/([\w/-]+)\.ts\1/g, '$1../dist/$2.js$1');
  if (pointing === command) throw new Error(`${file} loads nothing of src`);
  await writeFile(file, pointing);
}

async function pack(folder: string, outDir: string): Promise<string> {
  const printed = await run('npm', ['pack', '--json', '--pack-destination', outDir], folder);
  const [{ filename }] = JSON.parse(printed);
  return path.join(outDir, filename);
}

async function run(command: string, given: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, given, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${command} ${given.join(' ')} failed:\n${out}${err}`);
  return out;
}
