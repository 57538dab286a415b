import { type Static, Type } from 'typebox';
import { type Lookup, lookupSchema, TimestampSchema } from './lookup.ts';
import { OrganisationReferenceSchema } from './organisation.ts';
import { RoleSchema } from './role.ts';
import { MfaKeySchema } from './second-factor.ts';

/** What a user's status may be; `GET /api/v1/user/status`. */
export const userStatuses: readonly Lookup[] = [
  { id: 0, description: 'Activation Pending' },
  { id: 1, description: 'Active' },
  { id: 2, description: 'Suspended' },
];

export const UserSchema = Type.Object(
  {
    id: Type.Integer(),
    username: Type.String({ description: 'The e-mail address to sign in with' }),
    name: Type.String(),
    created: TimestampSchema,
    status: lookupSchema('User status', userStatuses),
    organisation: OrganisationReferenceSchema,
    roles: Type.Array(RoleSchema, { description: 'The roles in the organisation that the caller works in' }),
    mfa: Type.Array(MfaKeySchema, { description: 'The second factors, those not yet confirmed included' }),
  },
  { title: 'User' },
);

/** A user as the API answers it. */
export type UserResource = Static<typeof UserSchema>;
