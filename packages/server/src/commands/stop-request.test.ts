import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStopRequest } from './stop-request.ts';

function prepare() {
  const clock = { ms: 1000 };
  const exits: number[] = [];
  const request = createStopRequest({ now: () => clock.ms, exit: (code) => exits.push(code) });
  return { clock, exits, request };
}

test('the first signal asks to stop in order', async () => {
  const { exits, request } = prepare();
  request.receive('SIGTERM');
  assert.equal(await request.requested, 'SIGTERM');
  assert.deepEqual(exits, []);
});

test('a second signal ends the process at once, with the exit code of that signal', () => {
  const { clock, exits, request } = prepare();
  request.receive('SIGTERM');
  clock.ms += 501;
  request.receive('SIGINT');
  assert.deepEqual(exits, [130]);
});

test('a signal that comes twice, from the terminal and from npm, is one request', () => {
  const { clock, exits, request } = prepare();
  request.receive('SIGINT');
  clock.ms += 500;
  request.receive('SIGINT');
  assert.deepEqual(exits, []);
});
