import { type Static, Type } from 'typebox';

/**
 * What browsers give and take for passkeys, as JSON (WebAuthn Level 3 §5.1 and §5.5). Only what Keywright looks at is named:
 * the rest is between the browser and the authenticator.
 */
const text = Type.String({ maxLength: 65_536 });

const commonCredential = {
  id: Type.String({ minLength: 1, maxLength: 2048, pattern: '^[A-Za-z0-9_-]+$' }),
  rawId: Type.String({ minLength: 1, maxLength: 2048 }),
  type: Type.Literal('public-key'),
};

export const RegistrationCredentialSchema = Type.Object(
  {
    ...commonCredential,
    response: Type.Object({
      clientDataJSON: text,
      attestationObject: text,
      transports: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 })),
    }),
  },
  { title: 'Registration credential', description: 'What `navigator.credentials.create()` gave, as JSON' },
);

export type RegistrationCredential = Static<typeof RegistrationCredentialSchema>;

export const AuthenticationCredentialSchema = Type.Object(
  {
    ...commonCredential,
    response: Type.Object({ clientDataJSON: text, authenticatorData: text, signature: text }),
  },
  { title: 'Authentication credential', description: 'What `navigator.credentials.get()` gave, as JSON' },
);

export type AuthenticationCredential = Static<typeof AuthenticationCredentialSchema>;

/** What a browser needs to make a passkey: PublicKeyCredentialCreationOptionsJSON. */
export const PublicKeySchema = Type.Object(
  {
    challenge: Type.String(),
    rp: Type.Object({ id: Type.String(), name: Type.String() }),
    user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
    pubKeyCredParams: Type.Array(Type.Object({ alg: Type.Integer(), type: Type.String() })),
    timeout: Type.Integer(),
    attestation: Type.String(),
    authenticatorSelection: Type.Object({ residentKey: Type.String(), userVerification: Type.String() }),
  },
  {
    title: 'Passkey creation options',
    description: 'For a passkey: what `navigator.credentials.create()` takes, as JSON',
  },
);

export type PasskeyCreationOptions = Static<typeof PublicKeySchema>;

/** What a browser needs to use a passkey: PublicKeyCredentialRequestOptionsJSON. */
export const PasskeyRequestOptionsSchema = Type.Object(
  {
    challenge: Type.String(),
    rpId: Type.String(),
    allowCredentials: Type.Array(
      Type.Object({ id: Type.String(), type: Type.String(), transports: Type.Optional(Type.Array(Type.String())) }),
    ),
    timeout: Type.Integer(),
    userVerification: Type.String(),
  },
  { title: 'Passkey request options', description: 'What `navigator.credentials.get()` takes, as JSON' },
);

export type PasskeyRequestOptions = Static<typeof PasskeyRequestOptionsSchema>;
