import pg from 'pg';
import { Refusal } from '../domain/errors.ts';

/** Why the service can't start, in one sentence that says what to do; shown to the operator without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const sqlite = {
  busy: 5,
  locked: 6,
  nomem: 7,
  readonly: 8,
  ioerr: 10,
  full: 13,
  cantopen: 14,
  protocol: 15,
  constraint: 19,
};

const sqliteUnavailable = new Map([
  [sqlite.busy, 1],
  [sqlite.locked, 1],
  [sqlite.nomem, 5],
  [sqlite.readonly, 5],
  [sqlite.ioerr, 5],
  [sqlite.full, 5],
  [sqlite.cantopen, 5],
  [sqlite.protocol, 1],
]);

/** SQLite's extended codes for a duplicate: in a UNIQUE column, in a primary key, as a rowid. */
const sqliteDuplicate = [2067, 1555, 2579];
const sqliteForeignKey = 787;

/** SQLSTATEs (PostgreSQL, appendix A) after which the same request may succeed later; whole classes by their first two characters. */
const postgresUnavailable = new Set([
  '08', // connection exceptions
  '53', // out of memory, disk or connections
  '57P01', // shut down by an administrator
  '57P02', // another backend crashed
  '57P03', // starting up or shutting down
  '57P05', // idle for too long
  '57014', // statement_timeout
  '55P03', // lock_timeout
  '25P03', // idle in a transaction for too long
  '25006', // a standby, which only reads
  '40001', // serialization failure
  '40P01', // deadlock
  '58030', // I/O error
]);

/** Those after which the connection is of no more use. */
const postgresLost = new Set(['08', '57P01', '57P02', '57P03', '57P05', '25P03', '25006']);

/** What pg says of a connection that broke; it gives these errors no code. */
const brokenConnection =
  /^(Connection terminated|Query read timeout|Client (has encountered a connection error|was closed)|timeout exceeded when trying to connect|timeout expired|Cannot use a pool after)/;

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error
    ? Number(error.errcode)
    : undefined;
}

/** Whether another process holds the lock that SQLite needed; nothing has happened, and trying again is safe. */
export function isSqliteBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && [sqlite.busy, sqlite.locked, sqlite.protocol].includes(code & 0xff);
}

/** Whether PostgreSQL gave up the transaction for the sake of another one (40001, 40P01). */
export function isSerializationFailure(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01');
}

/** Whether the connection to PostgreSQL is of no more use, so that it has to leave the pool. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    return matchesState(postgresLost, error.code);
  }
  return error instanceof Error && ('syscall' in error || 'errno' in error || brokenConnection.test(error.message));
}

function matchesState(states: ReadonlySet<string>, code: string | undefined): boolean {
  return code !== undefined && (states.has(code) || states.has(code.slice(0, 2)));
}

/** Refuses because the database can't be reached or can't go on; `reason` is for the log. */
export function unavailable(reason: string, retryAfterSeconds = 2): Refusal {
  return new Refusal('Unavailable', { retryAfterSeconds, reason });
}

/**
 * What a driver's error means to the domain: `Refusal` Unavailable where trying again later makes sense, Conflict for a
 * duplicate, InvalidReference for a reference to what is not there (any more). Anything else is a bug and comes back as it is.
 */
export function toStorageError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (error instanceof Error && code !== undefined) {
    return fromSqlite(error, code);
  }
  if (error instanceof pg.DatabaseError) {
    return fromPostgres(error);
  }
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    return unavailable('the database is closed');
  }
  if (isConnectionLost(error) && error instanceof Error) {
    return unavailable(`the connection to PostgreSQL broke: ${error.message}`);
  }
  return error;
}

function fromSqlite(error: Error, code: number): unknown {
  const retryAfterSeconds = sqliteUnavailable.get(code & 0xff);
  if (retryAfterSeconds !== undefined) {
    return unavailable(`SQLite: ${error.message} (${code})`, retryAfterSeconds);
  }
  if (sqliteDuplicate.includes(code)) {
    return new Refusal('Conflict', { reason: error.message });
  }
  return code === sqliteForeignKey ? new Refusal('InvalidReference', { reason: error.message }) : error;
}

function fromPostgres(error: pg.DatabaseError): unknown {
  if (matchesState(postgresUnavailable, error.code)) {
    return unavailable(`PostgreSQL: ${error.message} (${error.code})`);
  }
  if (error.code === '23505') {
    return new Refusal('Conflict', { reason: error.message });
  }
  return error.code === '23503' ? new Refusal('InvalidReference', { reason: error.message }) : error;
}
