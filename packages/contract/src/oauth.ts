import { type Static, Type } from 'typebox';
import { OrganisationReferenceSchema } from './organisation.ts';

/** Every `error` that the OAuth endpoints answer (RFC 6749 §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1; the last two are RFC 6749 §4.1.2.1's). */
export const oauthErrors = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'invalid_token',
  'insufficient_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_token_type',
  'temporarily_unavailable',
  'server_error',
] as const;

export type OAuthError = (typeof oauthErrors)[number];

export const OAuthErrorSchema = Type.Object(
  {
    error: Type.String({ description: `One of ${oauthErrors.map((error) => `\`${error}\``).join(', ')}` }),
    error_description: Type.String({ description: 'For people: texts change' }),
  },
  { title: 'OAuth error' },
);

/** The body of every answer of the OAuth endpoints that is an error. */
export type OAuthErrorBody = Static<typeof OAuthErrorSchema>;

/** The client's credentials in the form, where they are not in the header. */
const clientProperties = {
  client_id: Type.Optional(
    Type.String({ description: "The application token's id, where `Authorization: Basic` does not name it" }),
  ),
  client_secret: Type.Optional(
    Type.String({ description: 'The application token itself, where `Authorization: Basic` does not hold it' }),
  ),
};

export const AccessTokenRequestSchema = Type.Object(
  {
    grant_type: Type.String({ description: '`client_credentials`' }),
    ...clientProperties,
    scope: Type.Optional(
      Type.String({
        description: 'Leave it out: what a token may do, its roles say. Anything here is `invalid_scope`',
      }),
    ),
  },
  { title: 'Access token request' },
);

export const AccessTokenSchema = Type.Object(
  {
    access_token: Type.String({ description: 'An auth token, as `POST /api/v1/authenticate` gives it' }),
    token_type: Type.String({ description: '`Bearer`' }),
    expires_in: Type.Integer({ description: 'Seconds' }),
  },
  { title: 'Access token' },
);

/** What an application token was exchanged for, by the names of OAuth (RFC 6749 §5.1). */
export type AccessToken = Static<typeof AccessTokenSchema>;

const token_type_hint = Type.Optional(Type.String({ description: 'Passed over: each kind of token is recognised' }));

export const IntrospectionRequestSchema = Type.Object(
  { token: Type.String({ description: 'An auth token' }), token_type_hint, ...clientProperties },
  { title: 'Introspection request' },
);

export const RevocationRequestSchema = Type.Object(
  {
    token: Type.String({ description: 'An application token, a refresh token, or an auth token of a session' }),
    token_type_hint,
    ...clientProperties,
  },
  { title: 'Revocation request' },
);

export const IntrospectionSchema = Type.Object(
  {
    active: Type.Boolean({ description: 'Whether the token is good now; the only member where it is not' }),
    token_type: Type.Optional(Type.String({ description: '`Bearer`' })),
    iss: Type.Optional(Type.String()),
    aud: Type.Optional(Type.String()),
    sub: Type.Optional(Type.String({ description: '`user:42` or `application_token:7`' })),
    client_id: Type.Optional(Type.String({ description: 'The same as `sub`; only with public-key algorithms' })),
    iat: Type.Optional(Type.Integer({ description: 'Seconds since 1970' })),
    exp: Type.Optional(Type.Integer({ description: 'Seconds since 1970' })),
    jti: Type.Optional(Type.String()),
    org: Type.Optional(OrganisationReferenceSchema),
    roles: Type.Optional(Type.Array(Type.String(), { description: 'As they are now, whatever the token says' })),
    ver: Type.Optional(Type.Integer({ description: "The subject's counter when the token was issued" })),
    sid: Type.Optional(Type.Integer({ description: "The session's id; for users only" })),
    amr: Type.Optional(Type.Array(Type.String(), { description: 'How the user signed in (RFC 8176)' })),
    act: Type.Optional(
      Type.Object({ sub: Type.String() }, { description: 'The platform operator who acts as the user (RFC 8693)' }),
    ),
    ip: Type.Optional(
      Type.Array(Type.String(), { description: 'The networks that the application token is restricted to' }),
    ),
  },
  { title: 'Introspection' },
);

/** What introspection tells of a token (RFC 7662 §2.2). */
export type Introspection = Static<typeof IntrospectionSchema>;

const list = Type.Array(Type.String());

export const ServerMetadataSchema = Type.Object(
  {
    issuer: Type.String({ description: 'The `iss` of every token' }),
    token_endpoint: Type.String(),
    introspection_endpoint: Type.String(),
    revocation_endpoint: Type.String(),
    jwks_uri: Type.String(),
    grant_types_supported: list,
    response_types_supported: list,
    token_endpoint_auth_methods_supported: list,
    introspection_endpoint_auth_methods_supported: list,
    revocation_endpoint_auth_methods_supported: list,
    service_documentation: Type.String(),
  },
  { title: 'Server metadata' },
);

/** What OAuth clients configure themselves by (RFC 8414 §2). */
export type ServerMetadata = Static<typeof ServerMetadataSchema>;
