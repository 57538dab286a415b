/**
 * Checks that package-lock.json installs everywhere, from any registry, and runs nothing that nobody has looked at.
 */
import { readFileSync } from 'node:fs';

interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json');
const { allowScripts } = readJson<{ allowScripts: Record<string, boolean> }>('package.json');
const faults = Object.entries(packages).flatMap(([path, locked]) => [
  ...findMissing(path, locked),
  ...findAddress(path, locked),
  ...findScript(path, locked),
]);
for (const fault of faults) {
  console.error(fault);
}
process.exitCode = faults.length === 0 ? 0 : 1;

function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A package of another platform that was not published with the rest, or that npm left out: `npm ci` fails there. */
function findMissing(path: string, locked: LockedPackage): string[] {
  const wanted = Object.keys({ ...locked.dependencies, ...locked.optionalDependencies });
  return wanted
    .filter((name) => !isLocked(path, name))
    .map(
      (name) => `${path}: ${name} is missing. Take a version whose packages are all published, and install it afresh.`,
    );
}

/** Whether Node would find the package from this place: in its own node_modules, or in one further up. */
function isLocked(path: string, name: string): boolean {
  const segments = path === '' ? [] : path.split('/');
  return [...segments.keys(), segments.length].some((count) => {
    const folder = segments.slice(0, count).join('/');
    return `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages;
  });
}

function findAddress(path: string, { link, resolved }: LockedPackage): string[] {
  return link === true || resolved === undefined
    ? []
    : [`${path}: comes from ${resolved}. Install from within the repository, whose .npmrc leaves addresses out.`];
}

function findScript(path: string, { hasInstallScript }: LockedPackage): string[] {
  const [, name = ''] = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)$/) ?? [];
  return hasInstallScript !== true || path === '' || name in allowScripts
    ? []
    : [`${path}: has an install script. Say under allowScripts in package.json whether it may run.`];
}
