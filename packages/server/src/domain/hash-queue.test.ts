import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as settle } from 'node:timers/promises';
import { Refusal } from './errors.ts';
import { createHashQueue } from './hash-queue.ts';

function setUp(options: { concurrency: number; maxWaiting: number }) {
  let ms = 0;
  const clock = { now: () => 0, monotonic: () => ms };
  const queue = createHashQueue({ ...options, clock });
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    queue,
    begun,
    /** Puts a work into the queue; `finish` and `fail` end it once it has begun. */
    add(name: string): Promise<string> {
      const end = Promise.withResolvers<string>();
      ends.set(name, end);
      return queue.run(() => {
        begun.push(name);
        return end.promise;
      });
    },
    async finish(name: string, tookMs = 0): Promise<void> {
      ms += tookMs;
      ends.get(name)?.resolve(name);
      await settle();
    },
    async fail(name: string): Promise<void> {
      ends.get(name)?.reject(new Error(name));
      await settle();
    },
  };
}

async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => assert.fail('was not refused'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Refusal);
  return error;
}

describe('createHashQueue', () => {
  it('no more than the allowed number run at once, and the others follow in order of arrival', async () => {
    const { queue, begun, add, finish } = setUp({ concurrency: 2, maxWaiting: 10 });
    const results = ['a', 'b', 'c', 'd', 'e'].map(add);
    await settle();
    assert.deepEqual([begun.join(''), queue.active, queue.waiting], ['ab', 2, 3]);
    await finish('b');
    assert.deepEqual([begun.join(''), queue.active, queue.waiting], ['abc', 2, 2]);
    await finish('a');
    await finish('c');
    assert.deepEqual([begun.join(''), queue.active, queue.waiting], ['abcde', 2, 0]);
    await finish('d');
    await finish('e');
    assert.deepEqual([queue.active, queue.waiting], [0, 0]);
    assert.deepEqual(await Promise.all(results), ['a', 'b', 'c', 'd', 'e']);
  });

  it('a newcomer never overtakes one who waits', async () => {
    const { begun, queue, add, finish } = setUp({ concurrency: 1, maxWaiting: 10 });
    const first = add('a').then(() => add('late'));
    const second = add('b');
    await finish('a');
    assert.deepEqual([begun.join(' '), queue.active, queue.waiting], ['a b', 1, 1]);
    await finish('b');
    await finish('late');
    assert.deepEqual(await Promise.all([first, second]), ['late', 'b']);
  });

  it('the next work begins before whatever follows from the one before', async () => {
    const { begun, add, finish } = setUp({ concurrency: 1, maxWaiting: 10 });
    const first = add('a').then(() => begun.push('what follows'));
    const second = add('b');
    await settle();
    await finish('a');
    assert.deepEqual(begun, ['a', 'b', 'what follows']);
    await finish('b');
    await Promise.all([first, second]);
  });

  it('a full queue refuses at once with 503 and a time to come back, and begins nothing', async () => {
    const { begun, queue, add, finish } = setUp({ concurrency: 1, maxWaiting: 2 });
    const results = ['a', 'b', 'c'].map(add);
    const refusal = await refusalOf(add('d'));
    assert.equal(refusal.token, 'Unavailable');
    assert.equal(refusal.retryAfterSeconds, 1);
    assert.deepEqual([queue.active, queue.waiting], [1, 2]);
    for (const name of ['a', 'b', 'c']) await finish(name);
    assert.deepEqual(await Promise.all(results), ['a', 'b', 'c']);
    assert.deepEqual(begun, ['a', 'b', 'c']);
  });

  it('the time to come back follows from how long the works have taken', async () => {
    const { add, finish } = setUp({ concurrency: 2, maxWaiting: 4 });
    const first = add('first');
    await settle();
    await finish('first', 2500);
    const results = [first, ...['a', 'b', 'c', 'd', 'e', 'f'].map(add)];
    await settle();
    const refusal = await refusalOf(add('g'));
    assert.equal(refusal.retryAfterSeconds, 8);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await finish(name);
    await Promise.all(results);
  });

  it('a work that fails gives its place to the next', async () => {
    const { add, queue, finish, fail } = setUp({ concurrency: 1, maxWaiting: 2 });
    const failed = assert.rejects(add('a'), { message: 'a' });
    const next = add('b');
    await settle();
    await fail('a');
    await finish('b');
    await failed;
    assert.equal(await next, 'b');
    assert.equal(queue.active, 0);
  });

  it('a work that throws before it awaits anything gives its place up too', async () => {
    const { queue } = setUp({ concurrency: 1, maxWaiting: 0 });
    await assert.rejects(
      queue.run(() => {
        throw new Error('at once');
      }),
      { message: 'at once' },
    );
    assert.equal(queue.active, 0);
    assert.equal(await queue.run(async () => 'next'), 'next');
  });
});
