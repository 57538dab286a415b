import type { ComponentType } from 'react';
import { createStore, useStore } from '../store/store.ts';

/** Something that nobody sees before they point at something, and whose code comes once the page stands. */
export interface LatePart<Props> {
  /** Has it fetched, where it is not there and not on its way. */
  fetch(): Promise<void>;
  /** Follows it; undefined until it is there. */
  use(): ComponentType<Props> | undefined;
}

const all: { fetch(): Promise<void> }[] = [];

/**
 * Defines a late part. Where its code does not arrive, nothing is shown, and it is asked for again the next time: a server
 * that starts anew is no reason to take the page away.
 *
 * @param load imports the module
 */
export function defineLatePart<Props>(load: () => Promise<ComponentType<Props>>): LatePart<Props> {
  const store = createStore<{ readonly part?: ComponentType<Props> }>({});
  let fetching: Promise<void> | undefined;
  const fetchOnce = async (): Promise<void> => {
    try {
      store.set({ part: await load() });
    } catch {
      // Asked for again, see above.
    } finally {
      fetching = undefined;
    }
  };
  const late: LatePart<Props> = {
    fetch: async () => {
      if (store.get().part !== undefined) return;
      fetching ??= fetchOnce();
      await fetching;
    },
    use: () => useStore(store).part,
  };
  all.push(late);
  return late;
}

/** Has every late part fetched, so that it is there when somebody asks, with the server or without. */
export function fetchLateParts(): void {
  for (const late of all) void late.fetch();
}
