import {
  CreateUserSchema,
  InvitedUserSchema,
  SwitchedWorkspaceSchema,
  SwitchWorkspaceSchema,
  UpdateWorkspaceSchema,
  UserSchema,
  WorkspaceSchema,
} from '@keywright/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { inviteUser } from '../domain/user-create.ts';
import { listWorkspaces } from '../domain/workspace.ts';
import { leaveWorkspace, setDefaultWorkspace, updateWorkspace } from '../domain/workspace-change.ts';
import { switchWorkspace } from '../domain/workspace-switch.ts';
import { pageHeaders } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery } from './collection.ts';
import { pathId, pathParameter } from './path-id.ts';
import { requestBody } from './request-body.ts';
import { answerSmallCollection, smallCollectionFields } from './small-collection.ts';
import { userReference } from './user-reference.ts';

const tag = 'Workspaces';
const access = 'bearer';
const version = 'v2';
const path = '/user/:user_id/workspace/:workspace_id';
const params = Type.Object({
  user_id: userReference,
  workspace_id: Type.Integer({ description: "The organisation's id" }),
});
const errors = ['Forbidden', 'NotFound', 'NotAllowed'] as const;
const invitationBody = requestBody('Invitation', CreateUserSchema);
const updateBody = requestBody('Workspace', UpdateWorkspaceSchema);
const switchBody = requestBody('Workspace', SwitchWorkspaceSchema);

/** Adds the routes of workspaces: who is assigned where, and in which one a session works (contract §3, §6). */
export function addWorkspaceRoutes(app: FastifyInstance, http: HttpContext): void {
  addSwitchRoute(app, http);
  addInvitationRoute(app, http);
  addListRoute(app, http);
  addChangeRoutes(app, http);
  addDefaultRoute(app, http);
}

function addSwitchRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/authenticate/workspace',
    access,
    id: 'switchWorkspace',
    tag: 'Authentication',
    summary: 'Switch to another workspace',
    description:
      'For whoever signed in; a SuperAdmin can switch to every workspace of the main organisation. From now on the session works there, and its refresh token gives tokens for it; auth tokens for the workspace before live out their time. One that requires a second factor is 401 where the session began with the password alone: sign in again.',
    body: switchBody.schema,
    success: { status: 200, description: 'An auth token for the workspace', schema: SwitchedWorkspaceSchema },
    handler: (request) => switchWorkspace(http.service, callerOf(request), () => switchBody.read(request.body)),
  });
}

function addInvitationRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user/invitation',
    version,
    access,
    id: 'inviteUser',
    tag,
    summary: 'Invite somebody to an organisation',
    description:
      'A link is mailed to the username; whoever has an account already is assigned once they follow it. `organisation` is yours where absent, or a direct child; `roles` is Administrator where absent. 409 where they have a place there.',
    body: invitationBody.schema,
    success: {
      status: 201,
      description: 'Invited',
      schema: InvitedUserSchema,
      headers: { Location: { type: 'string', description: 'The path of the user' } },
    },
    errors: ['Forbidden', 'Conflict'],
    handler: async (request, reply) => {
      const invited = await inviteUser(http.service, callerOf(request), () => invitationBody.read(request.body));
      return reply.code(201).header('location', `/api/v2/user/${invited.id}`).send(invited);
    },
  });
}

function addListRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id/workspace',
    version,
    access,
    id: 'listWorkspaces',
    tag,
    summary: 'List the workspaces of a user',
    description:
      'Your own, with the invitations that wait for you; of others those that you administer. Statuses are those of users: 0 where an invitation is not yet accepted.',
    params: Type.Object({ user_id: userReference }),
    querystring: collectionQuery(smallCollectionFields),
    success: {
      status: 200,
      description: 'A page of workspaces',
      schema: Type.Array(WorkspaceSchema),
      headers: pageHeaders,
    },
    errors: ['Forbidden', 'NotFound', 'InvalidQueryCriteria', 'InvalidSortCriteria'],
    handler: (request, reply) => {
      const reference = pathParameter(request, 'user_id');
      return answerSmallCollection(request, reply, () => listWorkspaces(http.service, callerOf(request), reference));
    },
  });
}

function workspaceIdOf(request: FastifyRequest): number {
  return pathId(request, 'workspace_id', 'Workspace');
}

function addChangeRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'PATCH',
    path,
    version,
    access,
    id: 'updateWorkspace',
    tag,
    summary: 'Suspend a user in a workspace, or activate them there',
    description: 'The account stays as it is. Sessions and application tokens stop working in that workspace at once.',
    params,
    body: updateBody.schema,
    success: { status: 204, description: 'Changed' },
    errors,
    handler: async (request, reply) => {
      const input = () => updateBody.read(request.body);
      const reference = pathParameter(request, 'user_id');
      await updateWorkspace(service, callerOf(request), reference, workspaceIdOf(request), input);
      return reply.code(204).send();
    },
  });
  addApiRoute(app, http, {
    method: 'DELETE',
    path,
    version,
    access,
    id: 'leaveWorkspace',
    tag,
    summary: 'Take a user from a workspace, or leave it',
    description:
      'Also withdraws an invitation, or declines one. From the default workspace, the one that is held longest becomes the default; from the last, the user stays without.',
    params,
    success: { status: 204, description: 'No longer assigned' },
    errors,
    handler: async (request, reply) => {
      await leaveWorkspace(service, callerOf(request), pathParameter(request, 'user_id'), workspaceIdOf(request));
      return reply.code(204).send();
    },
  });
}

function addDefaultRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'PUT',
    path: '/user/:user_id/default_organisation/:workspace_id',
    version,
    access,
    id: 'setDefaultWorkspace',
    tag,
    summary: 'Make another workspace the default one',
    description:
      'The account belongs to that organisation from now on, and sign-ins begin there. For whoever is Administrator in both.',
    params,
    success: { status: 200, description: 'The user', schema: UserSchema },
    errors: ['Forbidden', 'NotFound'],
    handler: (request) =>
      setDefaultWorkspace(http.service, callerOf(request), pathParameter(request, 'user_id'), workspaceIdOf(request)),
  });
}
