import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureTerminal } from '../../../../test/support/captured-terminal.ts';
import { ConfigError } from '../config-error.ts';
import { invalidInput, Refusal } from '../domain/errors.ts';
import { CommandError, defineCommand, UsageError } from './command.ts';
import { runCommand } from './run-command.ts';

/** Runs a command that does `work`. */
async function runWork(work: () => Promise<number>) {
  const { written, terminal } = captureTerminal();
  const command = defineCommand({ name: 'work', summary: 'Work', arguments: {}, options: {}, run: work });
  return { code: await runCommand([command], ['work'], terminal), ...written };
}

const throwing = (error: Error) => () => Promise.reject(error);

test('the exit code is 0 where all went well, or what the command says', async () => {
  assert.deepEqual(await runWork(async () => 0), { code: 0, out: '', err: '' });
  assert.equal((await runWork(async () => 1)).code, 1);
});

test('an expected failure is one line on standard error and exit code 1', async () => {
  for (const [error, line] of [
    [new CommandError('do this instead'), 'do this instead'],
    [new ConfigError('KEYWRIGHT_PORT is wrong'), 'KEYWRIGHT_PORT is wrong'],
    [new Refusal('Conflict', { message: 'a@b.c is already active' }), 'a@b.c is already active'],
    [
      invalidInput([
        { token: 'Required', message: 'name must not be empty' },
        { token: 'InvalidFormat', message: 'ip is no network' },
      ]),
      'name must not be empty; ip is no network',
    ],
    [new CommandError('there is no user a\r\nb'), 'there is no user a\\u{d}\\u{a}b'],
  ] as const) {
    assert.deepEqual(await runWork(throwing(error)), { code: 1, out: '', err: `keywright: ${line}\n` });
  }
});

test('a command line that is not understood is exit code 2', async () => {
  assert.equal((await runWork(throwing(new UsageError('no')))).code, 2);
  const { written, terminal } = captureTerminal();
  assert.equal(await runCommand([], ['frobnicate'], terminal), 2);
  assert.match(written.err, /^keywright: there is no command/);
  assert.equal(written.out, '');
});

test('an unexpected failure shows its stack, for the report', async () => {
  const { code, err } = await runWork(throwing(new TypeError('undefined is not a function')));
  assert.equal(code, 1);
  assert.match(err, /^keywright: this is a bug in Keywright: TypeError: undefined is not a function\n\s+at /);
});

test('help that was asked for is the output; help instead of an answer is not', async () => {
  const asked = captureTerminal();
  assert.equal(await runCommand([], ['--help'], asked.terminal), 0);
  assert.match(asked.written.out, /^Keywright/);
  const unasked = captureTerminal();
  assert.equal(await runCommand([], [], unasked.terminal), 2);
  assert.equal(unasked.written.out, '');
  assert.match(unasked.written.err, /^Keywright/);
});
