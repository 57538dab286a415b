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

/**
 * Finds a program, and installs it where it is missing: with `apt-get`, which only root may.
 *
 *     const nginx = await provideProgram({ program: 'nginx', debianPackage: 'nginx-light' });
 *     test('…', { skip: nginx.skip }, …)
 *
 * @throws Error with what was said where `apt-get` is there, may install, and fails
 */
export async function provideProgram(
  { program, debianPackage }: DebianProgram,
  machine: TestMachine = thisMachine(),
): Promise<ProvidedProgram> {
  const found = await findProgram(program, machine);
  if (found !== undefined) return { path: found, skip: false };
  if ((await findProgram('apt-get', machine)) === undefined) {
    return { path: undefined, skip: `needs ${program}: install it, here is no apt-get to do it` };
  }
  if (!machine.isRoot) {
    return { path: undefined, skip: `needs ${program}: run as root, or apt-get install ${debianPackage}` };
  }
  await install(debianPackage, machine);
  const installed = await findProgram(program, machine);
  if (installed === undefined) throw new Error(`the package ${debianPackage} has no ${program}`);
  return { path: installed, skip: false };
}

function thisMachine(): TestMachine {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...rootFolders];
  return { isRoot: process.getuid?.() === 0, folders: folders.filter((folder) => folder !== '') };
}

async function findProgram(name: string, { folders }: TestMachine): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
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
