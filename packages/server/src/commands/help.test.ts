import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonOptions, defineCommand } from './command.ts';
import { commands } from './command-table.ts';
import { formatCommandHelp, formatOverview } from './help.ts';
import { parseCommandLine } from './parse-command-line.ts';

test('help on a command shows how to use it', () => {
  const command = defineCommand({
    name: 'user add',
    summary: 'Make a user',
    details: ['Some words about it.'],
    lists: [{ heading: 'Kinds', entries: { one: 'The first' } }],
    examples: ['keywright user add jane@example.com --now'],
    arguments: { EMAIL: 'The username' },
    options: { role: { value: 'ROLE', meaning: 'What for', multiple: true }, now: { meaning: 'At once' } },
    run: async () => 0,
  });
  assert.equal(
    formatCommandHelp(command),
    `Make a user.

Usage: keywright user add EMAIL [OPTIONS]

Some words about it.

Arguments:
  EMAIL  The username

Kinds:
  one  The first

Options:
  --role ROLE  What for; may be given several times
  --now        At once

Options of every command:
  --data-dir DIR  The data folder, instead of KEYWRIGHT_DATA_DIR
  --json          Print JSON, for programs
  --verbose       Say which database is used, and what goes on, on standard error
  --help          Show this help

Examples:
  keywright user add jane@example.com --now
`,
  );
});

test('the overview lists every command, and that of a group its own', () => {
  const overview = formatOverview(commands);
  for (const { name, summary } of commands) {
    assert.ok(overview.includes(`  ${name} `), name);
    assert.ok(overview.includes(summary.split(' ').slice(0, 3).join(' ')), name);
  }
  const users = formatOverview(commands, 'user');
  assert.match(users, /^Usage: keywright user COMMAND/);
  assert.equal(users.includes('token create'), false);
});

test('every command says what it does, in lines that fit a terminal', () => {
  assert.equal(new Set(commands.map(({ name }) => name)).size, commands.length, 'names are unique');
  for (const command of commands) {
    assert.match(command.summary, /^[A-Z].*[^.]$/, command.name);
    for (const meaning of [
      ...Object.values(command.arguments),
      ...Object.values(command.options).map((o) => o.meaning),
    ]) {
      assert.match(meaning, /^[A-Z].*[^.]$/, `${command.name}: ${meaning}`);
    }
    const own = Object.keys(command.options).filter((name) => name in commonOptions);
    assert.deepEqual(own, [], `${command.name} redefines an option of every command`);
    for (const line of formatCommandHelp(command).split('\n')) assert.ok(line.length <= 110, line);
  }
});

/** The words of a shell's line, with what is quoted as one. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

test('every example is understood as it is', () => {
  const examples = commands.flatMap(({ name, examples = [] }) => examples.map((line) => ({ name, line })));
  const own = examples.filter(({ line }) => /(?:^|\| |\w )keywright /.test(line));
  assert.ok(own.length > 10);
  for (const { name, line } of own) {
    const words = splitWords(line.replace(/^.*?\bkeywright /, '').replace(/ > \S+$/, ''));
    const parsed = parseCommandLine(commands, words);
    assert.equal(parsed.kind === 'run' && parsed.command.name, name, line);
  }
});

test('an option has the same kind of value in every command, so that a command line reads one way', () => {
  const kinds = new Map<string, boolean>();
  for (const { options } of commands) {
    for (const [name, option] of Object.entries(options)) {
      const takesValue = option.value !== undefined;
      assert.equal(kinds.get(name) ?? takesValue, takesValue, name);
      kinds.set(name, takesValue);
    }
  }
});
