import { CreateUserSchema, RoleSchema, roleIds, UpdateUserSchema, UserSchema, userStatuses } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { invalidFormat } from '../domain/errors.ts';
import { updateUser } from '../domain/user-change.ts';
import { createPendingUser } from '../domain/user-create.ts';
import { deleteUser } from '../domain/user-delete.ts';
import { getUser, listUsers } from '../domain/user-list.ts';
import { userFields } from '../domain/user-resource.ts';
import { pageHeaders } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery } from './collection.ts';
import { answerPage } from './collection-answer.ts';
import { addLookupRoute } from './lookup-route.ts';
import { pathParameter } from './path-id.ts';
import { requestBody } from './request-body.ts';
import { userReference } from './user-reference.ts';

const tag = 'Users';
const access = 'bearer';
const roles = Object.entries(roleIds).map(([name, id]) => ({ id, name }));
const params = Type.Object({ user_id: userReference });
const createBody = requestBody('User', CreateUserSchema);
const updateBody = requestBody('User', UpdateUserSchema);

/** Adds the routes of users (contract §6). */
export function addUserRoutes(app: FastifyInstance, http: HttpContext): void {
  addLookups(app, http);
  addReadRoutes(app, http);
  addCreateRoute(app, http);
  addChangeRoutes(app, http);
}

function addLookups(app: FastifyInstance, http: HttpContext): void {
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
}

function addReadRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user',
    access,
    id: 'listUsers',
    tag,
    summary: 'List users',
    description:
      'Whoever is at home in, or assigned to, your organisation and its direct children. For administrators.',
    querystring: collectionQuery(userFields),
    success: { status: 200, description: 'A page of users', schema: Type.Array(UserSchema), headers: pageHeaders },
    errors: ['Forbidden', 'InvalidQueryCriteria', 'InvalidSortCriteria'],
    handler: (request, reply) =>
      answerPage(request, reply, userFields, (query) => listUsers(service, callerOf(request), query)),
  });
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id',
    access,
    id: 'getUser',
    tag,
    summary: 'Get one user',
    description:
      'Yourself; with an `auth_token` that came from an application token, the one who made that. Administrators get everybody whom they see. `roles` are those in the workspace through which you see the user: yours where they are assigned to it.',
    params,
    success: { status: 200, description: 'The user', schema: UserSchema },
    errors: ['Forbidden', 'NotFound'],
    handler: (request) => getUser(service, callerOf(request), pathParameter(request, 'user_id')),
  });
}

function addCreateRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user',
    access,
    id: 'createUser',
    tag,
    summary: 'Create a user',
    description:
      'The user is pending until the link is followed that is mailed to the username. `organisation` is yours where absent, or a direct child; `roles` is User where absent, and none may go beyond yours. A username that exists out of your sight is invited instead, and the answer is the same; 409 is for one that you see.',
    body: createBody.schema,
    success: {
      status: 201,
      description: 'Created, and mailed',
      headers: { Location: { type: 'string', description: 'The path of the new user' } },
    },
    errors: ['Forbidden', 'Conflict'],
    handler: async (request, reply) => {
      const id = await createPendingUser(http.service, callerOf(request), () => createBody.read(request.body));
      return reply.code(201).header('location', `${request.routeOptions.url}/${id}`).send();
    },
  });
}

function addChangeRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'PATCH',
    path: '/user/:user_id',
    access,
    id: 'updateUser',
    tag,
    summary: 'Change name, language, username or status of a user',
    description:
      'Name, username and language, in which the user is written to, are for yourself and the administrators of the home organisation, the status for the latter. `status` goes from 1 to 2 (suspended: sessions end, application tokens are refused), from 2 to 1, and from 0 to 2. A new username, another spelling of the same one included, is pending until the link is followed that is mailed to it, and sessions end. For your own it takes a sign-in of the last ten minutes, or `password`; that of somebody who also works in organisations that you do not see is theirs alone to change (1406).',
    params,
    body: updateBody.schema,
    success: { status: 204, description: 'Changed' },
    errors: ['Forbidden', 'NotFound', 'NotAllowed', 'Conflict'],
    handler: async (request, reply) => {
      const input = () => updateBody.read(request.body);
      await updateUser(service, callerOf(request), pathParameter(request, 'user_id'), input);
      return reply.code(204).send();
    },
  });
  addApiRoute(app, http, {
    method: 'DELETE',
    path: '/user/:user_id',
    access,
    id: 'deleteUser',
    tag,
    summary: 'Delete a user',
    description:
      'For administrators of the home organisation; nobody deletes themselves. Sessions end, and the application tokens that the user made are revoked, unless `transfer_to` hands those of your organisations over.',
    params,
    querystring: Type.Object({
      transfer_to: Type.Optional(
        Type.Integer({
          description: 'The id of an active user of the same organisation, who may do what the tokens may',
        }),
      ),
    }),
    success: { status: 204, description: 'Deleted' },
    errors: ['Forbidden', 'NotFound', 'NotAllowed', 'InputValidationFailed'],
    handler: async (request, reply) => {
      const transferTo = () => readTransferTo(request.query);
      await deleteUser(service, callerOf(request), pathParameter(request, 'user_id'), transferTo);
      return reply.code(204).send();
    },
  });
}

/**
 * Reads who gets the application tokens of a user who is deleted.
 *
 * @throws Refusal InputValidationFailed where it is no id
 */
function readTransferTo(query: unknown): number | undefined {
  const { transfer_to: value } = query as { readonly transfer_to?: unknown };
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value)) return Number(value);
  throw invalidFormat("transfer_to must be a user's id, once");
}
