import { AuthenticatedSchema, type AuthenticateForm, AuthenticateForms, AuthenticateSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { authenticate, type Credentials } from '../domain/authenticate.ts';
import { Refusal } from '../domain/errors.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { requestBody } from './request-body.ts';

/** Which properties make a body one of a form; those that several forms may carry are in none. */
const formProperties: readonly (readonly [property: string, form: AuthenticateForm])[] = [
  ['application_token', 'application_token'],
  ['username', 'user'],
  ['password', 'user'],
  ['refresh_token', 'refresh'],
  ['mfa_token', 'second_factor'],
  ['code', 'second_factor'],
];

const formsSentence =
  'Send the properties of exactly one form: username and password; application_token; refresh_token; or mfa_token and code';

/**
 * Decides which form a body has.
 *
 * @throws Refusal BadRequest where it has the properties of none, or of more than one
 */
export function detectForm(body: unknown): AuthenticateForm {
  let found: AuthenticateForm | undefined;
  for (const [property, form] of formProperties) {
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, property) || form === found) continue;
    if (found !== undefined) throw new Refusal('BadRequest', { message: formsSentence });
    found = form;
  }
  if (found === undefined) throw new Refusal('BadRequest', { message: formsSentence });
  return found;
}

const label = 'Credentials';
const forms = {
  user: requestBody(label, AuthenticateForms.user),
  application_token: requestBody(label, AuthenticateForms.application_token),
  refresh: requestBody(label, AuthenticateForms.refresh),
  second_factor: requestBody(label, AuthenticateForms.second_factor),
} as const;

/**
 * Reads the credentials in a body: the properties of its form, one by one, and no others.
 *
 * @throws Refusal BadRequest; InputValidationFailed where a part of the form is missing or of the wrong type
 */
export function readCredentials(body: unknown): Credentials {
  const form = detectForm(body);
  switch (form) {
    case 'application_token':
      return { form, application_token: forms.application_token.check(body).application_token };
    case 'user': {
      const { username, password, fingerprint } = forms.user.check(body);
      return { form, username, password, ...(fingerprint === undefined ? {} : { fingerprint }) };
    }
    case 'refresh':
      return { form, refresh_token: forms.refresh.check(body).refresh_token };
    case 'second_factor': {
      const { mfa_token, code } = forms.second_factor.check(body);
      return { form, mfa_token, code };
    }
  }
}

const description = `Exchanges credentials for an \`auth_token\`, which goes as \`Authorization: Bearer …\` with every other call and lives 240 minutes: get one, keep it, and get the next when it has expired.

The body has the properties of exactly one form; those of none, or of two, are 400.

- User credentials give an \`auth_token\` and a \`refresh_token\`. \`password\` is the password itself, or its SHA-1 as 40 hexadecimal digits. Three failures in a row lock the account for five minutes: 429 with \`Retry-After\`.
- An application token gives an \`auth_token\` alone.
- A refresh token gives a new \`auth_token\`, again and again, until its session ends.

An \`Authorization\` header is ignored, and no token is ever read from the query string. 100 attempts with a password and 100 failures of any form from one address, and 100 exchanges of one token, are allowed in any 5 minutes.`;

/** Adds `POST /api/v1/authenticate`. */
export function addAuthenticateRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/authenticate',
    access: 'public',
    id: 'authenticate',
    tag: 'Authentication',
    summary: 'Retrieve an authentication token',
    description,
    body: AuthenticateSchema,
    success: { status: 200, description: 'The tokens', schema: AuthenticatedSchema },
    errors: ['InvalidCredentials', 'InvalidToken', 'TokenExpired', 'TooManyRequests'],
    // The operation counts attempts and failures by itself.
    isLimited: false,
    handler: (request) => authenticate(http.service, readCredentials(request.body), http.clientOf(request)),
  });
}
