import { Refusal } from './errors.ts';
import { onceAtATime } from './once-at-a-time.ts';
import type { Clock, Database, Log } from './ports.ts';
import { createRecentRevocations } from './recent-revocations.ts';
import type { Audience, PublishedRevocation } from './revocation-port.ts';
import { createSerialQueue } from './serial-queue.ts';

/** How long an entry goes unseen at most where nothing tells of it, in milliseconds: half of what a revocation may take. */
const checkIntervalMs = 500;
/** How many entries are read at a time. */
const pageSize = 500;
const recentSize = 1000;

/** A piece of the feed. */
export interface FeedPage {
  readonly entries: readonly PublishedRevocation[];
  /** The place up to which nothing is left out. */
  readonly upTo: number;
}

/** How far the feed is known. */
export interface FeedHead {
  /** The last place. */
  readonly upTo: number;
  /** When it was asked for, on the monotonic clock: nothing that was committed before is missing. */
  readonly asOf: number;
}

/**
 * What this process knows of the revocation feed, for everybody who follows it here. Where nobody does, nothing is asked,
 * listened to or kept.
 */
export interface RevocationFeed {
  /**
   * Begins to follow. `onCheck` is called whenever the feed was looked at, well or in vain.
   *
   * @returns what ends it
   * @throws Refusal Unavailable once the feed is closed
   */
  join(onCheck: () => void): () => void;
  /** How far the feed is known; undefined until it was looked at. */
  readonly head: FeedHead | undefined;
  /** Whether everybody has to go. */
  readonly isClosed: boolean;
  /** Looks at the feed now. Rejects where the database is away. */
  check(): Promise<void>;
  /** What an audience is to know after one place and up to another. */
  read(audience: Audience | 'all', span: { readonly after: number; readonly upTo: number }): Promise<FeedPage>;
  /** Lets everybody go who follows. */
  close(): void;
}

/** Makes the feed of a process. */
export function createRevocationFeed(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with what is new, before anybody is told of it. */
  readonly onEntries?: (entries: readonly PublishedRevocation[]) => Promise<void>;
}): RevocationFeed {
  const { database, clock } = deps;
  const recent = createRecentRevocations(recentSize);
  // Many who come at once must not take up every connection for what they have yet to read.
  const pages = createSerialQueue({ maxWaitingPerKey: Number.POSITIVE_INFINITY });
  let head: FeedHead | undefined;

  async function look(): Promise<void> {
    const asOf = clock.monotonic();
    const now = clock.now();
    let state = await database.findFeedState(now);
    while (state.hasDue) {
      await database.publishRevocations(now);
      state = await database.findFeedState(now);
    }
    const upTo = state.lastSequence;
    if (head === undefined) recent.begin(upTo);
    for (let after = head?.upTo ?? upTo; after < upTo; ) {
      const entries = await database.listRevocations('all', { after, upTo, now, limit: pageSize });
      await deps.onEntries?.(entries);
      recent.add(entries);
      after = endOf(entries, upTo);
    }
    head = { upTo, asOf };
  }

  const followers = createFollowers(deps, look, () => {
    head = undefined;
  });
  return {
    join: followers.join,
    check: followers.check,
    close: followers.close,
    get isClosed() {
      return followers.isClosed;
    },
    get head() {
      return head;
    },
    async read(audience, span) {
      const known = recent.read(audience, { ...span, now: clock.now() });
      if (known !== undefined) return { entries: known, upTo: span.upTo };
      return pages.run('page', async () => {
        const entries = await database.listRevocations(audience, { ...span, now: clock.now(), limit: pageSize });
        return { entries, upTo: endOf(entries, span.upTo) };
      });
    },
  };
}

/** The place up to which a page reaches that was asked for up to `upTo`. */
function endOf(entries: readonly PublishedRevocation[], upTo: number): number {
  return entries.length < pageSize ? upTo : (entries.at(-1)?.sequence ?? upTo);
}

/** Looks at the feed as long as somebody follows it: when the database tells of something, and from time to time. */
function createFollowers(
  { database, log }: { readonly database: Database; readonly log: Log },
  look: () => Promise<void>,
  onLastGone: () => void,
): Pick<RevocationFeed, 'join' | 'check' | 'close' | 'isClosed'> {
  const followers = new Set<() => void>();
  let isFailing = false;
  let isClosed = false;
  let stop: (() => void) | undefined;

  function callAll(): void {
    for (const onCheck of [...followers]) onCheck();
  }

  const check = onceAtATime(async () => {
    try {
      await look();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'The revocation feed could not be read; it is tried again');
      isFailing = true;
      throw error;
    } finally {
      callAll();
    }
  });

  function checkSoon(): void {
    // What went wrong is in the log, and the next time is never far.
    check().catch(() => undefined);
  }

  function start(): () => void {
    const stopWatching = database.watchRevocations(checkSoon);
    const timer = setInterval(checkSoon, checkIntervalMs);
    return () => {
      clearInterval(timer);
      stopWatching();
      onLastGone();
    };
  }

  return {
    check,
    get isClosed() {
      return isClosed;
    },
    join(onCheck) {
      if (isClosed) throw new Refusal('Unavailable', { reason: 'the server is stopping', retryAfterSeconds: 1 });
      followers.add(onCheck);
      stop ??= start();
      return () => {
        followers.delete(onCheck);
        if (followers.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    close() {
      isClosed = true;
      callAll();
    },
  };
}
