import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { answersOf } from './api-answers.ts';
import type { HttpContext } from './api-route.ts';

/** How long a resource server may keep the keys: a new key is published for longer than this before it signs. */
const jwksSeconds = 300;

const JwksSchema = Type.Object(
  { keys: Type.Array(Type.Object({ kty: Type.String(), kid: Type.String(), alg: Type.String(), use: Type.String() })) },
  { title: 'Key set' },
);

/** Adds `GET /.well-known/jwks.json`: the public keys, to verify auth tokens with (RFC 7517 §5). */
export function addWellKnownRoutes(app: FastifyInstance, http: HttpContext): void {
  const schema = {
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
  app.get('/.well-known/jwks.json', { schema }, async (_request, reply) => {
    reply.header('cache-control', `public, max-age=${jwksSeconds}`);
    return http.service.keys.jwks();
  });
}
