import { type Static, Type } from 'typebox';
import { SecondFactorForms } from './second-factor.ts';

const password = Type.String({
  minLength: 1,
  maxLength: 4096,
  description: 'The password itself, or its SHA-1 as 40 hexadecimal digits',
});
const token = Type.String({ minLength: 1, maxLength: 8192 });

/** The forms of `POST /api/v1/authenticate`: a body has the properties of exactly one. */
export const AuthenticateForms = {
  user: Type.Object(
    {
      username: Type.String({ minLength: 1, maxLength: 512 }),
      password,
      fingerprint: Type.Optional(
        Type.String({ maxLength: 512, description: 'Of a device that may be trusted: see `trusted_device`' }),
      ),
    },
    { title: 'User credentials' },
  ),
  application_token: Type.Object({ application_token: token }, { title: 'Application token credentials' }),
  refresh: Type.Object({ refresh_token: token }, { title: 'Refresh' }),
  ...SecondFactorForms,
} as const;

/** Which way a caller authenticates: the form of the body. */
export type AuthenticateForm = keyof typeof AuthenticateForms;

export type UserCredentials = Static<typeof AuthenticateForms.user>;

export const AuthenticateSchema = Type.Union(
  [
    AuthenticateForms.user,
    AuthenticateForms.application_token,
    AuthenticateForms.refresh,
    AuthenticateForms.second_factor,
    AuthenticateForms.passkey,
  ],
  { title: 'Credentials' },
);

const TokensSchema = Type.Object(
  {
    auth_token: Type.String({ description: 'A JWT: the bearer of every other call' }),
    refresh_token: Type.Optional(
      Type.String({ description: 'A JWT that gives new auth tokens; for user credentials only' }),
    ),
  },
  { title: 'Tokens' },
);

/** The tokens that a completed authentication gives. */
export type Tokens = Static<typeof TokensSchema>;

const SecondFactorAskedSchema = Type.Object(
  {
    mfa_token: Type.String({
      description:
        'A JWT for the second step, good for 20 minutes and one success; its claim `methods` says what can follow',
    }),
  },
  { title: 'Second factor asked' },
);

export const AuthenticatedSchema = Type.Union([TokensSchema, SecondFactorAskedSchema], { title: 'Authenticated' });

/** What credentials were exchanged for: tokens, or the question for a second factor. */
export type Authenticated = Static<typeof AuthenticatedSchema>;

export const SetupSchema = Type.Object(
  {
    setup_key: Type.String({
      minLength: 1,
      maxLength: 512,
      description: 'From the one-time link that the first start prints',
    }),
    username: Type.String({ minLength: 1, maxLength: 512 }),
    password,
    name: Type.String({ minLength: 1, maxLength: 2048 }),
    organisation: Type.String({ minLength: 1, maxLength: 2048, description: "The first organisation's name" }),
  },
  { title: 'Set-up' },
);

export type Setup = Static<typeof SetupSchema>;
