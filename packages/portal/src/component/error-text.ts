import { ApiError, ConnectionError } from '../api/api-error.ts';
import type { FieldProblem } from '../api/problem.ts';
import type { Translation } from '../i18n/texts.ts';
import type { componentEnglish } from './texts-english.ts';

type Texts = Translation<typeof componentEnglish>;

/** What went wrong, in a sentence for the reader. */
export function errorText(error: unknown, t: Texts, locale: string): string {
  if (error instanceof ConnectionError) return navigator.onLine ? t.errors.connection : t.errors.offline;
  if (!(error instanceof ApiError)) return t.errors.unknown;
  switch (error.token) {
    case 'InvalidToken':
    case 'TokenExpired':
      return t.errors.InvalidToken;
    case 'Forbidden':
    case 'NotFound':
    case 'Conflict':
    case 'PayloadTooLarge':
    case 'InternalError':
    case 'Unavailable':
      return t.errors[error.token];
    case 'TooManyRequests':
      return t.errors.TooManyRequests(formatSeconds(error.retryAfterSeconds ?? 1, locale));
    case 'InputValidationFailed':
      return t.errors.validation;
    default:
      return error.message;
  }
}

/** A number of seconds, in words: `40 seconds`, `5 minutes`. */
function formatSeconds(seconds: number, locale: string): string {
  const inMinutes = seconds >= 90;
  const unit = inMinutes ? 'minute' : 'second';
  const value = inMinutes ? Math.ceil(seconds / 60) : seconds;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

const expectations: readonly (readonly [pattern: RegExp, text: (t: Texts['problems'], value: string) => string])[] = [
  [/^(?:is required|must not be empty)/, (t) => t.required],
  [/^must have at least (\d+) characters/, (t, count) => t.tooShort(count)],
  [/^must have at most (\d+) characters/, (t, count) => t.tooLong(count)],
  [/^must be neither the username/, (t) => t.isUsername],
  [/^is one of the most common passwords/, (t) => t.isCommon],
  [/^must be an e-mail address/, (t) => t.email],
  [/^(?:is not your current password|is wrong)/, (t) => t.wrongPassword],
];

/** What is wrong with a field, in a sentence; what we have no words of our own for, in the server's. */
export function problemText({ expectation }: FieldProblem, t: Texts): string {
  for (const [pattern, text] of expectations) {
    const match = pattern.exec(expectation);
    if (match !== null) return text(t.problems, match[1] ?? '');
  }
  return `${expectation.charAt(0).toUpperCase()}${expectation.slice(1)}.`;
}
