import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../../test/support/test-clock.ts';
import type { Log } from './domain/ports.ts';
import { createRecurringWork } from './recurring-work.ts';

interface Line {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly failures?: number;
  readonly err?: Error;
}

function createScene(work: () => Promise<unknown>) {
  const clock = createTestClock();
  const lines: Line[] = [];
  const write = (level: Line['level']) => (fields: object, message: string) => {
    lines.push({ level, message, ...fields });
  };
  const log: Log = { debug: () => undefined, info: write('info'), warn: write('warn'), error: () => undefined };
  return { clock, lines, run: createRecurringWork({ clock, log }, 'Tending', work) };
}

test('a work that fails for long is told of at once, once a minute, and when it works again', async () => {
  let isAway = true;
  const away = new Error('the database is away');
  const { clock, lines, run } = createScene(async () => {
    if (isAway) throw away;
  });
  for (let count = 0; count < 240; count++) {
    await run();
    clock.advance({ ms: 500 });
  }
  isAway = false;
  await run();
  await run();
  assert.deepEqual(lines, [
    { level: 'warn', message: 'Tending failed and is tried again', err: away },
    { level: 'warn', message: 'Tending still fails and is tried again', err: away, failures: 121 },
    { level: 'info', message: 'Tending works again', failures: 240 },
  ]);
  isAway = true;
  await run();
  assert.equal(lines.at(-1)?.message, 'Tending failed and is tried again', 'the next failure is a first one');
});

test('a run that comes while the one before still works is left out', async () => {
  let begun = 0;
  const over = Promise.withResolvers<void>();
  const { lines, run } = createScene(() => {
    begun += 1;
    return over.promise;
  });
  const first = run();
  await run();
  over.resolve();
  await first;
  await run();
  assert.deepEqual([begun, lines], [2, []]);
});
