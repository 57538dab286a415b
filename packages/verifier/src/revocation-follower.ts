import { backOffMilliseconds } from './back-off.ts';
import type { Environment } from './environment.ts';
import type { StreamEvent } from './event-stream.ts';
import { readRevocationEntry } from './revocation-entry.ts';
import { FeedAnswerError, FeedTokenError, readRevocationFeed } from './revocation-feed.ts';
import { type RevocableClaims, RevocationList } from './revocation-list.ts';

/** Follows a service's revocations, and knows them. */
export interface RevocationFollower {
  /** Whether a revocation that is known refuses a token. */
  isRevoked(claims: RevocableClaims): boolean;
  /** Whether so little is known of the last revocations that no token is to be accepted: see `whenStale`. */
  isTooStale(): boolean;
  /**
   * How old what is known may be: the seconds since the service last said that everything had been told. Infinity
   * before it did so once. Measured by a clock that never jumps, and only by this machine's.
   */
  stalenessSeconds(): number;
  /** Another number once another token may be revoked; as long as it stays the same, so does each `isRevoked`. */
  readonly revision: number;
  /** Another number once every token from before a time is revoked: a key may have been taken out. */
  readonly epoch: number;
  /** How many subjects, sessions and organisations revocations are known of. */
  readonly size: number;
  /** Resolves once everything is known for the first time; never rejects. */
  whenCurrent(): Promise<void>;
  /** Stops following. */
  close(): void;
}

/** Where the service can not be reached: soon, since with it come the revocations. */
const unreachable = { firstMs: 100, mostMs: 500 };
/** Where something answers for the service that it is not there. */
const unavailable = { firstMs: 250, mostMs: 2_000 };
/** Where the service won't, or says what can not be read, or there is no auth token: asking again hardly helps. */
const refused = { firstMs: 1_000, mostMs: 30_000 };

const sweepEveryMs = 60_000;
/** Tokens may be accepted for a minute after they have expired, where clocks differ. */
const keepPastMs = 120_000;

/** What is followed, and how. */
export interface FeedFollowerOptions {
  readonly url: string;
  readonly authToken: (refused?: string) => string | Promise<string>;
  readonly maxStalenessSeconds: number;
  readonly whenStale: 'accept' | 'refuse';
  /** After how many seconds without a word the connection is replaced. */
  readonly silenceSeconds: number;
  readonly onProblem: (problem: Error) => void;
}

/** Follows the revocation feed over one connection after another. */
export class FeedFollower implements RevocationFollower {
  readonly #options: FeedFollowerOptions;
  readonly #environment: Environment;
  readonly #abort = new AbortController();
  readonly #firstCurrent = Promise.withResolvers<void>();
  #list = new RevocationList();
  /** What has been told since the feed began anew; it replaces the list once it is complete. */
  #nextList: RevocationList | undefined;
  #lastEventId: string | undefined;
  #currentAt: number | undefined;
  #sweptAt: number;
  #failures = 0;
  #revision = 0;
  #epoch = 0;

  constructor(options: FeedFollowerOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
    this.#sweptAt = environment.monotonic();
    void this.#follow();
  }

  get revision(): number {
    return this.#revision;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get size(): number {
    return this.#list.size;
  }

  isRevoked(claims: RevocableClaims): boolean {
    return this.#list.isRevoked(claims);
  }

  isTooStale(): boolean {
    return this.#options.whenStale === 'refuse' && this.stalenessSeconds() > this.#options.maxStalenessSeconds;
  }

  stalenessSeconds(): number {
    if (this.#currentAt === undefined) return Number.POSITIVE_INFINITY;
    return (this.#environment.monotonic() - this.#currentAt) / 1000;
  }

  whenCurrent(): Promise<void> {
    return this.#firstCurrent.promise;
  }

  close(): void {
    this.#abort.abort(new Error('closed'));
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await readRevocationFeed(
          {
            url: this.#options.url,
            authToken: this.#options.authToken,
            lastEventId: this.#lastEventId,
            silenceMs: this.#options.silenceSeconds * 1000,
            onEvent: (event) => this.#take(event),
            signal,
          },
          this.#environment,
        );
      } catch (error) {
        if (signal.aborted) return;
        this.#failures += 1;
        this.#options.onProblem(error instanceof Error ? error : new Error('the revocation feed could not be read'));
        await this.#waitAfter(error);
      }
    }
  }

  #take({ event, data, lastEventId }: StreamEvent): void {
    if (event === 'revocation') {
      const entry = readRevocationEntry(data);
      this.#list.add(entry);
      this.#nextList?.add(entry);
      this.#revision += 1;
      if (entry.kind === 'all') this.#epoch += 1;
    } else if (event === 'reset') {
      // What is known goes on refusing until the new list is complete.
      this.#nextList = new RevocationList();
      this.#lastEventId = undefined;
    } else if (event === 'current') {
      this.#becomeCurrent();
    }
    // Of what is told from the beginning, the order may be any: cut short, it has to be told anew.
    const isComplete = this.#currentAt !== undefined && this.#nextList === undefined;
    this.#lastEventId = isComplete && lastEventId !== '' ? lastEventId : this.#lastEventId;
  }

  #becomeCurrent(): void {
    const now = this.#environment.monotonic();
    this.#list = this.#nextList ?? this.#list;
    this.#nextList = undefined;
    this.#currentAt = now;
    this.#failures = 0;
    this.#firstCurrent.resolve();
    if (now - this.#sweptAt >= sweepEveryMs) {
      this.#sweptAt = now;
      this.#list.dropPast(this.#environment.now() - keepPastMs);
    }
  }

  #waitAfter(error: unknown): Promise<void> {
    const { random, setTimeout, clearTimeout } = this.#environment;
    const asked = error instanceof FeedAnswerError ? (error.retryAfterSeconds ?? 0) : 0;
    const askedMs = Math.min(asked * 1000, refused.mostMs);
    const waitMs = Math.max(askedMs, backOffMilliseconds(this.#failures, boundsAfter(error), random()));
    return new Promise((resolve) => {
      const { signal } = this.#abort;
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, waitMs);
      signal.addEventListener('abort', end);
    });
  }
}

function boundsAfter(error: unknown): { firstMs: number; mostMs: number } {
  if (error instanceof FeedAnswerError) return error.status >= 500 ? unavailable : refused;
  const isOurs = error instanceof FeedTokenError || error instanceof SyntaxError || error instanceof RangeError;
  return isOurs ? refused : unreachable;
}
