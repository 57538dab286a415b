import { copyText } from './copy-text.ts';

interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
}

/** How much a cache may hold. */
export interface TokenCacheBounds {
  readonly maxEntries: number;
  /** The memory that the entries are reckoned to take. */
  readonly maxBytes: number;
}

/**
 * Remembers what belongs to a token, by the whole token: two tokens that differ anywhere are two keys of a `Map`, which
 * compares texts and not their hashes.
 *
 * Entries live in two generations. New ones, and those that are found again, go to the young one; once that holds half
 * of what the cache may hold, it becomes the old one, and what was left in the old one is forgotten. So a token that
 * is in use stays, and finding one costs no more than a look-up.
 */
export class TokenCache<Value> {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #young = new Map<string, Entry<Value>>();
  #youngBytes = 0;
  #old = new Map<string, Entry<Value>>();

  constructor({ maxEntries, maxBytes }: TokenCacheBounds) {
    this.#maxEntries = Math.floor(maxEntries / 2);
    this.#maxBytes = Math.floor(maxBytes / 2);
  }

  /** How many entries are held. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** What was remembered of a token. */
  find(token: string): Value | undefined {
    const young = this.#young.get(token);
    if (young !== undefined) return young.value;
    const old = this.#old.get(token);
    if (old === undefined) return undefined;
    this.#old.delete(token);
    this.#insert(token, old);
    return old.value;
  }

  /**
   * Remembers a token.
   *
   * @param bytes - the memory that the value is reckoned to take; the token's own is added to it.
   */
  remember(token: string, value: Value, bytes: number): void {
    const total = bytes + token.length + entryBytes;
    if (total > this.#maxBytes || this.#maxEntries < 1) return;
    this.#old.delete(token);
    this.#insert(token, { value, bytes: total });
  }

  clear(): void {
    this.#young = new Map();
    this.#youngBytes = 0;
    this.#old = new Map();
  }

  #insert(token: string, entry: Entry<Value>): void {
    this.#youngBytes -= this.#young.get(token)?.bytes ?? 0;
    if (this.#young.size >= this.#maxEntries || this.#youngBytes + entry.bytes > this.#maxBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(copyText(token), entry);
    this.#youngBytes += entry.bytes;
  }
}

/** What an entry takes beside its token and its value: its place in the map, and its own object. */
const entryBytes = 128;
