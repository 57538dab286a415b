import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runHere } from '../../../../test/support/captured-terminal.ts';
import type { Command } from './command.ts';
import { commands } from './command-table.ts';

let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-with-service-'));
  dataDir = path.join(folder, 'mistyped');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** With these a store begins, or there is none to look for. */
const exempt = ['serve', 'migrate', 'user add', 'organisation add', 'config', 'version'];

/** What a command needs to be understood. */
function argvOf({ name, arguments: args, options }: Command): string[] {
  return [
    ...name.split(' '),
    ...Object.keys(args).map(() => '1'),
    ...('user' in options ? ['--user', 'jane@example.com'] : []),
    ...('password-stdin' in options ? ['--password-stdin'] : []),
  ];
}

for (const command of commands.filter(({ name }) => !exempt.includes(name))) {
  test(`${command.name} says where there is no store, and makes none`, async () => {
    const argv = [...argvOf(command), '--data-dir', dataDir];
    const { code, out, err } = await runHere(commands, argv, { input: 'quaint otters juggle lemons' });
    assert.deepEqual([code, out], [1, '']);
    assert.equal(
      err,
      `keywright: there is no store in ${dataDir}: see that --data-dir, or KEYWRIGHT_DATA_DIR, names the right place, or begin a store with keywright serve, user add or migrate\n`,
    );
    assert.equal(existsSync(dataDir), false);
  });
}

for (const argv of [
  ['migrate'],
  ['user', 'add', 'jane@example.com', '--password-stdin'],
  ['organisation', 'add', 'Acme'],
]) {
  test(`a store begins with ${argv.slice(0, 2).join(' ')}`, async () => {
    const begun = await runHere(commands, [...argv, '--data-dir', dataDir], { input: 'quaint otters juggle lemons' });
    assert.equal(begun.code, 0, begun.err);
    const listed = await runHere(commands, ['user', 'list', '--json', '--data-dir', dataDir]);
    assert.equal(listed.code, 0, listed.err);
  });
}

test('config shows the settings of a place without a store, and makes none', async () => {
  assert.equal((await runHere(commands, ['config', '--data-dir', dataDir])).code, 0);
  assert.equal(existsSync(dataDir), false);
});
