import { close, fdatasync, open } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const closeFile = promisify(close);

/** Puts what was committed to the write-ahead log on the disk, while the event loop goes on. */
export interface WalSync {
  /**
   * Resolves once everything that was committed before this call is on the disk. Calls that come while the disk is busy
   * share the next turn.
   *
   * @throws Error of the file system, from then on for every call: what the first failure lost, no later success brings back
   */
  sync(): Promise<void>;
  /** The first failure, which every later call ends with; undefined as long as there was none. */
  readonly failure: Error | undefined;
  /** No call may come after this one. */
  close(): Promise<void>;
}

/** Puts what was written to an open file on the disk. */
export type SyncFile = (descriptor: number) => Promise<void>;

/**
 * Does for the log of an SQLite file what `synchronous = FULL` does at the end of each commit.
 *
 * SQLite holds no locks on the log itself, so opening and closing it once more takes none away (sqlite.org/howtocorrupt.html
 * §2.2). It stays the same file for as long as a connection is open.
 *
 * @param file the database's file
 * @param options `onFailure` is called once, with the first failure
 */
export function createWalSync(
  file: string,
  options: { readonly syncFile?: SyncFile | undefined; readonly onFailure?: (error: Error) => void } = {},
): WalSync {
  const syncFile: SyncFile = options.syncFile ?? promisify(fdatasync);
  let failure: Error | undefined;
  let descriptor: Promise<number> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    descriptor ??= openFile(`${file}-wal`, 'r+');
    await syncFile(await descriptor);
  }

  /** After a failure it stays with that failure. */
  function start(): Promise<void> {
    const started = run();
    running = started;
    const done = (): void => {
      running = undefined;
    };
    started.then(done, (error: Error) => {
      failure = error;
      options.onFailure?.(error);
    });
    return started;
  }

  /** A turn that has begun may have begun before the commit, so whoever comes meanwhile waits for the one after it. */
  async function startAfter(before: Promise<void>): Promise<void> {
    await before;
    next = undefined;
    await start();
  }

  return {
    get failure() {
      return failure;
    },
    sync() {
      if (running === undefined) return start();
      next ??= startAfter(running);
      return next;
    },
    async close() {
      await Promise.allSettled([running, next]);
      if (descriptor !== undefined) await closeFile(await descriptor);
    },
  };
}
