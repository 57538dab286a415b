import {
  AccessTokenRequestSchema,
  AccessTokenSchema,
  IntrospectionRequestSchema,
  IntrospectionSchema,
  RevocationRequestSchema,
} from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { grantAccessToken } from '../domain/client-credentials.ts';
import { introspectToken } from '../domain/introspection.ts';
import { OAuthRefusal } from '../domain/oauth-refusal.ts';
import { revokeToken } from '../domain/token-revocation.ts';
import type { HttpContext } from './api-route.ts';
import { addOAuthRoute, findOAuthCaller, requireClientCredentials, requireParameter } from './oauth-route.ts';
import { acceptStrictFormsOnly } from './strict-form.ts';

const credentialsText =
  "Credentials are an application token's id as `client_id` and the token itself as `client_secret`, as HTTP Basic or in the form, not both";

/** An empty body would do (RFC 7009 §2.2), but for clients that take nothing but JSON. */
const nothing = Type.Object({});

/** Adds the endpoints of OAuth 2.0 (contract §8), which alone take forms. */
export function addOAuthRoutes(app: FastifyInstance, http: HttpContext): void {
  app.register((oauth, _options, done) => {
    acceptStrictFormsOnly(oauth);
    addTokenRoute(oauth, http);
    addIntrospectionRoute(oauth, http);
    addRevocationRoute(oauth, http);
    done();
  });
}

function addTokenRoute(app: FastifyInstance, http: HttpContext): void {
  addOAuthRoute(app, http, {
    path: '/token',
    access: 'client',
    id: 'grantAccessToken',
    summary: 'Get an access token for client credentials',
    description: `The exchange of an application token as OAuth 2.0 has it (RFC 6749 §4.4): the access token is the \`auth_token\` of \`POST /api/v1/authenticate\`, with the same checks and limits. ${credentialsText}. \`scope\` is refused: roles say what a token may do.`,
    body: AccessTokenRequestSchema,
    success: { status: 200, description: 'The access token', schema: AccessTokenSchema },
    errors: { 400: 'invalid_request, unsupported_grant_type, invalid_scope', 401: 'invalid_client' },
    // Failures and exchanges are counted, and calls without credentials.
    isLimited: false,
    handler: async (request, form) => {
      if (requireParameter(form, 'grant_type') !== 'client_credentials') {
        throw new OAuthRefusal('unsupported_grant_type', 'The one grant here is client_credentials');
      }
      const credentials = await requireClientCredentials(http, request, form);
      if (form.has('scope')) {
        throw new OAuthRefusal(
          'invalid_scope',
          'There are no scopes here: leave scope out, roles say what a token may do',
        );
      }
      return grantAccessToken(http.service, credentials, http.clientOf(request));
    },
  });
}

function addIntrospectionRoute(app: FastifyInstance, http: HttpContext): void {
  addOAuthRoute(app, http, {
    path: '/introspect',
    access: 'client_or_bearer',
    id: 'introspectToken',
    summary: 'Learn what an auth token is worth now',
    description: `By the store, not by the token alone (RFC 7662): inactive is what has expired, whose user is suspended, whose session has ended, or whose application token is revoked, expired or rotated. So is what belongs to another organisation than the caller's, unless the caller has the role Service, and what is no auth token: the answer is \`{"active":false}\` then, and no more. ${credentialsText}; or a bearer. Calls with good credentials are not counted by the limits.`,
    body: IntrospectionRequestSchema,
    success: { status: 200, description: 'What it is worth', schema: IntrospectionSchema },
    errors: { 400: 'invalid_request' },
    isLimited: false,
    handler: async (request, form) => {
      const caller = await findOAuthCaller(http, request, form);
      return introspectToken(http.service, caller, requireParameter(form, 'token'));
    },
  });
}

function addRevocationRoute(app: FastifyInstance, http: HttpContext): void {
  addOAuthRoute(app, http, {
    path: '/revoke',
    access: 'client_or_bearer',
    id: 'revokeToken',
    summary: 'Revoke a token',
    description: `An application token, where the caller may revoke it over the API too; or, by its refresh token or one of its auth tokens, a session (RFC 7009). A token that is unknown, over or another organisation's is 200 as well. ${credentialsText}; or a bearer.`,
    body: RevocationRequestSchema,
    success: { status: 200, description: 'It is good no more, or never was', schema: nothing },
    errors: { 400: 'invalid_request, unsupported_token_type', 403: 'unauthorized_client, insufficient_scope' },
    isLimited: true,
    handler: async (request, form) => {
      const caller = await findOAuthCaller(http, request, form);
      await revokeToken(http.service, caller, requireParameter(form, 'token'));
      return {};
    },
  });
}
