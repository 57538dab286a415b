import { SessionSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { invalidFormat } from '../domain/errors.ts';
import { endAllSessions, endSession, listSessions, sessionFields } from '../domain/session-list.ts';
import { pageHeaders } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery } from './collection.ts';
import { answerPage } from './collection-answer.ts';
import { pathId, pathParameter } from './path-id.ts';

const tag = 'Sessions';
const access = 'bearer';
const userId = Type.String({ description: "`my`, or a user's id or username", examples: ['my'] });
const errors = ['Forbidden', 'NotFound'] as const;

/** Adds the routes of sessions (contract §6). */
export function addSessionRoutes(app: FastifyInstance, http: HttpContext): void {
  addListRoute(app, http);
  addEndRoutes(app, http);
}

function addListRoute(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id/session',
    access,
    id: 'listSessions',
    tag,
    summary: 'List the sessions of a user',
    description:
      "Those that have neither ended nor expired, the last used first where `sort` says nothing else. Others' sessions are for administrators of their home organisation.",
    params: Type.Object({ user_id: userId }),
    querystring: collectionQuery(sessionFields),
    success: {
      status: 200,
      description: 'A page of sessions',
      schema: Type.Array(SessionSchema),
      headers: pageHeaders,
    },
    errors: [...errors, 'InvalidQueryCriteria', 'InvalidSortCriteria'],
    handler: (request, reply) => {
      const reference = pathParameter(request, 'user_id');
      return answerPage(request, reply, sessionFields, (query) =>
        listSessions(service, callerOf(request), reference, query),
      );
    },
  });
}

function addEndRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'DELETE',
    path: '/user/:user_id/session/:session_id',
    access,
    id: 'endSession',
    tag,
    summary: 'End a session: sign out',
    description: 'Its refresh token and its auth tokens are refused from now on.',
    params: Type.Object({
      user_id: userId,
      session_id: Type.Integer({ description: "The session's id, or the `sid` of its tokens" }),
    }),
    success: { status: 204, description: 'Ended' },
    errors,
    handler: async (request, reply) => {
      const sessionId = pathId(request, 'session_id', 'Session');
      await endSession(service, callerOf(request), pathParameter(request, 'user_id'), sessionId);
      return reply.code(204).send();
    },
  });
  addApiRoute(app, http, {
    method: 'DELETE',
    path: '/user/:user_id/session',
    access,
    id: 'endAllSessions',
    tag,
    summary: 'End every session of a user: sign out everywhere',
    description:
      'With them go the trusted devices and the second steps that wait, also where `keep_current` lets the session of the call go on. For the sessions of somebody else it makes no difference.',
    params: Type.Object({ user_id: userId }),
    querystring: Type.Object({
      keep_current: Type.Optional(Type.Boolean({ description: '`true` lets the session of this call go on' })),
    }),
    success: { status: 204, description: 'Ended' },
    errors: [...errors, 'InputValidationFailed'],
    handler: async (request, reply) => {
      const keepCurrent = () => readKeepCurrent(request.query);
      await endAllSessions(service, callerOf(request), pathParameter(request, 'user_id'), keepCurrent);
      return reply.code(204).send();
    },
  });
}

/**
 * Reads whether the session of the call goes on: nobody is signed out for having spelled that otherwise.
 *
 * @throws Refusal InputValidationFailed where it is neither `true` nor `false`
 */
function readKeepCurrent(query: unknown): boolean {
  const { keep_current: value = 'false' } = query as { readonly keep_current?: unknown };
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalidFormat('keep_current must be true or false, once');
}
