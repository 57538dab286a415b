import {
  ApplicationTokenSchema,
  applicationTokenAttentions,
  applicationTokenStatuses,
  CreateApplicationTokenSchema,
  CreatedApplicationTokenSchema,
  RotateApplicationTokenSchema,
  UpdateApplicationTokenSchema,
} from '@keywright/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  applicationTokenFields,
  createApplicationToken,
  getApplicationToken,
  listApplicationTokens,
  rotateApplicationToken,
} from '../domain/application-token.ts';
import { updateApplicationToken } from '../domain/application-token-change.ts';
import { pageHeaders } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery } from './collection.ts';
import { answerPage } from './collection-answer.ts';
import { addLookupRoute } from './lookup-route.ts';
import { pathId } from './path-id.ts';
import { requestBody } from './request-body.ts';

const label = 'Application token';
const tag = 'Application tokens';
const access = 'bearer';
const idParams = Type.Object({ id: Type.Integer({ description: "The application token's id" }) });
const createBody = requestBody(label, CreateApplicationTokenSchema);
const updateBody = requestBody(label, UpdateApplicationTokenSchema);
const rotateBody = requestBody(label, RotateApplicationTokenSchema);

function tokenId(request: FastifyRequest): number {
  return pathId(request, 'id', label);
}

/** Adds the routes of application tokens (contract §4). */
export function addApplicationTokenRoutes(app: FastifyInstance, http: HttpContext): void {
  addLookupRoute(app, http, {
    path: '/application_token/status',
    id: 'listApplicationTokenStatuses',
    tag,
    summary: 'What the status of an application token may be',
    values: applicationTokenStatuses,
  });
  addLookupRoute(app, http, {
    path: '/application_token/attention',
    id: 'listApplicationTokenAttentions',
    tag,
    summary: 'Why somebody should look at an application token',
    values: applicationTokenAttentions,
  });
  addReadRoutes(app, http);
  addCreateRoute(app, http);
  addChangeRoutes(app, http);
}

function addReadRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'GET',
    path: '/application_token',
    access,
    id: 'listApplicationTokens',
    tag,
    summary: 'List application tokens',
    description:
      "Every token of the caller's organisation and its direct children; never with the secrets, which nobody can read again. `q=attention:2` finds those that somebody should look at for that reason.",
    querystring: collectionQuery(applicationTokenFields),
    success: {
      status: 200,
      description: 'A page of application tokens',
      schema: Type.Array(ApplicationTokenSchema),
      headers: pageHeaders,
    },
    errors: ['Forbidden', 'InvalidQueryCriteria', 'InvalidSortCriteria'],
    handler: (request, reply) =>
      answerPage(request, reply, applicationTokenFields, (query) =>
        listApplicationTokens(service, callerOf(request), query),
      ),
  });
  addApiRoute(app, http, {
    method: 'GET',
    path: '/application_token/:id',
    access,
    id: 'getApplicationToken',
    tag,
    summary: 'Get one application token',
    params: idParams,
    success: { status: 200, description: 'The application token', schema: ApplicationTokenSchema },
    errors: ['Forbidden', 'NotFound'],
    handler: (request) => getApplicationToken(service, callerOf(request), tokenId(request)),
  });
}

function addCreateRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/application_token',
    access,
    id: 'createApplicationToken',
    tag,
    summary: 'Create an application token',
    description:
      'The answer holds the secret, this once: only its SHA-256 is kept. `expiry_date` is a date, meaning that day at 00:00 UTC, or a date-time with offset. `ip` restricts the token to a network in CIDR notation, or to one address. `roles` narrows it to some of your roles; without, it has yours, whatever they are at the time.',
    body: createBody.schema,
    success: {
      status: 200,
      description: 'The secret and the id',
      schema: CreatedApplicationTokenSchema,
      headers: { Location: { type: 'string', description: 'The path of the new application token' } },
    },
    errors: ['Forbidden'],
    handler: async (request, reply) => {
      const created = await createApplicationToken(http.service, callerOf(request), () =>
        createBody.read(request.body),
      );
      reply.header('location', `${request.routeOptions.url}/${created.id}`);
      return created;
    },
  });
}

function addChangeRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'PATCH',
    path: '/application_token/:id',
    access,
    id: 'updateApplicationToken',
    tag,
    summary: 'Change or revoke an application token',
    description:
      'Absent properties stay as they are; null takes a restriction away. `{ "status": { "id": 1 } }` revokes the token: it is refused from the next exchange on, and can never be activated again. An `auth_token` that it gave before lives out its time.',
    params: idParams,
    body: updateBody.schema,
    success: { status: 204, description: 'Changed' },
    errors: ['Forbidden', 'NotFound', 'NotAllowed'],
    handler: async (request, reply) => {
      const input = () => updateBody.read(request.body);
      await updateApplicationToken(service, callerOf(request), tokenId(request), input);
      return reply.code(204).send();
    },
  });
  addApiRoute(app, http, {
    method: 'POST',
    path: '/application_token/:id/rotate',
    access,
    id: 'rotateApplicationToken',
    tag,
    summary: 'Give an application token a new secret',
    description:
      'The secret before works on until `overlap_seconds` have passed (0 where absent, a week at most), so that a program can be moved over without a gap; any older one stops at once.',
    params: idParams,
    body: rotateBody.schema,
    isBodyOptional: true,
    success: { status: 200, description: 'The new secret, and the same id', schema: CreatedApplicationTokenSchema },
    errors: ['Forbidden', 'NotFound', 'NotAllowed'],
    handler: (request) =>
      rotateApplicationToken(service, callerOf(request), tokenId(request), () => rotateBody.read(request.body ?? {})),
  });
}
