import { RoleSchema, roleIds, UserSchema, userStatuses } from '@keywright/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Caller } from '../domain/service.ts';
import { getOwnUser } from '../domain/user.ts';
import { normaliseUsername } from '../domain/username.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { addLookupRoute } from './lookup-route.ts';
import { notFound, pathParameter } from './path-id.ts';

const tag = 'Users';
const roles = Object.entries(roleIds).map(([name, id]) => ({ id, name }));

/**
 * Finds the caller behind `my`, the own id or the own username in a path.
 *
 * @throws Refusal NotFound for anybody else
 */
export function requireOwnUser(request: FastifyRequest, parameter: string): Caller {
  const caller = callerOf(request);
  const asked = pathParameter(request, parameter);
  const { id, username } = caller.user;
  if (asked === 'my' || asked === String(id)) return caller;
  if (normaliseUsername(asked) === normaliseUsername(username)) return caller;
  throw notFound('User', asked);
}

/** Adds the routes of users (contract §6). */
export function addUserRoutes(app: FastifyInstance, http: HttpContext): void {
  addLookupRoute(app, http, {
    path: '/user/status',
    id: 'listUserStatuses',
    tag,
    summary: 'What the status of a user may be',
    values: userStatuses,
  });
  addLookupRoute(app, http, {
    path: '/user/role',
    id: 'listRoles',
    tag,
    summary: 'The roles that there are',
    values: roles,
    schema: RoleSchema,
  });
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id',
    access: 'bearer',
    id: 'getUser',
    tag,
    summary: 'Get the calling user',
    description:
      'The user who signed in; with an `auth_token` that came from an application token, the one who made that. `roles` are those in the organisation that the caller works in.',
    params: Type.Object({
      user_id: Type.String({ description: '`my`, or your own id or username', examples: ['my'] }),
    }),
    success: { status: 200, description: 'The user', schema: UserSchema },
    errors: ['Forbidden', 'NotFound'],
    handler: async (request) => getOwnUser(http.service, requireOwnUser(request, 'user_id')),
  });
}
