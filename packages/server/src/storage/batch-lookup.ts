import type { Lookup, LookupKey, LookupRow } from './lookup.ts';

interface Waiting<Key, Row> {
  readonly key: Key;
  readonly found: PromiseWithResolvers<Row | undefined>;
}

interface BatchOptions<Key, Row> {
  /** Answers the rows in the order of the keys. */
  readonly load: (keys: readonly Key[]) => Promise<readonly (Row | undefined)[]>;
  /** What makes two keys the same. */
  readonly identify: (key: Key) => string | number;
  readonly maxKeys: number;
}

/**
 * Makes a look-up that collects the keys asked for in one tick of the event loop and loads them together.
 *
 * Nothing is kept: each tick reads the store anew, and whoever asks for the same key in the same tick shares the answer.
 */
function createBatchLookup<Key, Row>(options: BatchOptions<Key, Row>): (key: Key) => Promise<Row | undefined> {
  let waiting = new Map<string | number, Waiting<Key, Row>>();

  function flush(): void {
    const all = [...waiting.values()];
    waiting = new Map();
    for (let start = 0; start < all.length; start += options.maxKeys) {
      void answer(options.load, all.slice(start, start + options.maxKeys));
    }
  }

  return (key) => {
    const identity = options.identify(key);
    const present = waiting.get(identity);
    if (present !== undefined) {
      return present.found.promise;
    }
    if (waiting.size === 0) {
      // The check phase comes right after the poll phase in which all the requests of a tick were read.
      setImmediate(flush);
    }
    const found = Promise.withResolvers<Row | undefined>();
    waiting.set(identity, { key, found });
    return found.promise;
  };
}

async function answer<Key, Row>(
  load: BatchOptions<Key, Row>['load'],
  batch: readonly Waiting<Key, Row>[],
): Promise<void> {
  try {
    const rows = await load(batch.map(({ key }) => key));
    for (const [index, { found }] of batch.entries()) {
      found.resolve(rows[index]);
    }
  } catch (error) {
    for (const { found } of batch) {
      found.reject(error);
    }
  }
}

/** How many keys one query takes. */
const maxKeys = 500;

/** Makes the look-ups of a database outside of transactions: those of one tick by the same `Lookup` are one `load`. */
export function batchLookups(
  load: (lookup: Lookup, keys: readonly LookupKey[]) => Promise<readonly (LookupRow | undefined)[]>,
): (lookup: Lookup, key: LookupKey) => Promise<LookupRow | undefined> {
  const batches = new Map<Lookup, (key: LookupKey) => Promise<LookupRow | undefined>>();
  return (lookup, key) => {
    let batch = batches.get(lookup);
    if (batch === undefined) {
      batch = createBatchLookup({ load: (keys) => load(lookup, keys), identify, maxKeys });
      batches.set(lookup, batch);
    }
    return batch(key);
  };
}

function identify(key: LookupKey): string | number {
  return typeof key === 'number' ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
