import { type Static, Type } from 'typebox';
import { AuthenticateForms } from './authenticate.ts';
import { LanguageSchema } from './language.ts';
import { literals } from './literals.ts';
import { mfaMethods } from './second-factor.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

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

const SecondFactorQuestionSchema = Type.Object(
  {
    mfa_token: Type.String({ description: 'A JWT for the second step, good for 20 minutes and one success' }),
    methods: Type.Array(literals(mfaMethods), {
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

export const PortalSettingsSchema = Type.Object(
  {
    version: Type.String({ description: 'The release of the service' }),
    public_url: Type.String({ description: 'Where clients reach the service: the issuer of its tokens' }),
    audience: Type.String({ description: 'The `aud` of auth tokens' }),
    is_secure: Type.Boolean({ description: 'Whether the portal can sign in: over HTTPS, or on this machine' }),
    setup_due: Type.Boolean({ description: 'Whether there is no user yet: `/setup` makes the first' }),
    sign_up: Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')], {
      description: 'Who gets an account: whoever confirms an address, who is invited, or whom an administrator makes',
    }),
    sends_mail: Type.Boolean({ description: 'Whether mails go to a mail server; otherwise into the outbox folder' }),
    captcha: Type.Null({ description: 'None is asked for' }),
    languages: Type.Array(LanguageSchema, { description: 'In which the portal and its mails are' }),
    trusted_devices: Type.Union([Type.Literal('any'), Type.Literal('portal'), Type.Literal('off')], {
      description: 'Which devices may skip the second factor; for the portal, `off` is what matters',
    }),
    signing_algorithm: literals(signingAlgorithms),
    auth_token_minutes: Type.Integer({ description: 'How long an auth token lives where nothing shortens it' }),
    address: Type.String({ description: 'The address that this call comes from' }),
  },
  { title: 'Portal settings' },
);

/** What the pages of the portal have to know before anybody has signed in; nothing of it is secret. */
export type PortalSettings = Static<typeof PortalSettingsSchema>;
