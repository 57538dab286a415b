import type pg from 'pg';
import {
  acquire,
  operationDeadline,
  type PostgresOptions,
  type RunStatement,
  type Statement,
  send,
  withRetries,
} from './postgres-pool.ts';
import { isConnectionLost, isSerializationFailure, toStorageError } from './storage-error.ts';
import { createTransactionScope } from './transaction-scope.ts';

type SendTo = (client: pg.PoolClient, statement: Statement) => Promise<pg.QueryResult>;

/** What one attempt at a transaction came to, besides its result. */
interface Attempt {
  /** The connection is gone. */
  lost: boolean;
  /** Nothing of it can have been committed, and another attempt may succeed. */
  repeatable: boolean;
}

/**
 * Runs `work` in a transaction; again where PostgreSQL gave it up or the connection broke before the commit.
 *
 * @throws Refusal Unavailable where that doesn't help within the time for one operation
 */
export function runTransaction<T>(
  pool: pg.Pool,
  { onStatement }: PostgresOptions,
  work: (run: RunStatement) => Promise<T>,
): Promise<T> {
  const deadline = operationDeadline();
  let attempt: Attempt = { lost: false, repeatable: false };
  return withRetries(
    deadline,
    () => attempt.repeatable,
    async () => {
      attempt = { lost: false, repeatable: false };
      return runAttempt(await acquire(pool, deadline), attempt, work, (client, statement) => {
        onStatement?.(statement.text);
        return send(client, statement, deadline);
      });
    },
  );
}

async function runAttempt<T>(
  client: pg.PoolClient,
  attempt: Attempt,
  work: (run: RunStatement) => Promise<T>,
  sendTo: SendTo,
): Promise<T> {
  const scope = createTransactionScope();
  const run: RunStatement = (statement) =>
    scope.run(async () => {
      try {
        return await sendTo(client, statement);
      } catch (error) {
        attempt.lost ||= isConnectionLost(error);
        attempt.repeatable ||= attempt.lost || isSerializationFailure(error);
        throw toStorageError(error);
      }
    });
  try {
    await run({ text: 'BEGIN ISOLATION LEVEL READ COMMITTED' });
    const result = await work(run);
    await scope.end();
    await commit(client, attempt, sendTo);
    return result;
  } catch (error) {
    await scope.end().catch(() => undefined);
    await rollBack(client, attempt, sendTo);
    throw error;
  } finally {
    client.release(attempt.lost);
  }
}

async function commit(client: pg.PoolClient, attempt: Attempt, sendTo: SendTo): Promise<void> {
  try {
    await sendTo(client, { text: 'COMMIT' });
  } catch (error) {
    // Whether it is committed nobody knows, so it isn't tried again.
    attempt.lost = true;
    throw toStorageError(error);
  }
}

/** Leaves the connection fit for the next transaction, or gives it up. */
async function rollBack(client: pg.PoolClient, attempt: Attempt, sendTo: SendTo): Promise<void> {
  if (attempt.lost) {
    return;
  }
  try {
    await sendTo(client, { text: 'ROLLBACK' });
  } catch {
    attempt.lost = true;
  }
}
