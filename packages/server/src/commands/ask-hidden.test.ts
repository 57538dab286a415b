import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { askHidden } from './ask-hidden.ts';
import { CommandError } from './command.ts';

/** A terminal at which somebody types, and what is seen on it. */
function createTerminal() {
  const rawModes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(isRaw: boolean) {
      rawModes.push(isRaw);
      return this;
    },
  });
  let seen = '';
  const output = {
    write(text: string | Uint8Array) {
      seen += String(text);
      return true;
    },
  };
  return { input, output, rawModes, seen: () => seen };
}

test('what is typed is read and not shown, and the terminal is as before afterwards', async () => {
  const terminal = createTerminal();
  const asking = askHidden(terminal.input, terminal.output, ['Password: ', 'Again: ']);
  terminal.input.write('pass wörd\rother\r');
  assert.deepEqual(await asking, ['pass wörd', 'other']);
  assert.equal(terminal.seen(), 'Password: \nAgain: \n');
  assert.deepEqual([terminal.rawModes[0], terminal.rawModes.at(-1)], [true, false]);
});

test('a slip is corrected as in any line', async () => {
  const terminal = createTerminal();
  const asking = askHidden(terminal.input, terminal.output, ['Password: ']);
  terminal.input.write('wrong\x15righz\x7ft\r');
  assert.deepEqual(await asking, ['right']);
});

test('Ctrl-C and Ctrl-D break off', async () => {
  for (const key of ['\x03', '\x04']) {
    const terminal = createTerminal();
    const asking = askHidden(terminal.input, terminal.output, ['Password: ', 'Again: ']);
    terminal.input.write(`first\r${key}`);
    await assert.rejects(asking, CommandError);
    assert.equal(terminal.rawModes.at(-1), false);
  }
});
