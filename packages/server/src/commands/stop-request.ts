import { constants } from 'node:os';

/** A request of the operating system to stop. */
export interface StopRequest {
  /** Resolves with the first signal. */
  readonly requested: Promise<NodeJS.Signals>;
  receive(signal: NodeJS.Signals): void;
}

/** npm passes on the Ctrl-C that its child has received already: two signals within this time are one request. */
const sameRequestMs = 500;

/**
 * The first signal asks to stop in order; another one, later, stops at once.
 *
 * @param deps `now` in milliseconds, from any start; `exit` ends the process
 */
export function createStopRequest(deps: { now: () => number; exit: (code: number) => void }): StopRequest {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let receivedAt: number | undefined;
  return {
    requested: promise,
    receive(signal) {
      if (receivedAt === undefined) {
        receivedAt = deps.now();
        resolve(signal);
      } else if (deps.now() - receivedAt > sameRequestMs) {
        // As a shell reports a process that the signal itself has ended.
        deps.exit(128 + constants.signals[signal]);
      }
    },
  };
}

/** Listens to SIGTERM and SIGINT. */
export function watchStopSignals(): StopRequest {
  const request = createStopRequest({ now: () => performance.now(), exit: (code) => process.exit(code) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, request.receive);
  return request;
}
