import { ServerMetadataSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { describeServer } from '../domain/server-metadata.ts';
import { answersOf } from './api-answers.ts';
import type { HttpContext } from './api-route.ts';

/** How long a resource server may keep the keys: a new key is published for longer than this before it signs. */
const jwksSeconds = 300;
const metadataSeconds = 300;

const JwksSchema = Type.Object(
  { keys: Type.Array(Type.Object({ kty: Type.String(), kid: Type.String(), alg: Type.String(), use: Type.String() })) },
  { title: 'Key set' },
);

/**
 * Adds `GET /.well-known/jwks.json`: the public keys, to verify auth tokens with (RFC 7517 §5); and
 * `GET /.well-known/oauth-authorization-server` (RFC 8414 §3).
 */
export function addWellKnownRoutes(app: FastifyInstance, http: HttpContext): void {
  app.get('/.well-known/jwks.json', { schema: jwksSchema }, async (_request, reply) => {
    // Whoever asks because of a token's key must not be told of the keys from before another instance changed them.
    await http.service.keys.reload().catch((error: unknown) => {
      http.service.log.warn({ err: error }, 'The keys could not be read: the key set is as it was last known');
    });
    reply.header('cache-control', `public, max-age=${jwksSeconds}`);
    return http.service.keys.jwks();
  });
  const path = '/.well-known/oauth-authorization-server';
  app.get(path, { schema: metadataSchema }, async (_request, reply) => {
    const metadata = describeServer(http.service);
    reply.header('cache-control', `public, max-age=${metadataSeconds}`);
    return metadata;
  });
}

const jwksSchema = {
  operationId: 'getKeySet',
  tags: ['Verification'],
  summary: 'Get the public keys that auth tokens are signed with',
  description:
    'With HS256, which is the default, there is no public key and `keys` is empty. Keep the answer for five minutes; a key is published before it signs.',
  security: [],
  response: answersOf({
    access: 'public',
    hasBody: false,
    isLimited: false,
    success: { status: 200, description: 'The key set', schema: JwksSchema },
    errors: [],
  }),
};

const metadataSchema = {
  operationId: 'getServerMetadata',
  tags: ['OAuth 2.0'],
  summary: 'Get what OAuth clients configure themselves by',
  description:
    'The metadata of RFC 8414: `issuer` is the `iss` of every token, and the public URL of the service. 404 where that is neither https nor on loopback.',
  security: [],
  response: answersOf({
    access: 'public',
    hasBody: false,
    isLimited: false,
    success: { status: 200, description: 'The metadata', schema: ServerMetadataSchema },
    errors: ['NotFound'],
  }),
};
