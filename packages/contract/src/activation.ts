import { type Static, Type } from 'typebox';

/** A property that carries a new password, or proves the present one. */
const passwordProperty = (description: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      description: `${description} Itself, or its SHA-1 as 40 hexadecimal digits.`,
    }),
  );

const activationKey = Type.String({
  minLength: 1,
  maxLength: 8192,
  description: 'From the link that the mail carries',
});

export const ActivationSchema = Type.Object(
  {
    activationKey,
    password: passwordProperty(
      'The new password; needed where the user has none yet, and to finish a reset. To confirm a new username, the present one. An invitation of a user who has one leaves it as it is.',
    ),
  },
  { title: 'Activation' },
);

export const InvitedActivationSchema = Type.Object(
  {
    activationKey,
    password: passwordProperty(
      'The new password; needed where the user has none yet, and to finish a reset. To confirm a new username, the present one.',
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description: 'The name of the person, in the place of the one that the account was made with',
      }),
    ),
  },
  { title: 'Activation with a name' },
);

/** What an activation key is used with. */
export type Activation = Static<typeof InvitedActivationSchema>;

/** Whom a mail is asked for. */
export const MailRequestSchema = Type.Object(
  { username: Type.String({ minLength: 1, maxLength: 512, description: 'The e-mail address to sign in with' }) },
  { title: 'Mail request' },
);

/** What a key may be for. */
const activationPurposes = ['activation', 'invitation', 'password_reset', 'signup', 'username_change'] as const;

export const ActivationKeySchema = Type.Object({ activationKey }, { title: 'Activation key' });

export const ActivationPreviewSchema = Type.Object(
  {
    purpose: Type.Unsafe<(typeof activationPurposes)[number]>(
      Type.Union(activationPurposes.map((purpose) => Type.Literal(purpose))),
    ),
    username: Type.String({ description: 'Whose key it is' }),
    password: Type.Unsafe<'always' | 'maybe' | 'present' | 'never'>(
      Type.Union(
        ['always', 'maybe', 'present', 'never'].map((use) => Type.Literal(use)),
        {
          description:
            'Whether a new password has to come with the key, may come, the present one has to, or it is left alone',
        },
      ),
    ),
  },
  { title: 'Activation preview' },
);

/** What an activation key is for, as the page behind the link asks before it asks its reader. */
export type ActivationPreviewResource = Static<typeof ActivationPreviewSchema>;
