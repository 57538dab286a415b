import { backOffMilliseconds } from './back-off.ts';
import type { Environment } from './environment.ts';
import { type FetchedJwks, type Freshness, fetchJwks } from './fetch-jwks.ts';
import type { KeySource } from './key-source.ts';
import { VerifyError } from './verify-error.ts';
import type { VerifyingKey } from './verifying-key.ts';

/** How long after the keys were asked for out of turn they are asked for once more; instances read them every two seconds. */
const secondLookMs = 5_000;

const backOff = { firstMs: 1_000, mostMs: 60_000 };

/** What is followed, and how. */
export interface KeyFollowerOptions {
  /** The key set's address. */
  readonly url: string;
  /** Keys that verify beside the followed ones. */
  readonly fixedKeys: readonly VerifyingKey[];
  /** How long a token with an unknown key does not make the keys be fetched after another one did. */
  readonly coolDownSeconds: number;
  /** How long the keys go on where they can't be fetched anew. */
  readonly maxStaleSeconds: number;
  readonly onProblem: (problem: Error) => void;
}

/**
 * Follows a published key set: fetches it when the first token needs it, and anew when it is no longer fresh or a token
 * names a key that is not in it. Where that fails it waits longer each time, and goes on with the keys that it has.
 */
export class KeyFollower implements KeySource {
  readonly #options: KeyFollowerOptions;
  readonly #environment: Environment;
  #keys: readonly VerifyingKey[];
  #fetched: FetchedJwks | undefined;
  #fetchedAt = 0;
  #loading: Promise<void> | undefined;
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #lookedAgainAt = Number.NEGATIVE_INFINITY;

  constructor(options: KeyFollowerOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
    this.#keys = options.fixedKeys;
  }

  get keys(): readonly VerifyingKey[] {
    return this.#keys;
  }

  refreshIfDue(): Promise<void> | undefined {
    if (this.#fetched === undefined) return undefined;
    const now = this.#environment.monotonic();
    const age = now - this.#fetchedAt;
    if (age < this.#fetched.freshMs) return undefined;
    if (age >= this.#options.maxStaleSeconds * 1000) {
      this.#hold(undefined);
      return undefined;
    }
    if (now < this.#retryAt) return undefined;
    const loading = this.#load();
    // Once it has failed, no caller waits for it any more: the keys at hand are the best there is.
    return age >= 2 * this.#fetched.freshMs && this.#failures === 0 ? loading : undefined;
  }

  lookAgain(): Promise<void> | undefined {
    if (this.#fetched === undefined) return this.#loadFirst();
    if (this.#loading !== undefined) return this.#loading;
    const now = this.#environment.monotonic();
    if (now < this.#retryAt || now - this.#lookedAgainAt < this.#options.coolDownSeconds * 1000) return undefined;
    return this.#lookAgainFrom(now);
  }

  async #lookAgainFrom(now: number): Promise<void> {
    await this.#load('no-cache');
    // Where that failed nothing was seen, and the pauses between attempts are what holds them apart.
    if (this.#failures === 0) this.#lookedAgainAt = now;
  }

  reload(): Promise<void> | undefined {
    if (this.#fetched === undefined && this.#loading === undefined) return undefined;
    // A token whose key has gone need not make them be fetched once more.
    this.#lookedAgainAt = this.#environment.monotonic();
    return this.#reload();
  }

  async #reload(): Promise<void> {
    // What is on its way may have been asked for before the key was taken out.
    await this.#loading;
    // Where this fails, it stays due.
    this.#limitFreshness(0);
    await this.#load('no-cache');
    // Another instance of the service, or a cache before it, may have answered what it knew before.
    this.#limitFreshness(secondLookMs);
  }

  #limitFreshness(mostMs: number): void {
    if (this.#fetched === undefined) return;
    this.#fetched = { ...this.#fetched, freshMs: Math.min(this.#fetched.freshMs, mostMs) };
  }

  async #loadFirst(): Promise<void> {
    if (this.#loading !== undefined || this.#environment.monotonic() >= this.#retryAt) await this.#load();
    if (this.#fetched === undefined) throw new VerifyError('keys_unavailable', 'The keys could not be fetched');
  }

  /** Fetches the keys, once however many ask; never rejects. */
  #load(freshness: Freshness = 'max-age=0'): Promise<void> {
    this.#loading ??= this.#fetch(freshness).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetch(freshness: Freshness): Promise<void> {
    const { monotonic, random } = this.#environment;
    // Counted from before: how long the answer took to come does not make it fresher.
    const askedAt = monotonic();
    try {
      this.#hold(await fetchJwks(this.#options.url, this.#environment, freshness));
      this.#fetchedAt = askedAt;
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#retryAt = monotonic() + backOffMilliseconds(this.#failures, backOff, random());
      this.#options.onProblem(error instanceof Error ? error : new Error('the keys could not be fetched'));
    }
  }

  #hold(fetched: FetchedJwks | undefined): void {
    const isSame = fetched !== undefined && this.#fetched?.bytes.equals(fetched.bytes) === true;
    this.#fetched = fetched;
    if (!isSame) this.#keys = [...this.#options.fixedKeys, ...(fetched?.keys ?? [])];
  }
}
