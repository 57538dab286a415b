import { type Static, Type } from 'typebox';
import type { RegisteredClaims } from './claims.ts';
import { type Lookup, lookupSchema, ReferenceSchema, TimestampSchema } from './lookup.ts';
import { AuthenticationCredentialSchema, PublicKeySchema, RegistrationCredentialSchema } from './passkey.ts';

/** What a second factor may be; `GET /api/v1/user/mfa/type`. */
export const mfaTypes: readonly Lookup[] = [
  { id: 0, description: 'Time-Based One-Time Password' },
  { id: 1, description: 'E-mail code' },
  { id: 2, description: 'Passkey' },
];

/** What a second factor's status may be; `GET /api/v1/user/mfa/status`. */
export const mfaStatuses: readonly Lookup[] = [
  { id: 0, description: 'Activation Pending' },
  { id: 1, description: 'Active' },
];

/** Which second factors can follow a password; `enrolment` where one has to be set up first. */
export const mfaMethods = ['totp', 'email_code', 'passkey', 'recovery_code', 'enrolment'] as const;

/** One of what can follow a password. */
export type MfaMethod = (typeof mfaMethods)[number];

/** The claims of an `mfa_token`. */
export interface MfaTokenClaims extends RegisteredClaims {
  readonly use: 'mfa';
  readonly methods: readonly MfaMethod[];
}

export const MfaKeySchema = Type.Object(
  {
    id: Type.Integer(),
    status: lookupSchema('Second factor status', mfaStatuses),
    type: lookupSchema('Second factor type', mfaTypes),
  },
  { title: 'Second factor key' },
);

/** A second factor as it stands inside a user. */
export type MfaKeyResource = Static<typeof MfaKeySchema>;

const password = Type.String({ minLength: 1, maxLength: 4096, description: 'The own password, or its SHA-1' });
const code = Type.String({ minLength: 1, maxLength: 64 });

/** Where a second factor is in force, and the sign-in with it is no longer fresh. */
const proofCode = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    description:
      'Of the second factor that is active, or a recovery code: needed unless the sign-in passed the second factor, or the first one was put in force, within ten minutes',
  }),
);

export const CreateMfaKeySchema = Type.Object(
  { type: ReferenceSchema, password, code: proofCode },
  { title: 'New second factor' },
);

export type CreateMfaKey = Static<typeof CreateMfaKeySchema>;

export const CreatedMfaKeySchema = Type.Object(
  {
    ...MfaKeySchema.properties,
    creation_date: TimestampSchema,
    secret_key: Type.Optional(Type.String({ description: 'For a TOTP: the secret in Base32; it is shown this once' })),
    otpauth: Type.Optional(Type.String({ description: 'For a TOTP: what a QR code has to hold' })),
    public_key: Type.Optional(PublicKeySchema),
  },
  { title: 'Created second factor' },
);

export type CreatedMfaKey = Static<typeof CreatedMfaKeySchema>;

export const UpdateMfaKeySchema = Type.Object(
  {
    status: ReferenceSchema,
    code: Type.Optional(code),
    credential: Type.Optional(RegistrationCredentialSchema),
  },
  { title: 'Second factor activation' },
);

export type UpdateMfaKey = Static<typeof UpdateMfaKeySchema>;

export const DeleteMfaKeySchema = Type.Object(
  { password: Type.Optional(password), code: Type.Optional(code) },
  { title: 'Second factor removal' },
);

export type DeleteMfaKey = Static<typeof DeleteMfaKeySchema>;

export const CreateRecoveryCodesSchema = Type.Object({ password, code: proofCode }, { title: 'New recovery codes' });

export type CreateRecoveryCodes = Static<typeof CreateRecoveryCodesSchema>;

export const RecoveryCodesSchema = Type.Object(
  {
    recovery_codes: Type.Array(Type.String(), {
      description: 'Ten codes, each for one use as `code`; they are shown this once',
    }),
  },
  { title: 'Recovery codes' },
);

export type RecoveryCodes = Static<typeof RecoveryCodesSchema>;

export const NewTrustedDeviceSchema = Type.Object(
  {
    fingerprint: Type.String({ minLength: 1, maxLength: 512 }),
    operating_system: Type.String({ maxLength: 256 }),
    browser: Type.String({ maxLength: 256 }),
    name: Type.Optional(Type.String({ maxLength: 256 })),
  },
  { title: 'New trusted device' },
);

export type NewTrustedDevice = Static<typeof NewTrustedDeviceSchema>;

export const TrustedDeviceSchema = Type.Object(
  {
    id: Type.Integer(),
    operating_system: Type.String(),
    browser: Type.String(),
    name: Type.Optional(Type.String()),
    activation_date: TimestampSchema,
    expiry_date: TimestampSchema,
  },
  { title: 'Trusted device' },
);

/** A trusted device as the API answers it; never with its fingerprint. */
export type TrustedDeviceResource = Static<typeof TrustedDeviceSchema>;

const mfaToken = Type.String({ minLength: 1, maxLength: 8192, description: 'What the password gave' });

/** The forms of `POST /api/v1/authenticate` that follow an `mfa_token`. */
export const SecondFactorForms = {
  second_factor: Type.Object(
    {
      mfa_token: mfaToken,
      code: Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'From the authenticator app, from the mail, or a recovery code',
      }),
      trusted_device: Type.Optional(NewTrustedDeviceSchema),
    },
    { title: 'Second factor' },
  ),
  passkey: Type.Object(
    {
      mfa_token: mfaToken,
      credential: AuthenticationCredentialSchema,
      trusted_device: Type.Optional(NewTrustedDeviceSchema),
    },
    { title: 'Passkey as second factor' },
  ),
} as const;

export const ChallengeSchema = Type.Object(
  { mfa_token: mfaToken, type: ReferenceSchema },
  { title: 'Second factor challenge' },
);

export type Challenge = Static<typeof ChallengeSchema>;
