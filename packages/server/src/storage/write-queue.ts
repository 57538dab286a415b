import { unavailable } from './storage-error.ts';

interface Waiter {
  readonly start: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets one writer at a time use a connection, in the order in which they came. */
export interface WriteQueue {
  /** Runs `work` when its turn comes. Throws `Refusal` Unavailable where it doesn't come within `waitMs` milliseconds. */
  run<T>(waitMs: number, work: () => Promise<T>): Promise<T>;
  readonly busy: boolean;
  readonly waiting: number;
}

export function createWriteQueue(): WriteQueue {
  const waiters: Waiter[] = [];
  let busy = false;

  function takeTurn(waitMs: number): Promise<void> {
    if (!busy) {
      busy = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiters.splice(waiters.indexOf(waiter), 1);
        reject(unavailable(`a write waited ${waitMs} ms for those before it`, 1));
      }, waitMs);
      const waiter: Waiter = { start: resolve, timer };
      waiters.push(waiter);
    });
  }

  function passTurn(): void {
    const next = waiters.shift();
    if (next === undefined) {
      busy = false;
      return;
    }
    clearTimeout(next.timer);
    // Each commit has blocked the event loop for a while: let it read what has come in, and another process have the file.
    setImmediate(next.start);
  }

  return {
    async run(waitMs, work) {
      await takeTurn(waitMs);
      try {
        return await work();
      } finally {
        passTurn();
      }
    },
    get busy() {
      return busy;
    },
    get waiting() {
      return waiters.length;
    },
  };
}
