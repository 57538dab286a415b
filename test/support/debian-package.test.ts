import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { provideLibrary, provideProgram } from './debian-package.ts';

const asked = { program: 'keywright-sample', debianPackage: 'sample-package' };

/** A folder with programs: shell scripts by their names. */
async function createFolder(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-programs-'));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

test('a program that is there is used as it is, whoever asks', async (t) => {
  const folder = await createFolder({ 'keywright-sample': 'true', 'apt-get': 'exit 1' });
  t.after(() => rm(folder, { recursive: true }));
  const found = await provideProgram(asked, { isRoot: true, folders: ['/nowhere', folder] });
  assert.deepEqual(found, { path: join(folder, 'keywright-sample'), skip: false });
});

test('a program that is missing and can’t be installed is a reason to skip, which says what to do', async (t) => {
  const folder = await createFolder({ 'apt-get': 'exit 1' });
  t.after(() => rm(folder, { recursive: true }));
  const foreign = await provideProgram(asked, { isRoot: true, folders: [] });
  assert.deepEqual([foreign.path, /no apt-get/.test(String(foreign.skip))], [undefined, true]);
  const notRoot = await provideProgram(asked, { isRoot: false, folders: [folder] });
  assert.deepEqual([notRoot.path, /apt-get install sample-package/.test(String(notRoot.skip))], [undefined, true]);
});

test('root installs what is missing, and an installation that fails is a failure with what was said', async (t) => {
  const folder = await createFolder({
    flock: 'true',
    'apt-get': `case "$*" in
      *update*) ;;
      *sample-package) cp "$0" "$(dirname "$0")/keywright-sample" ;;
      *) echo "no such package" >&2; exit 100 ;;
    esac`,
  });
  t.after(() => rm(folder, { recursive: true }));
  const machine = { isRoot: true, folders: [folder, '/usr/bin', '/bin'] };
  await assert.rejects(provideProgram({ ...asked, debianPackage: 'unknown' }, machine), /no such package/);
  await assert.rejects(
    provideProgram({ program: 'keywright-other', debianPackage: 'sample-package' }, machine),
    /has no keywright-other/,
  );
  assert.deepEqual(await provideProgram(asked, machine), { path: join(folder, 'keywright-sample'), skip: false });
});

test('a library is known by a file of its own', async (t) => {
  const folder = await createFolder({
    flock: 'true',
    'apt-get': `case "$*" in *update*) ;; *) touch "$(dirname "$0")/module" ;; esac`,
  });
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'module');
  const machine = { isRoot: true, folders: [folder, '/usr/bin', '/bin'] };
  assert.match(
    String((await provideLibrary({ file, debianPackage: 'sample' }, { ...machine, isRoot: false })).skip),
    /sample/,
  );
  assert.deepEqual(await provideLibrary({ file, debianPackage: 'sample' }, machine), { path: file, skip: false });
});
