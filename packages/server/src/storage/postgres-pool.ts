import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Refusal } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { isConnectionLost, StartupError, unavailable } from './storage-error.ts';

/** Every operation, however many statements and attempts it takes, is answered within this time. */
const operationMs = 4500;
const statementTimeoutMs = 4000;
const connectTimeoutMs = 3000;
/** Frees the locks of a transaction whose client has vanished without a word. */
const idleInTransactionMs = 10_000;
/** With less left than this, another attempt is of no use. */
const leastAttemptMs = 500;
const retryPausesMs = [5, 100];

export interface PostgresOptions {
  readonly url: string;
  readonly log: Log;
  /** The most connections at a time. */
  readonly poolSize: number;
  readonly onStatement?: ((sql: string) => void) | undefined;
}

/** One statement as pg takes it. */
export interface Statement {
  readonly text: string;
  readonly values?: unknown[];
  /** Names a statement that is prepared once per connection. */
  readonly name?: string;
  readonly rowMode?: 'array';
}

/** Runs one statement, on whichever connection. */
export type RunStatement = (statement: Statement) => Promise<pg.QueryResult>;

/** When an operation that begins now has to be answered. */
export function operationDeadline(): number {
  return performance.now() + operationMs;
}

/** What the pool's connections and a migration's own have in common. */
export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'keywright',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  };
}

/** int8 is a number here: ids and milliseconds stay below 2^53. */
function getTypeParser(oid: number, format?: string): (value: string) => unknown {
  return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
}

/**
 * Makes the pool, without connecting yet.
 *
 * @throws StartupError where the URL can't be read
 */
export function createPool({ url, log, poolSize }: PostgresOptions): pg.Pool {
  checkUrl(url);
  const pool = new pg.Pool({
    ...connectionOptions(url),
    max: poolSize,
    idleTimeoutMillis: 60_000,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'An idle connection to PostgreSQL was lost'));
  // A connection that breaks while in use tells so by the statement that fails; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function checkUrl(url: string): void {
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) {
    throw new StartupError("The database URL can't be read; give it as postgres://user:password@host:port/database.");
  }
}

/** Said once the connection stands, since poolers such as PgBouncer refuse one that asks for it as it begins. */
const bounds: Statement = {
  text: `SET statement_timeout = ${statementTimeoutMs}; SET idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
};

const bounded = new WeakSet<pg.ClientBase>();

/**
 * Takes a connection from the pool, on which nothing may take too long. Another one where it breaks before it is used.
 *
 * @throws Refusal Unavailable where there is none to be had
 */
export async function acquire(pool: pg.Pool, deadline: number): Promise<pg.PoolClient> {
  for (;;) {
    const client = await connect(pool);
    if (bounded.has(client)) return client;
    try {
      await send(client, bounds, deadline);
      bounded.add(client);
      return client;
    } catch (error) {
      client.release(true);
      if (!isConnectionLost(error) || deadline - performance.now() < leastAttemptMs) throw noConnection(error);
    }
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw noConnection(error);
  }
}

function noConnection(error: unknown): Refusal {
  return unavailable(`no connection to PostgreSQL: ${describe(error)}`);
}

/** A refused connection to a name with several addresses is an AggregateError without a message of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map(describe).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

/** Sends one statement, which fails when the deadline passes. */
export function send(client: pg.ClientBase, statement: Statement, deadline: number): Promise<pg.QueryResult> {
  const remaining = deadline - performance.now();
  if (remaining <= 0) {
    throw unavailable(`PostgreSQL took more than ${operationMs} ms`);
  }
  return client.query({ ...statement, query_timeout: Math.ceil(remaining) } as pg.QueryConfig);
}

/** Runs one statement on a connection of the pool. */
export async function runOnce(pool: pg.Pool, statement: Statement, deadline: number): Promise<pg.QueryResult> {
  const client = await acquire(pool, deadline);
  let lost = false;
  try {
    return await send(client, statement, deadline);
  } catch (error) {
    lost = isConnectionLost(error);
    throw error;
  } finally {
    client.release(lost);
  }
}

/** Tries again what failed with an error for which `isRepeatable` is true, with another connection, as long as there is time. */
export async function withRetries<T>(
  deadline: number,
  isRepeatable: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (const pauseMs of retryPausesMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRepeatable(error) || deadline - performance.now() < leastAttemptMs) {
        throw error;
      }
    }
    // Time for the pool to learn that its other connections are gone as well.
    await delay(pauseMs);
  }
  return attempt();
}
