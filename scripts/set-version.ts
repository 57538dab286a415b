/**
 * Gives all packages one version, also where they name it of each other.
 *
 *     node scripts/set-version.ts 0.2.0
 *     node scripts/set-version.ts          ends with 1 where one has another version than the workspace
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';

/** What of a package.json, or of its place in the lockfile, names versions. */
interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly version: string;
  readonly packages: Readonly<Record<string, Manifest>>;
}

const lockfile = 'package-lock.json';
const manifests = ['package.json', ...globSync(['packages/*/package.json', 'scripts/*/package.json'])];
const [given] = process.argv.slice(2);
const version = given ?? read<{ version: string }>('package.json').version;
if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) throw new Error(`${version} is no version, such as 0.2.0`);

for (const file of manifests) change(file, (manifest: Manifest) => withVersion(manifest));
change(lockfile, (lock: Lockfile) => ({
  ...lock,
  version,
  packages: Object.fromEntries(
    Object.entries(lock.packages).map(([path, locked]) => [
      path,
      // The rest is what others published.
      path.includes('node_modules') ? locked : withVersion(locked),
    ]),
  ),
}));

function withVersion(manifest: Manifest): Manifest {
  const { dependencies, devDependencies } = manifest;
  return {
    ...manifest,
    version,
    ...(dependencies === undefined ? {} : { dependencies: withOwnVersions(dependencies) }),
    ...(devDependencies === undefined ? {} : { devDependencies: withOwnVersions(devDependencies) }),
  };
}

function withOwnVersions(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(dependencies);
  return Object.fromEntries(entries.map(([name, wanted]) => [name, name.startsWith('@keywright/') ? version : wanted]));
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function change<Content>(file: string, work: (content: Content) => Content): void {
  const before = readFileSync(file, 'utf8');
  const after = `${JSON.stringify(work(JSON.parse(before)), null, 2)}\n`;
  if (after === before) return;
  if (given === undefined) {
    console.error(`${file} names another version than ${version}: node scripts/set-version.ts ${version}`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
  }
}
