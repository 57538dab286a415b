export type { CallOptions, Page } from './api-call.ts';
export type { AuthorisedFetch } from './authorised-fetch.ts';
export type { Api, Collections } from './calls.generated.ts';
export { type AuthTokenOptions, type Client, createClient } from './client.ts';
export {
  ClientError,
  type ClientErrorCode,
  type ErrorDetails,
  type InputProblem,
  type OwnErrorCode,
} from './client-error.ts';
export type { Environment } from './environment.ts';
export type { ApiErrorCode } from './error-codes.generated.ts';
export type { ClientOptions, Secret } from './options.ts';
export type * as Schemas from './schemas.generated.ts';
export type {
  SecondFactorAnswer,
  SecondFactorChallenger,
  SecondFactorHandler,
  SecondFactorMethod,
  SecondFactorQuestion,
  TrustedDevice,
} from './second-factor.ts';
export { createMemoryStorage, type TokenStorage } from './token-storage.ts';
