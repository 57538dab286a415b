import { type Static, Type } from 'typebox';
import { AuthenticateForms } from './authenticate.ts';
import type { MfaMethod } from './second-factor.ts';

/** The header that the portal's calls carry: a browser lets no page of another origin add it unless we grant it. */
export const portalHeader = { name: 'X-Keywright-Portal', value: '1' } as const;

/** What `POST /portal/session` takes: the forms in which a person signs in. */
export const SignInSchema = Type.Union(
  [AuthenticateForms.user, AuthenticateForms.second_factor, AuthenticateForms.passkey],
  { title: 'Sign-in' },
);

export const AuthTokenSchema = Type.Object(
  { auth_token: Type.String({ description: 'A JWT: the bearer of every other call' }) },
  { title: 'Auth token' },
);

const MfaMethodSchema = Type.Unsafe<MfaMethod>(
  Type.Union(['totp', 'email_code', 'passkey', 'recovery_code', 'enrolment'].map((method) => Type.Literal(method))),
);

const SecondFactorQuestionSchema = Type.Object(
  {
    mfa_token: Type.String({ description: 'A JWT for the second step, good for 20 minutes and one success' }),
    methods: Type.Array(MfaMethodSchema, {
      description: 'What can follow; `enrolment` where a second factor has to be set up first',
    }),
  },
  { title: 'Second factor question' },
);

export const PortalSessionSchema = Type.Union([AuthTokenSchema, SecondFactorQuestionSchema], {
  title: 'Portal session',
});

/** What signing in at the portal answers: the refresh token is in a cookie, never here. */
export type PortalSession = Static<typeof PortalSessionSchema>;
