#!/usr/bin/env node
// Understood by any Node.js that knows modules, so that an old one is told what to do. The rest is src/main.ts.

const needed = [24, 15];
/** How long after the start what was compiled is written to the cache. */
const cacheWrittenMs = 3_000;

/** @returns {boolean} */
function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

/** Node's own notes on what it calls experimental are no news to an operator; every other warning is. */
function hideExperimentalNotes() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const [options] = rest;
    const type = typeof options === 'object' && options !== null ? options.type : options;
    if (type === 'ExperimentalWarning' && /SQLite|type stripping/i.test(String(warning))) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
}

/**
 * Keeps compiled code for the next start. Whoever can write there decides what runs, so it is a folder of the
 * installation's own or, where that can't be written, of this user's own.
 */
function cacheCompiledCode() {
  const { constants, enableCompileCache, flushCompileCache } = process.getBuiltinModule('node:module');
  const { accessSync, constants: access, lstatSync, mkdirSync } = process.getBuiltinModule('node:fs');
  const path = process.getBuiltinModule('node:path');
  const { tmpdir } = process.getBuiltinModule('node:os');
  const uid = process.getuid?.() ?? -1;
  const above = path.join(import.meta.dirname, '../../..');
  const installed = path.basename(above) === 'node_modules' ? above : path.join(above, 'node_modules');
  const candidates = [
    () => {
      accessSync(installed, access.W_OK);
      return path.join(installed, '.cache', 'keywright');
    },
    () => path.join(tmpdir(), `keywright-compiled-${uid}`),
  ];
  for (const candidate of candidates) {
    try {
      const folder = candidate();
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const found = lstatSync(folder);
      const isOwn = uid === -1 || (found.uid === uid && (found.mode & 0o022) === 0);
      if (!found.isDirectory() || !isOwn) continue;
      if (enableCompileCache(folder).status === constants.compileCacheStatus.FAILED) continue;
      // A server may end without warning: what it has compiled is kept before.
      setTimeout(flushCompileCache, cacheWrittenMs).unref();
      return;
    } catch {
      // Without a cache everything works, only the start is slower.
    }
  }
}

/**
 * Lets V8 load the modules in little memory. Its young generation would grow to some 30 MB for what is garbage at once, and
 * a server that rests never gives them back. Under load it may grow as ever.
 *
 * V8 takes compiled code from the cache only under the flags that it was made under, so they change once it is written.
 */
function loadInLittleMemory() {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setTimeout(() => setFlagsFromString('--semi-space-growth-factor=2'), cacheWrittenMs + 100).unref();
}

if (isNewEnough()) {
  hideExperimentalNotes();
  loadInLittleMemory();
  cacheCompiledCode();
  void import('../src/main.ts');
} else {
  console.error(
    `keywright: this is Node.js ${process.versions.node}, and Keywright needs ${needed.join('.')} or later: in a clone of the repository run npm ci, which brings a current one, and start with npm start or npx keywright; elsewhere install one from https://nodejs.org`,
  );
  process.exitCode = 1;
}
