import assert from 'node:assert/strict';
import type { CommandOutcome } from '../support/command-line.ts';
import type { HttpAnswer, NoAnswer } from '../support/http-call.ts';

export type Action = 'create' | 'revoke' | 'rotate' | 'sign in' | 'second factor' | 'refresh' | 'exchange' | 'read';

/** One request of a writer, and what became of it. */
export interface Outcome {
  readonly action: Action;
  /** On the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** What it was answered; absent where no whole answer arrived. */
  readonly answer?: HttpAnswer;
  readonly noAnswer?: NoAnswer;
}

/** Whether an outcome is an answer that says: done. */
export function isAcknowledged({ answer }: Outcome): boolean {
  return answer !== undefined && answer.status >= 200 && answer.status < 300;
}

/** How often each action ended how: `{ 'create 200': 12, 'create 503': 3 }`. */
export function countOutcomes(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action, answer, noAnswer } of outcomes) {
    const name = `${action} ${answer?.status ?? noAnswer?.message}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Those that were not acknowledged. */
export function findFailures(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter((outcome) => !isAcknowledged(outcome));
}

/**
 * Asserts that each failure is a 503 that says when to come again, and nothing about the inside of the service.
 *
 * @param outcomes those that were not acknowledged
 */
export function assertUnavailable(outcomes: readonly Outcome[]): void {
  for (const { action, answer, noAnswer } of outcomes) {
    const what = `${action}: ${answer?.status} ${answer?.text} ${noAnswer?.message}`;
    assert.equal(answer?.status, 503, what);
    assert.match(answer.headers['retry-after'] ?? '', /^[1-9][0-9]*$/, what);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/, what);
    const { error_code, error_token, message, request_id, ...rest } = JSON.parse(answer.text) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      { error_code, error_token, rest },
      { error_code: 1503, error_token: 'Unavailable', rest: {} },
      what,
    );
    assert.equal(request_id, answer.headers['x-request-id'], what);
    assert.doesNotMatch(String(message), /postgres|connection|127\.0\.0\.1|\n|\bat /i, what);
  }
}

/** Asserts that each command either worked or said in one line that the database can't be used now. */
export function assertSaidWhy(results: readonly CommandOutcome[]): void {
  for (const { code, err } of results) {
    assert.ok(code === 0 || code === 1, err);
    assert.match(code === 0 ? '' : err, /^(keywright: the database can't be used now .*\n)?$/);
  }
}
