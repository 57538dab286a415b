interface Entry<K, U> {
  readonly key: K;
  /** What is to be written about the key; undefined when everything was. */
  use: U | undefined;
  writtenAt: number;
}

/** What is to be written about many keys: about each at once, and then at most once in a while. */
export interface SpacedWrites<K, U> {
  /** What waits to be written about a key. */
  find(key: K): U | undefined;
  /** Lets this wait instead of what waited before. */
  put(key: K, use: U): void;
  /** Takes what is due at this time, or with `all` everything that waits. Costs as much as it takes, not as much as there is. */
  take(nowMs: number, all: boolean): U[];
}

/**
 * @param quietMs how long nothing is written about a key after something was
 */
export function createSpacedWrites<K, U>(quietMs: number): SpacedWrites<K, U> {
  const entries = new Map<K, Entry<K, U>>();
  /** Never written about. */
  let fresh: Entry<K, U>[] = [];
  /** Written about, the longest ago first. */
  let written: Entry<K, U>[] = [];

  function takeFrom(list: readonly Entry<K, U>[], nowMs: number, taken: U[]): void {
    for (const entry of list) {
      if (entry.use === undefined) {
        entries.delete(entry.key);
        continue;
      }
      taken.push(entry.use);
      entry.use = undefined;
      entry.writtenAt = nowMs;
      written.push(entry);
    }
  }

  return {
    find: (key) => entries.get(key)?.use,
    put(key, use) {
      const entry = entries.get(key);
      if (entry !== undefined) {
        entry.use = use;
        return;
      }
      const added = { key, use, writtenAt: Number.NEGATIVE_INFINITY };
      entries.set(key, added);
      fresh.push(added);
    },
    take(nowMs, all) {
      const taken: U[] = [];
      const notDue = written.findIndex((entry) => nowMs - entry.writtenAt < quietMs);
      const dueCount = all || notDue === -1 ? written.length : notDue;
      const due = [...fresh, ...written.slice(0, dueCount)];
      written = written.slice(dueCount);
      fresh = [];
      takeFrom(due, nowMs, taken);
      return taken;
    },
  };
}
