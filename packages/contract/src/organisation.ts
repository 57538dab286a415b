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
  },
  { title: 'Organisation' },
);

/** An organisation as the API answers it. */
export type OrganisationResource = Static<typeof OrganisationSchema>;
