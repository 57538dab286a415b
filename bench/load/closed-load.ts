import { setTimeout as delay } from 'node:timers/promises';
import { HttpConnection } from './http-connection.ts';

/** What a load measured. */
export interface LoadResult {
  /** Answers with status 200 per second. */
  readonly ratePerSecond: number;
  /** Of each answer, in milliseconds. */
  readonly latenciesMs: Float64Array;
  /** Requests that were answered with anything but 200. */
  readonly failures: number;
  /** The share of one core that the load itself took. */
  readonly ownCpuShare: number;
}

export interface ClosedLoad {
  readonly port: number;
  /** Sent one after another, over all connections, again and again. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
}

const maxLatencies = 4_000_000;
/** How long the last answers may take. */
const graceSeconds = 30;

/**
 * Keeps every connection busy: each sends its next request when the one before has been answered.
 *
 * @throws Error where a connection is lost, or a request is never answered
 */
export async function runClosedLoad({ port, requests, connections, seconds }: ClosedLoad): Promise<LoadResult> {
  const open = Array.from({ length: connections }, () => new HttpConnection(port));
  try {
    await Promise.all(open.map(({ opened }) => opened));
    const latencies = new Float64Array(maxLatencies);
    let answered = 0;
    let failures = 0;
    let next = 0;
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const end = start + seconds * 1000;

    const keepBusy = (connection: HttpConnection): Promise<void> =>
      new Promise((resolve, reject) => {
        let sentAt = 0;
        const send = (): void => {
          const request = requests[next % requests.length] as Buffer;
          next += 1;
          sentAt = performance.now();
          connection.send(request, onAnswer, reject);
        };
        const onAnswer = (status: number): void => {
          const now = performance.now();
          if (now >= end) {
            resolve();
            return;
          }
          if (status !== 200) failures += 1;
          else if (answered < maxLatencies) latencies[answered++] = now - sentAt;
          send();
        };
        send();
      });

    await withinSeconds(seconds + graceSeconds, Promise.all(open.map(keepBusy)));
    const { user, system } = process.cpuUsage(cpuBefore);
    const elapsedMs = performance.now() - start;
    return {
      ratePerSecond: answered / seconds,
      latenciesMs: latencies.slice(0, answered),
      failures,
      ownCpuShare: (user + system) / 1000 / elapsedMs,
    };
  } finally {
    for (const connection of open) connection.close();
  }
}

async function withinSeconds(seconds: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const tooLate = delay(seconds * 1000, undefined, { signal: over.signal }).then(() => {
    throw new Error('a request was not answered');
  });
  try {
    await Promise.race([work, tooLate]);
  } finally {
    over.abort();
    tooLate.catch(() => undefined);
  }
}
