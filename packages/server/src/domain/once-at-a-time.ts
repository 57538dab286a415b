/**
 * Makes a work that runs once at a time, however many ask for it. Whoever asks while it runs may know of something that comes
 * too late for it, so it runs once more for all of them.
 */
export function onceAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function start(): Promise<void> {
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  }

  function startAgain(): Promise<void> {
    next = undefined;
    return start();
  }

  return () => {
    if (running === undefined) return start();
    next ??= running.then(startAgain, startAgain);
    return next;
  };
}
