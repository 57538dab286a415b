import { type Static, Type } from 'typebox';
import { LanguageSchema } from './language.ts';
import { type Lookup, lookupSchema, ReferenceSchema, TimestampSchema } from './lookup.ts';
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
    organisation: Type.Object(OrganisationReferenceSchema.properties, { description: 'The home organisation' }),
    roles: Type.Array(RoleSchema, { description: 'The roles in the workspace through which the caller sees the user' }),
    language: LanguageSchema,
    mfa: Type.Array(MfaKeySchema, { description: 'The second factors, those not yet confirmed included' }),
  },
  { title: 'User' },
);

/** A user as the API answers it. */
export type UserResource = Static<typeof UserSchema>;

const username = Type.String({ description: 'An e-mail address' });
const nullableReference = Type.Union([ReferenceSchema, Type.Null()]);
const roles = Type.Union([Type.Array(ReferenceSchema, { minItems: 1, maxItems: 16 }), Type.Null()]);

export const CreateUserSchema = Type.Object(
  {
    username,
    name: Type.String(),
    organisation: Type.Optional(nullableReference),
    roles: Type.Optional(roles),
  },
  { title: 'New user' },
);

export type CreateUser = Static<typeof CreateUserSchema>;

export const UpdateUserSchema = Type.Object(
  {
    username: Type.Optional(username),
    name: Type.Optional(Type.String()),
    language: Type.Optional(LanguageSchema),
    status: Type.Optional(ReferenceSchema),
    password: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description:
          'The own password, or its SHA-1: to change the own username later than ten minutes after the sign-in',
      }),
    ),
  },
  { title: 'User change' },
);

export type UpdateUser = Static<typeof UpdateUserSchema>;

export const InvitedUserSchema = Type.Object(
  {
    id: Type.Integer(),
    username: Type.String(),
    name: Type.String(),
    organisation: OrganisationReferenceSchema,
    roles: Type.Array(RoleSchema),
  },
  { title: 'Invited user' },
);

/** Who is invited, where to and as what. */
export type InvitedUser = Static<typeof InvitedUserSchema>;
