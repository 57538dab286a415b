import { Refusal } from './errors.ts';

/** Works for one key run one after another, in order of arrival; different keys run side by side. */
export interface SerialQueue {
  /**
   * Runs the work once every earlier work of its key has ended, whether well or badly.
   *
   * @throws Refusal TooManyRequests, where too many wait for the key already; the work is then never begun.
   */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** How many keys have a work running. */
  readonly size: number;
}

/** Makes a queue in which at most `maxWaitingPerKey` works wait behind the one that runs for their key. */
export function createSerialQueue(options: { readonly maxWaitingPerKey: number }): SerialQueue {
  // A key is here exactly while a work of it runs; its line holds those who wait.
  const lines = new Map<string, (() => void)[]>();

  async function takeTurn(key: string): Promise<void> {
    const line = lines.get(key);
    if (line === undefined) {
      lines.set(key, []);
      return;
    }
    if (line.length >= options.maxWaitingPerKey) {
      throw new Refusal('TooManyRequests', { retryAfterSeconds: 1, reason: 'too many calls wait for one key' });
    }
    await new Promise<void>((resolve) => line.push(resolve));
  }

  function passTurn(key: string): void {
    const next = lines.get(key)?.shift();
    if (next === undefined) lines.delete(key);
    else next();
  }

  async function run<T>(key: string, work: () => Promise<T>): Promise<T> {
    await takeTurn(key);
    try {
      return await work();
    } finally {
      passTurn(key);
    }
  }

  return {
    run,
    get size() {
      return lines.size;
    },
  };
}
