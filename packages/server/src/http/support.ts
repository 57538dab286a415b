import { SupportRequestSchema, SupportTokenSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { createSupportToken } from '../domain/support.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { pathParameter } from './path-id.ts';
import { requestBody } from './request-body.ts';

const supportBody = requestBody('Support access', SupportRequestSchema);

/** Adds the route with which platform operators support users (contract §6). */
export function addSupportRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user/:user_id/support_token',
    version: 'v2',
    access: 'bearer',
    id: 'createSupportToken',
    tag: 'Support',
    summary: 'Act as a user, as a platform operator',
    description:
      "An auth token as that user for 60 minutes, as an observer or an administrator, within the user's own rights. Its `act` claim names the operator, the workspace's administrators see an event, and the user sees and can end the session. It changes nothing of the account itself.",
    params: Type.Object({ user_id: Type.String({ description: "The user's id or username, in any organisation" }) }),
    body: supportBody.schema,
    isBodyOptional: true,
    success: { status: 201, description: 'The token', schema: SupportTokenSchema },
    errors: ['Forbidden', 'NotFound', 'NotAllowed'],
    handler: async (request, reply) => {
      const reference = pathParameter(request, 'user_id');
      const input = () => supportBody.read(request.body ?? {});
      const created = await createSupportToken(http.service, callerOf(request), reference, input);
      return reply.code(201).send(created);
    },
  });
}
