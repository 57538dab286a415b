import { type Static, Type } from 'typebox';
import { type Lookup, lookupSchema, ReferenceSchema, TimestampSchema } from './lookup.ts';
import { OrganisationReferenceSchema } from './organisation.ts';
import { RoleSchema } from './role.ts';

/** What an application token's status may be; `GET /api/v1/application_token/status`. */
export const applicationTokenStatuses: readonly Lookup[] = [
  { id: 0, description: 'Activated' },
  { id: 1, description: 'Revoked' },
  { id: 2, description: 'Expired' },
];

/** Why somebody should look at an application token; `GET /api/v1/application_token/attention`. */
export const applicationTokenAttentions: readonly Lookup[] = [
  { id: 1, description: 'Expires within 14 days' },
  { id: 2, description: 'Not used for 60 days' },
  { id: 3, description: 'Never expires' },
  { id: 4, description: 'Used from one network only, and not restricted to it' },
  { id: 5, description: 'Exchanged more than 20 times in the life of one auth token' },
];

/** The longest overlap of two secrets when an application token is rotated: a week, in seconds. */
export const maxOverlapSeconds = 604_800;

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

export const ApplicationTokenSchema = Type.Object(
  {
    id: Type.Integer(),
    description: nullable(Type.String(), 'Who or what uses the token'),
    created: TimestampSchema,
    status: lookupSchema('Application token status', applicationTokenStatuses),
    expiry_date: nullable(TimestampSchema, 'When it stops working; null: not until it is revoked'),
    ip: nullable(Type.String(), 'The network it may be exchanged from, in CIDR notation; null: any'),
    creator: nullable(
      Type.Object({ id: Type.Integer(), name: Type.String(), username: Type.String() }, { title: 'Creator' }),
      'Who made it; null once that account is deleted',
    ),
    organisation: OrganisationReferenceSchema,
    prefix: Type.String({ description: 'The first 12 characters of the secret' }),
    roles: nullable(Type.Array(RoleSchema), "What it is narrowed to; null: its creator's roles"),
    auth_token_minutes: nullable(Type.Integer(), 'How long its auth tokens live; null: the default'),
    last_used: nullable(TimestampSchema, 'When it was last exchanged, at most a minute late'),
    last_used_ip: nullable(Type.String(), 'From where it was last exchanged'),
    recent_exchanges: Type.Integer({ description: 'Exchanges in the last 240 minutes, at most a minute late' }),
    network: nullable(
      Type.String(),
      'The network that it was exchanged from and in the last 60 days from no other: an IPv4 /24 or an IPv6 /64',
    ),
    attention: Type.Array(lookupSchema('Attention', applicationTokenAttentions), {
      description: 'Why somebody should look at it; of activated tokens alone',
    }),
    rotation: nullable(
      Type.Object(
        {
          rotated: Type.String({ format: 'date-time', description: 'When the present secret was made' }),
          overlap_until: Type.String({ format: 'date-time', description: 'Until when the secret before works' }),
          last_used: nullable(TimestampSchema, 'When the secret before was last exchanged, at most a minute late'),
          last_used_ip: nullable(Type.String(), 'From where it was last exchanged'),
          still_used: Type.Boolean({ description: 'Whether it was exchanged since the rotation' }),
        },
        { title: 'Rotation' },
      ),
      'While two secrets work: what is known of the one before; null otherwise',
    ),
  },
  { title: 'Application token' },
);

/** An application token as the API answers it; never with its secret. */
export type ApplicationTokenResource = Static<typeof ApplicationTokenSchema>;

const descriptionInput = nullable(Type.String({ maxLength: 2048 }), 'Who or what uses the token');
const expiryDateInput = nullable(
  Type.String({ maxLength: 64 }),
  "A date, meaning that day's 00:00 UTC, or a date-time with offset",
);
const ipInput = nullable(Type.String({ maxLength: 64 }), 'An IPv4 or IPv6 network in CIDR notation, or one address');

export const CreateApplicationTokenSchema = Type.Object(
  {
    description: Type.Optional(descriptionInput),
    expiry_date: Type.Optional(expiryDateInput),
    ip: Type.Optional(ipInput),
    roles: Type.Optional(
      nullable(
        Type.Array(ReferenceSchema, { minItems: 1, maxItems: 16 }),
        "Narrows the token to these of its creator's roles",
      ),
    ),
    auth_token_minutes: Type.Optional(
      nullable(Type.Integer({ minimum: 1, maximum: 1440 }), 'Shortens the life of its auth tokens'),
    ),
  },
  { title: 'New application token' },
);

export type CreateApplicationToken = Static<typeof CreateApplicationTokenSchema>;

export const CreatedApplicationTokenSchema = Type.Object(
  { application_token: Type.String({ description: 'The secret; it is shown this once' }), id: Type.Integer() },
  { title: 'Created application token' },
);

export const UpdateApplicationTokenSchema = Type.Object(
  {
    description: Type.Optional(descriptionInput),
    status: Type.Optional(ReferenceSchema),
    expiry_date: Type.Optional(expiryDateInput),
    ip: Type.Optional(ipInput),
  },
  { title: 'Application token change' },
);

export type UpdateApplicationToken = Static<typeof UpdateApplicationTokenSchema>;

export const RotateApplicationTokenSchema = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxOverlapSeconds,
        description: 'How long the secret before goes on working; 0 where absent',
      }),
    ),
  },
  { title: 'Application token rotation' },
);

export type RotateApplicationToken = Static<typeof RotateApplicationTokenSchema>;
