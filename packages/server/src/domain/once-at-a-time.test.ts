import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onceAtATime } from './once-at-a-time.ts';

test('whoever asks while it runs gets a run that began after they asked, and one run serves all of them', async () => {
  const runs: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const work = onceAtATime(() => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    runs.push({ resolve, reject });
    return promise;
  });
  const first = work();
  const late = [work(), work()];
  assert.equal(runs.length, 1);
  runs[0]?.reject(new Error('failed'));
  await assert.rejects(first, /failed/);
  assert.equal(runs.length, 2);
  const later = work();
  runs[1]?.resolve();
  await Promise.all(late);
  assert.equal(runs.length, 3);
  runs[2]?.resolve();
  await later;
});
