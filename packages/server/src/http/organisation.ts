import { OrganisationSchema, UpdateOrganisationSchema } from '@keywright/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { getOrganisation, updateOrganisation } from '../domain/organisation.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { pathId, pathParameter } from './path-id.ts';
import { requestBody } from './request-body.ts';

const tag = 'Organisations';
const params = Type.Object({
  id: Type.String({
    description: '`my` for the one that you work in, or the id of that one or a direct child',
    examples: ['my'],
  }),
});
const updateBody = requestBody('Organisation', UpdateOrganisationSchema);

function organisationId(request: FastifyRequest): number | 'my' {
  return pathParameter(request, 'id') === 'my' ? 'my' : pathId(request, 'id', 'Organisation');
}

/** Adds the routes of organisations (contract §6). */
export function addOrganisationRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/organisation/:id',
    access: 'bearer',
    id: 'getOrganisation',
    tag,
    summary: 'Get an organisation and its settings',
    params,
    success: { status: 200, description: 'The organisation', schema: OrganisationSchema },
    errors: ['Forbidden', 'NotFound'],
    handler: (request) => getOrganisation(http.service, callerOf(request), organisationId(request)),
  });
  addApiRoute(app, http, {
    method: 'PATCH',
    path: '/organisation/:id',
    access: 'bearer',
    id: 'updateOrganisation',
    tag,
    summary: 'Change the name or the settings of an organisation',
    description:
      '`mfa_required` counts from the next sign-in of each user on: whoever has no second factor has to set one up then. A session that began with the password alone does not switch to the organisation.',
    params,
    body: updateBody.schema,
    success: { status: 204, description: 'Changed' },
    errors: ['Forbidden', 'NotFound'],
    handler: async (request, reply) => {
      const input = () => updateBody.read(request.body);
      await updateOrganisation(http.service, callerOf(request), organisationId(request), input);
      return reply.code(204).send();
    },
  });
}
