import type { TestContext } from 'node:test';
import type { TestServer } from './test-server.ts';

/** Lets the next hashing wait until it is let go; `started` resolves when it has begun. */
export function holdNextHash(t: TestContext, server: TestServer): { started: Promise<void>; release: () => void } {
  const started = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const { hashQueue } = server.service;
  const { run } = hashQueue;
  let isFirst = true;
  t.mock.method(hashQueue, 'run', (async <T>(work: () => Promise<T>) => {
    if (!isFirst) return run(work);
    isFirst = false;
    return run(async () => {
      const result = await work();
      started.resolve();
      await released.promise;
      return result;
    });
  }) satisfies typeof run);
  return { started: started.promise, release: () => released.resolve() };
}
