/** Those who want to know at once that something was written which they read. */
export interface Watchers {
  /** @returns how to stop */
  add(wake: () => void): () => void;
  wake(): void;
}

/** Keeps watchers; `onChange` is told whether there are any. */
export function createWatchers(onChange: (hasAny: boolean) => void = () => undefined): Watchers {
  const watchers = new Set<() => void>();
  return {
    add(wake) {
      watchers.add(wake);
      if (watchers.size === 1) onChange(true);
      return () => {
        if (watchers.delete(wake) && watchers.size === 0) onChange(false);
      };
    },
    wake() {
      for (const wake of watchers) wake();
    },
  };
}
