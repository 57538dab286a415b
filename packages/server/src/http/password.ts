import { PasswordChangeSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { changePassword } from '../domain/password-change.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { requestBody } from './request-body.ts';

const changeBody = requestBody('Password change', PasswordChangeSchema);

/** Adds `PATCH /api/v1/user/password`. */
export function addPasswordRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'PATCH',
    path: '/user/password',
    access: 'bearer',
    id: 'changePassword',
    tag: 'Users',
    summary: 'Change your own password',
    description:
      'The calling session goes on; every other one ends, and so do pending `mfa_token`s and trusted devices. Application tokens stay. A wrong `old_password` is 422, and counts towards the lock-out like a failed sign-in.',
    body: changeBody.schema,
    success: { status: 204, description: 'Changed' },
    errors: ['Forbidden'],
    handler: async (request, reply) => {
      await changePassword(http.service, callerOf(request), () => changeBody.read(request.body));
      return reply.code(204).send();
    },
  });
}
