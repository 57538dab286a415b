import { OrganisationSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { getOwnOrganisation } from '../domain/organisation.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { notFound, pathParameter } from './path-id.ts';

/** Adds the routes of organisations (contract §6). */
export function addOrganisationRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/organisation/:id',
    access: 'bearer',
    id: 'getOrganisation',
    tag: 'Organisations',
    summary: 'Get the organisation that the caller works in',
    params: Type.Object({ id: Type.String({ description: "`my`, or that organisation's id", examples: ['my'] }) }),
    success: { status: 200, description: 'The organisation', schema: OrganisationSchema },
    errors: ['Forbidden', 'NotFound'],
    handler: async (request) => {
      const caller = callerOf(request);
      const asked = pathParameter(request, 'id');
      if (asked !== 'my' && asked !== String(caller.organisation.id)) throw notFound('Organisation', asked);
      return getOwnOrganisation(http.service, caller);
    },
  });
}
