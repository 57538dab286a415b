import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { changeRole } from '../domain/role-change.ts';
import { listPermissions } from '../domain/user-list.ts';
import { type ApiRoute, addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { pathId, pathParameter } from './path-id.ts';
import { userReference } from './user-reference.ts';

const tag = 'Users';
const access = 'bearer';
const roleId = Type.Integer({ description: "The role's id" });
const workspaceId = Type.Integer({ description: "The organisation's id" });
const errors = ['Forbidden', 'NotFound', 'NotAllowed'] as const;

/** Adds the routes of a user's roles, in the workspace through which the caller sees the user and in any other (contract §6). */
export function addRoleRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id/role/permission',
    access,
    id: 'listPermissions',
    tag,
    summary: 'What the roles of a user permit',
    params: Type.Object({ user_id: userReference }),
    success: { status: 200, description: 'The names of the permissions', schema: Type.Array(Type.String()) },
    errors: ['Forbidden', 'NotFound'],
    handler: (request) => listPermissions(http.service, callerOf(request), pathParameter(request, 'user_id')),
  });
  for (const route of roleRoutes) addRoleRoute(app, http, route);
}

type RoleRoute = Pick<ApiRoute, 'id' | 'summary' | 'path'> & { readonly method: 'PUT' | 'DELETE' };

const inSight = '/user/:user_id/role/:role_id';
const inWorkspace = '/user/:user_id/workspace/:workspace_id/role/:role_id';
const roleRoutes: readonly RoleRoute[] = [
  { method: 'PUT', path: inSight, id: 'addRole', summary: 'Give a user a role' },
  { method: 'DELETE', path: inSight, id: 'removeRole', summary: 'Take a role from a user' },
  { method: 'PUT', path: inWorkspace, id: 'addWorkspaceRole', summary: 'Give a user a role in a workspace' },
  { method: 'DELETE', path: inWorkspace, id: 'removeWorkspaceRole', summary: 'Take a role from a user in a workspace' },
];

function addRoleRoute(app: FastifyInstance, http: HttpContext, route: RoleRoute): void {
  const isOfWorkspace = route.path === inWorkspace;
  addApiRoute(app, http, {
    ...route,
    ...(isOfWorkspace ? { version: 'v2' } : {}),
    access,
    tag: isOfWorkspace ? 'Workspaces' : tag,
    description:
      "What is so already stays. Nobody changes their own roles, gives or takes one above their own, or takes an organisation's last active administrator from it. Tokens go on, and the API sees the change at once.",
    params: Type.Object({
      user_id: userReference,
      ...(isOfWorkspace ? { workspace_id: workspaceId } : {}),
      role_id: roleId,
    }),
    success: { status: 204, description: 'So it is' },
    errors,
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const change = {
        granted: route.method === 'PUT',
        roleId: pathId(request, 'role_id', 'Role'),
        ...(isOfWorkspace ? { workspaceId: pathId(request, 'workspace_id', 'Workspace') } : {}),
      };
      await changeRole(http.service, callerOf(request), pathParameter(request, 'user_id'), change);
      return reply.code(204).send();
    },
  });
}
