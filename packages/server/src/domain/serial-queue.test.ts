import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as settle } from 'node:timers/promises';
import fc from 'fast-check';
import { Refusal } from './errors.ts';
import { createSerialQueue } from './serial-queue.ts';

fc.configureGlobal({ seed: 1 });

describe('createSerialQueue', () => {
  it('works of one key never overlap and run in order of arrival, however the works of all keys are interleaved', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
        async (scheduler, keys) => {
          const queue = createSerialQueue({ maxWaitingPerKey: 12 });
          const running = new Set<string>();
          const order = new Map<string, number[]>();
          const works = keys.map((key, index) =>
            queue.run(key, async () => {
              assert.ok(!running.has(key));
              running.add(key);
              order.set(key, [...(order.get(key) ?? []), index]);
              await scheduler.schedule(Promise.resolve());
              running.delete(key);
            }),
          );
          await scheduler.waitFor(Promise.all(works));
          for (const indexes of order.values())
            assert.deepEqual(
              indexes,
              indexes.toSorted((one, other) => one - other),
            );
          assert.equal([...order.values()].flat().length, keys.length);
          assert.equal(queue.size, 0);
        },
      ),
    );
  });

  it('different keys do not wait for each other', async () => {
    const queue = createSerialQueue({ maxWaitingPerKey: 0 });
    const held = Promise.withResolvers<void>();
    const slow = queue.run('a', () => held.promise);
    assert.equal(await queue.run('b', async () => 'done'), 'done');
    assert.equal(queue.size, 1);
    held.resolve();
    await slow;
  });

  it('a work that fails does not stop the next, and leaves nothing behind', async () => {
    const queue = createSerialQueue({ maxWaitingPerKey: 5 });
    const failed = assert.rejects(
      queue.run('a', () => Promise.reject(new Error('first'))),
      { message: 'first' },
    );
    const thrown = assert.rejects(
      queue.run('a', () => {
        throw new Error('second');
      }),
      { message: 'second' },
    );
    assert.equal(await queue.run('a', async () => 'third'), 'third');
    await failed;
    await thrown;
    assert.equal(queue.size, 0);
  });

  it('a key with too many waiting is refused with 429 at once, and works again when they are done', async () => {
    const queue = createSerialQueue({ maxWaitingPerKey: 2 });
    const held = Promise.withResolvers<void>();
    let begun = 0;
    const work = () => {
      begun += 1;
      return held.promise;
    };
    const works = [queue.run('a', work), queue.run('a', work), queue.run('a', work)];
    await assert.rejects(queue.run('a', work), (error) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.token, 'TooManyRequests');
      assert.equal(error.retryAfterSeconds, 1);
      return true;
    });
    assert.equal(begun, 1);
    held.resolve();
    await Promise.all(works);
    await settle();
    assert.equal(begun, 3);
    await queue.run('a', work);
    assert.equal(queue.size, 0);
  });
});
