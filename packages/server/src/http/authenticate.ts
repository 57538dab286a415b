import {
  AuthenticatedSchema,
  type AuthenticateForm,
  AuthenticateForms,
  AuthenticateSchema,
  ChallengeSchema,
  type NewTrustedDevice,
  PasskeyRequestOptionsSchema,
} from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { authenticate, type Credentials } from '../domain/authenticate.ts';
import { Refusal } from '../domain/errors.ts';
import { challengeSecondFactor } from '../domain/second-factor-challenge.ts';
import { checkTrustedDevice } from '../domain/trusted-device.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { requestBody } from './request-body.ts';

/** Which properties make a body one of a form; those that several forms may carry are in none. */
const formProperties: readonly (readonly [property: string, form: AuthenticateForm])[] = [
  ['application_token', 'application_token'],
  ['username', 'user'],
  ['password', 'user'],
  ['refresh_token', 'refresh'],
  ['code', 'second_factor'],
  ['credential', 'passkey'],
];

const formsSentence =
  'Send the properties of exactly one form: username and password; application_token; refresh_token; or mfa_token and code, or mfa_token and credential';

/**
 * Decides which form a body has.
 *
 * @throws Refusal BadRequest where it has the properties of none, or of more than one
 */
export function detectForm(body: unknown): AuthenticateForm {
  const has = (property: string) => typeof body === 'object' && body !== null && Object.hasOwn(body, property);
  const found = new Set(formProperties.filter(([property]) => has(property)).map(([, form]) => form));
  // Both second steps have it; alone it is the one that lacks the code.
  if (has('mfa_token') && !found.has('passkey')) found.add('second_factor');
  const [form, ...others] = found;
  if (form === undefined || others.length > 0) throw new Refusal('BadRequest', { message: formsSentence });
  return form;
}

const label = 'Credentials';
const forms = {
  user: requestBody(label, AuthenticateForms.user),
  application_token: requestBody(label, AuthenticateForms.application_token),
  refresh: requestBody(label, AuthenticateForms.refresh),
  second_factor: requestBody(label, AuthenticateForms.second_factor),
  passkey: requestBody(label, AuthenticateForms.passkey),
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
      const { mfa_token, code, trusted_device } = forms.second_factor.check(body);
      return { form, mfa_token, code, ...readDevice(trusted_device) };
    }
    case 'passkey': {
      const { mfa_token, credential, trusted_device } = forms.passkey.read(body);
      return { form, mfa_token, credential, ...readDevice(trusted_device) };
    }
  }
}

function readDevice(device: NewTrustedDevice | undefined): { readonly trusted_device?: NewTrustedDevice } {
  return device === undefined ? {} : { trusted_device: checkTrustedDevice(device) };
}

const description = `Exchanges credentials for an \`auth_token\`, which goes as \`Authorization: Bearer …\` with every other call and lives 240 minutes: get one, keep it, and get the next when it has expired.

The body has the properties of exactly one form; those of none, or of two, are 400.

- User credentials give an \`auth_token\` and a \`refresh_token\`; of a user with a second factor an \`mfa_token\` alone, unless \`fingerprint\` is that of a trusted device. \`password\` is the password itself, or its SHA-1 as 40 hexadecimal digits. Three failures in a row lock the account for five minutes: 429 with \`Retry-After\`.
- An application token gives an \`auth_token\` alone.
- \`mfa_token\` and \`code\`, or \`credential\`, complete such a sign-in. \`code\` is from the authenticator app, from the mail, or a recovery code; each is good once. A token is good for 20 minutes, one success and five tries, and wrong codes lock as wrong passwords do. Its claim \`methods\` says what can follow: \`totp\`, \`email_code\`, \`passkey\`, \`recovery_code\`, or \`enrolment\`, where a second factor has to be set up first, with the token as the bearer of \`POST\` and \`PATCH /user/mfa\`. With \`trusted_device\` the device skips the second step for 90 days.
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
  addChallengeRoute(app, http);
}

const challengeBody = requestBody('Challenge', ChallengeSchema);

function addChallengeRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/authenticate/challenge',
    access: 'public',
    id: 'challengeSecondFactor',
    tag: 'Authentication',
    summary: 'Prepare the second step',
    description:
      'For an e-mail code (type 1) a code is mailed: 204. For a passkey (type 2) the answer is what `navigator.credentials.get()` takes, as JSON: 200. Another code is mailed after a minute at the earliest; the one before is void then.',
    body: ChallengeSchema,
    success: { status: 200, description: 'What the passkey has to sign', schema: PasskeyRequestOptionsSchema },
    alternative: { status: 204, description: 'A code is mailed' },
    errors: ['InvalidToken', 'TokenExpired', 'TooManyRequests'],
    // The operation counts attempts and failures by itself.
    isLimited: false,
    handler: async (request, reply) => {
      const challenge = challengeBody.read(request.body);
      const options = await challengeSecondFactor(http.service, challenge, http.clientOf(request));
      return options ?? reply.code(204).send();
    },
  });
}
