import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Longer than the largest of them takes on the slowest line. */
const timeoutMs = 15 * 60 * 1000;

/** Where root's programs are, which are not in everybody's PATH. */
const rootFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** A program that a test drives, and the package of Debian's that has it. */
export interface DebianProgram {
  readonly program: string;
  readonly debianPackage: string;
}

/** The machine that the test runs on. */
export interface TestMachine {
  readonly isRoot: boolean;
  /** The folders with programs. */
  readonly folders: readonly string[];
}

/** Where a program is, or why it isn't: the reason with which a test is skipped. */
export type ProvidedProgram =
  | { readonly path: string; readonly skip: false }
  | { readonly path: undefined; readonly skip: string };

/** A file of a library's, by which it is known to be there, and the package of Debian's that has it. */
export interface DebianLibrary {
  /** Its whole path. */
  readonly file: string;
  readonly debianPackage: string;
}

/**
 * Finds a program, and installs it where it is missing: with `apt-get`, which only root may.
 *
 *     const nginx = await provideProgram({ program: 'nginx', debianPackage: 'nginx-light' });
 *     test('…', { skip: nginx.skip }, …)
 *
 * @throws Error with what was said where `apt-get` is there, may install, and fails
 */
export function provideProgram(
  { program, debianPackage }: DebianProgram,
  machine: TestMachine = thisMachine(),
): Promise<ProvidedProgram> {
  return provide({ name: program, debianPackage, find: () => findProgram(program, machine) }, machine);
}

/** Finds a library, and installs it where it is missing: see {@link provideProgram}. */
export function provideLibrary(
  { file, debianPackage }: DebianLibrary,
  machine: TestMachine = thisMachine(),
): Promise<ProvidedProgram> {
  const find = async (): Promise<string | undefined> => ((await isAccessible(file, constants.R_OK)) ? file : undefined);
  return provide({ name: file, debianPackage, find }, machine);
}

async function provide(
  asked: { readonly name: string; readonly debianPackage: string; readonly find: () => Promise<string | undefined> },
  machine: TestMachine,
): Promise<ProvidedProgram> {
  const { name, debianPackage, find } = asked;
  const found = await find();
  if (found !== undefined) return { path: found, skip: false };
  if ((await findProgram('apt-get', machine)) === undefined) {
    return { path: undefined, skip: `needs ${name}: install it, here is no apt-get to do it` };
  }
  if (!machine.isRoot) {
    return { path: undefined, skip: `needs ${name}: run as root, or apt-get install ${debianPackage}` };
  }
  await install(debianPackage, machine);
  const installed = await find();
  if (installed === undefined) throw new Error(`the package ${debianPackage} has no ${name}`);
  return { path: installed, skip: false };
}

/** The machine that this runs on. */
export function thisMachine(): TestMachine {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...rootFolders];
  return { isRoot: process.getuid?.() === 0, folders: folders.filter((folder) => folder !== '') };
}

/** The path of a program that is there already. */
export async function findProgram(name: string, { folders }: TestMachine): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isAccessible(path, constants.X_OK)) return path;
  }
  return undefined;
}

/** Whether a file is there, and this user may do as much with it: `constants.X_OK`, say. */
export function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** Two test files at once would stand in each other's way, since `apt-get update` waits for nobody. */
async function install(debianPackage: string, { folders }: TestMachine): Promise<void> {
  const script = `exec 9>"$1" && flock 9 && apt-get -qq update && apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "$2"`;
  const lockFile = join(tmpdir(), 'keywright-apt-get.lock');
  const env = {
    PATH: folders.join(delimiter),
    DEBIAN_FRONTEND: 'noninteractive',
    // Services that come with it are not started: a test starts what it needs by itself.
    RUNLEVEL: '1',
  };
  await run('/bin/sh', ['-c', script, 'sh', lockFile, debianPackage], { env, timeout: timeoutMs });
}
