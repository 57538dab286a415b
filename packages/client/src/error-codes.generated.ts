// Generated from the OpenAPI document by scripts/generate-client.ts: change that, and run `npm run generate`.

export const apiErrorCodes = [
  'BadRequest',
  'InvalidCredentials',
  'InvalidToken',
  'TokenExpired',
  'Forbidden',
  'TooManyRequests',
  'NotFound',
  'MethodNotAllowed',
  'PayloadTooLarge',
  'UnsupportedMediaType',
  'InvalidQueryCriteria',
  'InvalidSortCriteria',
  'InputValidationFailed',
  'InvalidReference',
  'Required',
  'InvalidFormat',
  'Conflict',
  'NotAllowed',
  'InternalError',
  'Unavailable',
] as const;

/** What the API calls its errors: `error_token` on the wire. */
export type ApiErrorCode = (typeof apiErrorCodes)[number];
