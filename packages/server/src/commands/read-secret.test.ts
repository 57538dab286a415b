import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError, type Terminal, UsageError } from './command.ts';
import { readPassword, readSecret } from './read-secret.ts';

function given(input: string | Uint8Array): Terminal {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  return { env: {}, out: () => undefined, err: () => undefined, readInput: async () => bytes };
}

test('one trailing line break is dropped, and nothing else', async () => {
  assert.equal(await readSecret(given('pass word\n'), 'password'), 'pass word');
  assert.equal(await readSecret(given('pass word\r\n'), 'password'), 'pass word');
  assert.equal(await readSecret(given('pass word'), 'password'), 'pass word');
  assert.equal(await readSecret(given(' pass\nword \n\n'), 'password'), ' pass\nword \n');
  assert.equal(await readSecret(given('\ufeffpass'), 'password'), '\ufeffpass');
});

test('nothing, or what is no text, is refused without repeating it', async () => {
  for (const input of ['', '\n', new Uint8Array([0x70, 0xff, 0xfe])]) {
    await assert.rejects(readSecret(given(input), 'password'), CommandError);
  }
});

test('without a terminal, a password is read only where --password-stdin announces it', async () => {
  assert.equal(await readPassword(given('x\n'), { 'password-stdin': true }), 'x');
  await assert.rejects(readPassword(given('x\n'), {}), UsageError);
});

test('at a terminal a password is asked for twice, and has to be the same', async () => {
  const typing = (...typed: string[]): Terminal => ({ ...given('piped\n'), askHidden: async () => typed });
  assert.equal(await readPassword(typing('pass word', 'pass word'), {}), 'pass word');
  await assert.rejects(readPassword(typing('pass word', 'pass ward'), {}), /^CommandError: the two passwords differ/);
  await assert.rejects(readPassword(typing('', ''), {}), CommandError);
  assert.equal(await readPassword(typing('typed', 'typed'), { 'password-stdin': true }), 'piped');
  assert.equal(await readSecret(typing('kwt_typed'), 'token'), 'kwt_typed');
  await assert.rejects(readSecret(typing(''), 'token'), CommandError);
});
