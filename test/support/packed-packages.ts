import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Manifest, type PackedPackage, type PublishedPackage, packPackages } from '../../scripts/pack-packages.ts';

const execute = promisify(execFile);

/**
 * Runs a program to its end.
 *
 * @throws Error with all that it said where it fails
 */
export async function run(
  program: string,
  given: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  try {
    return await execute(program, given, { ...options, maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${path.basename(program)} ${given.join(' ')} failed:\n${stdout}${stderr}`, { cause });
  }
}

export const root = path.resolve(import.meta.dirname, '../..');

/** The packages as they are published, and folders of programs that use them. */
export interface PackedPackages {
  get(name: PublishedPackage): PackedPackage;
  manifestOf(name: PublishedPackage): Promise<Manifest>;
  /**
   * Makes the folder of a program with some of the packages installed, and of other packages only those that they say they
   * need. Those are the ones of this repository, so that nothing is asked of a registry.
   */
  install(names: readonly PublishedPackage[]): Promise<string>;
  /** Makes an empty folder for a program. */
  makeFolder(): Promise<string>;
  remove(): Promise<void>;
}

/** @param names which are packed: all where absent */
export async function packForTest(names?: readonly PublishedPackage[]): Promise<PackedPackages> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keywright-packed-'));
  const packed = await packPackages(path.join(folder, 'packed'), names);
  const get = (name: PublishedPackage): PackedPackage => {
    const found = packed.get(name);
    if (found === undefined) throw new Error(`${name} was not packed`);
    return found;
  };
  const manifestOf = async (name: PublishedPackage): Promise<Manifest> =>
    JSON.parse(await readFile(path.join(get(name).folder, 'package.json'), 'utf8'));
  const makeFolder = async (): Promise<string> => {
    const made = await mkdtemp(path.join(folder, 'program-'));
    await writeFile(path.join(made, 'package.json'), '{ "name": "program", "private": true, "type": "module" }');
    return made;
  };
  return {
    get,
    manifestOf,
    makeFolder,
    async install(names) {
      const made = await makeFolder();
      for (const name of names) {
        const target = path.join(made, 'node_modules/@keywright', name);
        await mkdir(target, { recursive: true });
        await run('tar', ['-xzf', get(name).tarball, '-C', target, '--strip-components=1']);
        const { dependencies = {} } = await manifestOf(name);
        for (const dependency of Object.keys(dependencies)) {
          if (!dependency.startsWith('@keywright/')) await link(name, dependency, made);
        }
      }
      return made;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Puts a package of this repository's into a program's folder. */
export async function link(user: string, name: string, folder: string): Promise<void> {
  const places = [`packages/${user}/node_modules`, 'node_modules'].map((place) => path.join(root, place, name));
  const target = path.join(folder, 'node_modules', name);
  await mkdir(path.dirname(target), { recursive: true });
  for (const place of places) {
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    await symlink(place, target, 'junction').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return;
  }
  throw new Error(`${name} is not installed`);
}
