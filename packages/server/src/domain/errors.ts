import { type ErrorToken, errorCodes, type ProblemToken } from '@keywright/contract';
import { toPrintable } from './hidden-character.ts';

/** One thing wrong with a request's input; `message` names the property as it is on the wire. */
export interface Problem {
  readonly token: ProblemToken;
  readonly message: string;
}

interface RefusalDetails {
  /** What the caller is told; the error's own message where absent. Never holds a secret. */
  readonly message?: string;
  /** Why, for the log and the event only: it may say what the caller must not learn. Never holds a secret. */
  readonly reason?: string;
  readonly problems?: readonly Problem[];
  /** Seconds after which trying again makes sense: the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** What it comes from, for the log only. */
  readonly cause?: unknown;
}

/**
 * An expected refusal: the answer to a request that Keywright understands and does not grant.
 *
 * Whatever else is thrown is a bug, and answers 500.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly token: ErrorToken;
  readonly reason: string | undefined;
  readonly problems: readonly Problem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(token: ErrorToken, details: RefusalDetails = {}) {
    super(details.message ?? errorCodes[token].message, { cause: details.cause });
    this.token = token;
    this.reason = details.reason;
    this.problems = details.problems ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

const maxShownLength = 64;

/**
 * Says that there is no such resource, or none that the caller may know of (404); the id is shown bounded and on one line.
 *
 * @param resource what there is none of, such as `Application token`
 */
export function notFound(resource: string, id: number | string): Refusal {
  const printable = toPrintable(String(id));
  const shown = printable.length > maxShownLength ? `${printable.slice(0, maxShownLength).toWellFormed()}…` : printable;
  return new Refusal('NotFound', { message: `${resource} with id ${shown} not found` });
}

/** Refuses a request's input (422) with every problem listed. */
export function invalidInput(problems: readonly Problem[]): Refusal {
  return new Refusal('InputValidationFailed', { problems });
}

/** Refuses one property of a request's input (422, InvalidFormat); `message` begins with the property's name. */
export function invalidFormat(message: string): Refusal {
  return invalidInput([{ token: 'InvalidFormat', message }]);
}

/**
 * Reads on after a problem, so that every one is listed.
 *
 * @param problems what `read` refuses the input for is added to them
 * @returns undefined where it was refused
 */
export function gatherProblems<T>(problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || error.problems.length === 0) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
