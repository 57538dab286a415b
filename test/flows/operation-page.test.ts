import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { commands } from '../../packages/server/src/commands/command-table.ts';
import { settings } from '../../packages/server/src/config-settings.ts';
import { endCommand, startServing } from '../support/command-line.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const page = read('docs/operation.md');
const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** What is not the same on every machine. */
const defaults: Readonly<Record<string, string>> = { KEYWRIGHT_HASH_CONCURRENCY: 'cores − 1, at least 1' };

/** A name that stands alone, and not as the beginning of another. */
const settingName = /\bKEYWRIGHT_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g;

test('the page on operation has every setting with its default and meaning, and no other', () => {
  const expected = Object.values(settings).map(({ name, default: value, meaning }) => {
    const shown = defaults[name] ?? (value === undefined ? '' : `\`${value}\``);
    return `| \`${name}\` | ${shown} | ${meaning} |`;
  });
  const rows = page.split('\n').filter((line) => line.startsWith('| `KEYWRIGHT_'));
  assert.deepEqual(rows, expected, `the table has to be\n${expected.join('\n')}\n`);
});

test('every setting that a page names exists', () => {
  const known = new Set(Object.values(settings).map(({ name }) => name));
  for (const file of pages) {
    for (const [name] of read(file).matchAll(settingName)) assert.ok(known.has(name), `${file} names ${name}`);
  }
});

test('every command that a page names exists', () => {
  const names = commands.map(({ name }) => name);
  const isCommand = (words: string): boolean =>
    names.some((name) => words === name || words.startsWith(`${name} `) || name.startsWith(`${words} `));
  for (const file of pages) {
    for (const [, words = ''] of read(file).matchAll(/(?:npx |`)keywright ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/g)) {
      assert.ok(words === 'help' || words.startsWith('help ') || isCommand(words), `${file} names keywright ${words}`);
    }
  }
});

test('the page on operation has every metric that a server gives, and no other of Keywright', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-operation-'));
  const server = await startServing(['--data-dir', folder]);
  try {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const given = [...text.matchAll(/^# HELP (\w+) /gm)].map(([, name = '']) => name);
    const named = new Set([...page.matchAll(/`((?:keywright|process|nodejs)_\w+)/g)].map(([, name = '']) => name));
    assert.ok(given.length > 30);
    for (const name of given) assert.ok(named.has(name), `${name} is not on the page`);
    const own = (names: Iterable<string>): string[] =>
      [...names].filter((name) => name.startsWith('keywright_')).sort();
    assert.deepEqual(own(named), own(given));
  } finally {
    await endCommand(server);
    rmSync(folder, { recursive: true, force: true });
  }
});
