import { type Static, Type } from 'typebox';
import { ApplicationTokenSchema } from './application-token.ts';
import { EventSchema } from './event.ts';
import { TimestampSchema } from './lookup.ts';
import { TrustedDeviceSchema } from './second-factor.ts';
import { SessionSchema } from './session.ts';
import { UserSchema } from './user.ts';
import { WorkspaceSchema } from './workspace.ts';

const { mfa, ...profile } = UserSchema.properties;

export const OwnDataSchema = Type.Object(
  {
    gathered: TimestampSchema,
    user: Type.Object(profile, { title: 'Profile' }),
    password_changed: Type.Union([TimestampSchema, Type.Null()], { description: 'When the password was set last' }),
    workspaces: Type.Array(WorkspaceSchema),
    sessions: Type.Array(SessionSchema, { description: 'Those that have neither ended nor expired' }),
    second_factors: mfa,
    recovery_codes: Type.Integer({ description: 'How many are left' }),
    trusted_devices: Type.Array(TrustedDeviceSchema),
    application_tokens: Type.Array(ApplicationTokenSchema, {
      description: 'Those that you made, in every organisation',
    }),
    events: Type.Array(EventSchema, { description: 'Those that concern you, in every organisation' }),
  },
  { title: 'Own data' },
);

/** What the service keeps about a user, but for secrets. */
export type OwnData = Static<typeof OwnDataSchema>;
