/**
 * Lets the event loop turn once, so that others get their turn in the middle of a long piece of work. To await the store is
 * not enough: one that answers at once never lets go of the loop.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
