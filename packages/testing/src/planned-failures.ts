import type { Interception, Interceptor } from '@keywright/server';

/** What a request meets instead of an answer: an error by its HTTP status, or a connection that breaks. */
export type Failure = keyof typeof errorsOfStatuses | 'disconnect';

const errorsOfStatuses = {
  400: 'BadRequest',
  401: 'InvalidToken',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'InputValidationFailed',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'Unavailable',
} as const;

/** The failures that there are. */
const failures: readonly Failure[] = [
  ...Object.keys(errorsOfStatuses).map((status) => Number(status) as keyof typeof errorsOfStatuses),
  'disconnect',
];

export interface FailureOptions {
  /** How many requests; 1 where absent. */
  readonly times?: number | undefined;
  /** Only requests whose path begins so; all where absent. */
  readonly path?: string | undefined;
  /** The `Retry-After` of 429 and 503; 1 where absent. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Failures that are to come, each for so many requests. */
export interface PlannedFailures {
  plan(failure: Failure, options?: FailureOptions): void;
  readonly intercept: Interceptor;
}

export function createPlannedFailures(): PlannedFailures {
  const planned: { interception: Interception; path: string; left: number }[] = [];
  return {
    plan(failure, { times = 1, path = '/', retryAfterSeconds } = {}) {
      if (!failures.includes(failure)) {
        throw new RangeError(`${JSON.stringify(failure)} is no failure: take one of ${failures.join(', ')}`);
      }
      if (!Number.isInteger(times) || times < 1)
        throw new RangeError(`times is ${times}: how many requests fail, 1 or more`);
      const interception: Interception =
        failure === 'disconnect' ? failure : { error: errorsOfStatuses[failure], retryAfterSeconds };
      planned.push({ interception, path, left: times });
    },
    intercept(request) {
      const due = planned.find(({ path, left }) => left > 0 && request.path.startsWith(path));
      if (due === undefined) return undefined;
      due.left -= 1;
      return due.interception;
    },
  };
}
