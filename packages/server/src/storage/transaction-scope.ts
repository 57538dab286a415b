/**
 * Keeps the statements of one transaction in order, and stops them after the first that fails and after the end, alike in
 * every database: none may run outside of the transaction it was meant for.
 */
export interface TransactionScope {
  run<T>(statement: () => T | Promise<T>): Promise<T>;
  /** Closes the scope when the last statement is through; throws what one of them threw, even if that was caught. */
  end(): Promise<void>;
}

export function createTransactionScope(): TransactionScope {
  let last: Promise<unknown> = Promise.resolve();
  let ended = false;
  let failure: { readonly error: unknown } | undefined;

  async function runNext<T>(before: Promise<unknown>, statement: () => T | Promise<T>): Promise<T> {
    await before;
    if (failure !== undefined) {
      throw failure.error;
    }
    try {
      return await statement();
    } catch (error) {
      failure = { error };
      throw error;
    }
  }

  return {
    async run(statement) {
      if (ended) {
        throw new Error('A store was used after its transaction had ended');
      }
      const result = runNext(last, statement);
      last = result.catch(() => undefined);
      return result;
    },
    async end() {
      ended = true;
      await last;
      if (failure !== undefined) {
        throw failure.error;
      }
    },
  };
}
