import type { TestContext } from 'node:test';
import type { Service } from '../../packages/server/src/domain/service.ts';

/**
 * Records what a service does while a test runs: each password that is hashed or checked, each call of a store, and
 * what happens inside of transactions, in order.
 */
export function recordWork(t: TestContext, service: Service): { take(): string[] } {
  let work: string[] = [];
  const note = (what: string): void => void work.push(what);
  const { run } = service.hashQueue;
  t.mock.method(service.hashQueue, 'run', (<T>(hashing: () => Promise<T>) => {
    note('hash');
    return run(hashing);
  }) satisfies typeof run);
  const { database } = service;
  const { transaction } = database;
  for (const [name, method] of Object.entries(database)) {
    if (typeof method !== 'function' || name === 'transaction') continue;
    Object.assign(database, { [name]: noting(name, method, note) });
    t.after(() => void Object.assign(database, { [name]: method }));
  }
  t.mock.method(database, 'transaction', ((body) => {
    note('transaction');
    return transaction((stores) => body(notingAll(stores, note)));
  }) as typeof transaction);
  return {
    take() {
      const taken = work;
      work = [];
      return taken;
    },
  };
}

type Method = (...args: unknown[]) => unknown;

function noting(name: string, method: Method, note: (what: string) => void): Method {
  return (...args) => {
    note(name);
    return method(...args);
  };
}

function notingAll<T extends object>(stores: T, note: (what: string) => void): T {
  const methods = Object.entries(stores) as [string, Method][];
  return Object.fromEntries(methods.map(([name, method]) => [name, noting(`in it: ${name}`, method, note)])) as T;
}
