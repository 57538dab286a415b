import { setTimeout as delay } from 'node:timers/promises';
import { HttpConnection } from './http-connection.ts';

export interface SteadyLoad {
  readonly port: number;
  /** Sent one after another, again and again. */
  readonly requests: readonly Buffer[];
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Sends requests at a steady pace, whether or not those before have been answered.
 *
 * @returns the latency of each, in milliseconds
 * @throws Error where one is answered with anything but 200
 */
export async function runSteadyLoad({ port, requests, perSecond, seconds }: SteadyLoad): Promise<number[]> {
  const idle: HttpConnection[] = [];
  const all: HttpConnection[] = [];
  const connect = async (): Promise<HttpConnection> => {
    const connection = new HttpConnection(port);
    all.push(connection);
    await connection.opened;
    return connection;
  };
  const latencies: number[] = [];
  const ask = async (request: Buffer): Promise<void> => {
    const connection = idle.pop() ?? (await connect());
    const sentAt = performance.now();
    const { status, body } = await connection.ask(request);
    latencies.push(performance.now() - sentAt);
    if (status !== 200) throw new Error(`a request of the steady load was answered with ${status}: ${body}`);
    idle.push(connection);
  };
  try {
    for (let opened = 0; opened < readyConnections; opened += 1) idle.push(await connect());
    const count = Math.round(perSecond * seconds);
    const start = performance.now();
    const asked: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      await delay(Math.max(0, start + (sent * 1000) / perSecond - performance.now()));
      asked.push(ask(requests[sent % requests.length] as Buffer));
    }
    await Promise.all(asked);
    return latencies;
  } finally {
    for (const connection of all) connection.close();
  }
}

/** Opened beforehand, so that no request waits for a connection. */
const readyConnections = 16;
