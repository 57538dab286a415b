/**
 * Every error that Keywright answers with, by its name on the wire (`error_token`).
 *
 * `status` is the HTTP status it comes with, `code` the published number (`error_code`), and `message`
 * what is said where nothing more specific is known.
 */
export const errorCodes = {
  BadRequest: { status: 400, code: 1000, message: 'The request could not be read' },
  InvalidCredentials: { status: 401, code: 1101, message: 'Invalid credentials' },
  InvalidToken: { status: 401, code: 1102, message: 'Invalid token' },
  TokenExpired: { status: 401, code: 1103, message: 'The token has expired' },
  Forbidden: { status: 403, code: 1104, message: 'Your roles do not permit this' },
  TooManyRequests: { status: 429, code: 1105, message: 'Too many requests' },
  NotFound: { status: 404, code: 1201, message: 'Not found' },
  MethodNotAllowed: { status: 405, code: 1202, message: 'This method is not allowed here' },
  PayloadTooLarge: { status: 413, code: 1203, message: 'The request body is too large' },
  UnsupportedMediaType: { status: 415, code: 1204, message: 'Send the body as application/json' },
  InvalidQueryCriteria: { status: 422, code: 1301, message: 'Invalid query criteria' },
  InvalidSortCriteria: { status: 422, code: 1302, message: 'Invalid sort criteria' },
  InputValidationFailed: { status: 422, code: 1400, message: 'Input validation failed' },
  InvalidReference: { status: 422, code: 1401, message: 'Invalid reference' },
  Required: { status: 422, code: 1402, message: 'Required' },
  InvalidFormat: { status: 422, code: 1403, message: 'Invalid format' },
  Conflict: { status: 409, code: 1405, message: 'Already exists' },
  NotAllowed: { status: 422, code: 1406, message: 'This is not allowed' },
  InternalError: { status: 500, code: 1500, message: 'Internal error' },
  Unavailable: { status: 503, code: 1503, message: 'Temporarily unavailable' },
} as const;

/** The name of an error on the wire: its `error_token`. */
export type ErrorToken = keyof typeof errorCodes;

/** The problems that stand inside `errors` when a request's input is refused (HTTP 422). */
export type ProblemToken = 'InvalidReference' | 'Required' | 'InvalidFormat' | 'NotAllowed';
