import pg from 'pg';
import type { Log } from '../domain/ports.ts';
import { connectionOptions } from './postgres-pool.ts';

/** The channel of LISTEN and NOTIFY. */
export const wakeChannel = 'keywright_revocation';

/** A connection that is dead without a word shows by a question that gets no answer. */
const questionIntervalMs = 15_000;
const questionTimeoutMs = 3_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** A connection of its own on which PostgreSQL tells what other processes have committed. */
export interface PostgresListener {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Makes a listener, which connects again whenever its connection is lost. What was told meanwhile is lost too: whoever
 * listens asks for what is new once it is connected, and from time to time in any case.
 *
 * @param wake called at every notification, and when it is connected
 */
export function createPostgresListener({ url, log }: { url: string; log: Log }, wake: () => void): PostgresListener {
  let running: { readonly stop: () => Promise<void> } | undefined;
  return {
    start() {
      running ??= run(url, log, wake);
    },
    async stop() {
      const stopping = running?.stop();
      running = undefined;
      await stopping;
    },
  };
}

function run(url: string, log: Log, wake: () => void): { stop: () => Promise<void> } {
  let isStopped = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;

  const connectLater = (reason: string): void => {
    if (isStopped) return;
    log.debug({ reason }, 'The connection that hears of revocations is lost; they are looked for meanwhile');
    retry = setTimeout(() => void connect(), pauseMs).unref();
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  };
  const connect = async (): Promise<void> => {
    const connection = new pg.Client({ ...connectionOptions(url), application_name: 'keywright listener' });
    client = connection;
    const lost = new Promise<string>((resolve) => {
      connection.on('error', (error) => resolve(error.message));
      connection.on('end', () => resolve('ended'));
    });
    connection.on('notification', wake);
    try {
      await connection.connect();
      await connection.query(`LISTEN ${wakeChannel}`);
      pauseMs = firstPauseMs;
      wake();
      const reason = await askUntilLost(connection, lost);
      void connection.end().catch(() => undefined);
      connectLater(reason);
    } catch (error) {
      void connection.end().catch(() => undefined);
      connectLater(error instanceof Error ? error.message : String(error));
    }
  };
  void connect();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}

/** Asks something from time to time; resolves with the reason once the connection is lost. */
async function askUntilLost(connection: pg.Client, lost: Promise<string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setInterval(() => {
    const question = { text: 'SELECT 1', query_timeout: questionTimeoutMs } as pg.QueryConfig;
    connection.query(question).catch((error: Error) => resolve(error.message));
  }, questionIntervalMs).unref();
  try {
    return await Promise.race([lost, promise]);
  } finally {
    clearInterval(timer);
  }
}
