import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, defineCommand, UsageError } from './command.ts';
import { type CommandLine, parseCommandLine } from './parse-command-line.ts';

const nothing = async (): Promise<number> => 0;

const commands: readonly Command[] = [
  defineCommand({
    name: 'serve',
    summary: 'Run it',
    arguments: {},
    options: { port: { value: 'PORT', meaning: 'Where' }, demo: { meaning: 'For show' } },
    run: nothing,
  }),
  defineCommand({
    name: 'user add',
    summary: 'Add one',
    arguments: { EMAIL: 'Who' },
    options: { name: { value: 'NAME', meaning: 'Called' }, role: { value: 'ROLE', meaning: 'As', multiple: true } },
    run: nothing,
  }),
  defineCommand({ name: 'user list', summary: 'List them', arguments: {}, options: {}, run: nothing }),
  defineCommand({ name: 'version', summary: 'Say it', arguments: {}, options: {}, run: nothing }),
];

const parse = (...argv: string[]): CommandLine => parseCommandLine(commands, argv);

/** What a command line comes to: the command's name, its options and its arguments. */
function run(...argv: string[]): readonly [string, object, object] {
  const line = parse(...argv);
  assert.equal(line.kind, 'run');
  assert.ok('args' in line);
  return [line.command.name, { ...line.options }, line.args];
}

function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.message.includes('\n'), false);
    return error.message;
  }
  throw new Error(`${argv.join(' ')} was understood`);
}

test('a command gets its options and arguments, in any order', () => {
  const expected = ['user add', { name: 'Jane Doe', json: true, 'data-dir': './x' }, { EMAIL: 'j@x.org' }];
  assert.deepEqual(run('user', 'add', 'j@x.org', '--name', 'Jane Doe', '--json', '--data-dir', './x'), expected);
  assert.deepEqual(run('--data-dir', './x', 'user', 'add', '--json', '--name=Jane Doe', 'j@x.org'), expected);
  assert.deepEqual(run('user', '--data-dir=./x', '--json', 'add', '--name', 'Jane Doe', 'j@x.org'), expected);
});

test("an option's value is never taken for the command", () => {
  assert.deepEqual(run('--port', '80', 'serve'), ['serve', { port: '80' }, {}]);
});

test('an option that may be given several times is a list, any other only once', () => {
  assert.deepEqual(run('user', 'add', 'j@x.org', '--role', 'a', '--role=b')[1], { role: ['a', 'b'] });
  assert.equal(refusal('serve', '--port', '1', '--port', '2'), '--port is given twice');
});

test('what begins with dashes is an argument after --, and a value after =', () => {
  assert.deepEqual(run('user', 'add', '--', '--help')[2], { EMAIL: '--help' });
  assert.deepEqual(run('user', 'add', 'x', '--name=--json')[1], { name: '--json' });
});

test('a value that was forgotten is asked for', () => {
  assert.equal(refusal('serve', '--port'), '--port needs a value: --port PORT');
  assert.equal(refusal('user', 'add', 'x', '--name', '--json'), '--name needs a value: --name NAME');
  assert.equal(refusal('serve', '--demo=yes'), '--demo takes no value');
});

test('an unknown option is refused, with the one that was probably meant', () => {
  assert.equal(refusal('serve', '--prot', '80'), 'serve has no option --prot: did you mean --port?');
  assert.equal(refusal('serve', '--frobnicate'), 'serve has no option --frobnicate: see keywright help serve');
  assert.equal(refusal('serve', '-x'), 'serve has no option -x: see keywright help serve');
  assert.equal(refusal('serve', '--constructor'), 'serve has no option --constructor: see keywright help serve');
});

test("another command's option is refused", () => {
  assert.match(refusal('user', 'list', '--port', '80'), /^user list has no option --port/);
});

test('an unknown command is refused, with the one that was probably meant', () => {
  assert.equal(refusal('srve'), 'there is no command "srve": did you mean "serve"?');
  assert.equal(refusal('usr', 'add'), 'there is no command "usr": did you mean "user"?');
  assert.equal(refusal('user', 'lsit'), 'there is no command "user lsit": did you mean "user list"?');
  assert.equal(refusal('frobnicate'), 'there is no command "frobnicate": see keywright help');
});

test('a missing argument is named; one too many is refused without repeating it, since it may be a secret', () => {
  assert.equal(refusal('user', 'add'), 'user add needs EMAIL: keywright user add EMAIL');
  const line = refusal('user', 'add', 'j@x.org', 'hunter2');
  assert.equal(line, 'user add takes no more than EMAIL: see keywright help user add');
});

test('help is found in each way of asking for it', () => {
  for (const argv of [['--help'], ['-h'], ['help'], ['help', '--json']]) {
    assert.deepEqual(parse(...argv), { kind: 'overview', asked: true }, argv.join(' '));
  }
  for (const argv of [
    ['user', '--help'],
    ['help', 'user'],
    ['-h', 'user'],
  ]) {
    assert.deepEqual(parse(...argv), { kind: 'overview', group: 'user', asked: true }, argv.join(' '));
  }
  for (const argv of [
    ['user', 'add', '--help'],
    ['help', 'user', 'add'],
    ['user', 'add', 'x', '-h', '--wrong'],
  ]) {
    const line = parse(...argv);
    assert.ok(line.kind === 'help' && line.command.name === 'user add', argv.join(' '));
  }
});

test('nothing, or half a command, is not understood but answered with the overview', () => {
  assert.deepEqual(parse(), { kind: 'overview', asked: false });
  assert.deepEqual(parse('user'), { kind: 'overview', group: 'user', asked: false });
});

test('--version is the command of that name', () => {
  assert.deepEqual(run('--version'), ['version', {}, {}]);
});
