import { type Static, Type } from 'typebox';
import { TimestampSchema } from './lookup.ts';

export const SessionSchema = Type.Object(
  {
    id: Type.Integer({ description: 'The same as the `sid` claim of its tokens' }),
    created: TimestampSchema,
    last_used: Type.String({ format: 'date-time', description: 'At most a minute late' }),
    ip: Type.String({ description: 'Where it was last used from' }),
    browser: Type.String({ description: 'As far as the browser says; otherwise what program it is' }),
    operating_system: Type.String(),
    current: Type.Boolean({ description: 'Whether it is the session of this call' }),
    support: Type.Boolean({ description: 'Whether a platform operator acts as the user in it' }),
  },
  { title: 'Session' },
);

/** A session as the API answers it. */
export type SessionResource = Static<typeof SessionSchema>;

export const SupportRequestSchema = Type.Object(
  {
    role: Type.Optional(
      Type.Union([Type.Literal('1'), Type.Literal('3')], {
        description: '"1" Administrator, "3" Observer; "3" where absent',
      }),
    ),
  },
  { title: 'Support access' },
);

export const SupportTokenSchema = Type.Object(
  { support_token: Type.String({ description: 'An auth token as that user, for 60 minutes' }) },
  { title: 'Support token' },
);
