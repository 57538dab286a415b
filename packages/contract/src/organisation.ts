import { type Static, Type } from 'typebox';
import { TimestampSchema } from './lookup.ts';

export const OrganisationReferenceSchema = Type.Object(
  { id: Type.Integer(), name: Type.String() },
  { title: 'Organisation reference' },
);

export const OrganisationSchema = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    created: TimestampSchema,
    parent: Type.Union([OrganisationReferenceSchema, Type.Null()], {
      description: 'The organisation that this one is a direct child of',
    }),
    mfa_required: Type.Boolean({ description: 'Whether those who sign in to it need a second factor' }),
    sign_in_methods: Type.Array(Type.String(), {
      description: 'How users may sign in to it: `password`, `password_and_second_factor`',
    }),
  },
  { title: 'Organisation' },
);

/** An organisation as the API answers it. */
export type OrganisationResource = Static<typeof OrganisationSchema>;

export const UpdateOrganisationSchema = Type.Object(
  { name: Type.Optional(Type.String()), mfa_required: Type.Optional(Type.Boolean()) },
  { title: 'Organisation change' },
);

export type UpdateOrganisation = Static<typeof UpdateOrganisationSchema>;
