import {
  CreatedMfaKeySchema,
  CreateMfaKeySchema,
  CreateRecoveryCodesSchema,
  DeleteMfaKeySchema,
  mfaStatuses,
  mfaTypes,
  RecoveryCodesSchema,
  UpdateMfaKeySchema,
} from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { createMfaKey, replaceRecoveryCodes } from '../domain/second-factor.ts';
import { activateMfaKey } from '../domain/second-factor-activation.ts';
import { deleteMfaKey } from '../domain/second-factor-removal.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { addLookupRoute } from './lookup-route.ts';
import { pathId, pathParameter } from './path-id.ts';
import { requestBody } from './request-body.ts';

const label = 'Second factor';
const tag = 'Second factors';
const access = 'bearer';
const keyId = Type.Integer({ description: "The second factor's id" });
const createBody = requestBody(label, CreateMfaKeySchema);
const updateBody = requestBody(label, UpdateMfaKeySchema);
const deleteBody = requestBody(label, DeleteMfaKeySchema);
const recoveryBody = requestBody(label, CreateRecoveryCodesSchema);

/** Adds the routes of second factors (contract §5). */
export function addSecondFactorRoutes(app: FastifyInstance, http: HttpContext): void {
  addLookupRoute(app, http, {
    path: '/user/mfa/status',
    id: 'listMfaStatuses',
    tag,
    summary: 'What the status of a second factor may be',
    values: mfaStatuses,
  });
  addLookupRoute(app, http, {
    path: '/user/mfa/type',
    id: 'listMfaTypes',
    tag,
    summary: 'What a second factor may be',
    values: mfaTypes,
  });
  addSetupRoutes(app, http);
  addRecoveryCodeRoute(app, http);
  addDeleteRoute(app, http);
}

function addSetupRoutes(app: FastifyInstance, http: HttpContext): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user/mfa',
    access,
    admitsEnrolment: true,
    id: 'createMfaKey',
    tag,
    summary: 'Begin to set a second factor up',
    description:
      'It is in force once its first code has confirmed it; a factor that is not confirmed within an hour may be begun anew, and one that waits may be removed. For a TOTP the answer holds `secret_key` and `otpauth`, this once; for a passkey `public_key`, what `navigator.credentials.create()` takes; for e-mail codes the first code is mailed. A wrong password counts as one at a sign-in does. Beside a factor that is active it takes a `code` too, unless the sign-in passed the second factor, or the first one was put in force, within ten minutes (1406).\n\nWhere an organisation requires a second factor, a user without one gets an `mfa_token` with the method `enrolment`: it is a bearer here and for the activation, and nowhere else; then it goes into the second step as any other. With it, one that waits for its first code is begun anew at any time.',
    body: createBody.schema,
    success: { status: 200, description: 'The second factor, waiting for its first code', schema: CreatedMfaKeySchema },
    errors: ['Forbidden', 'Conflict', 'NotAllowed'],
    handler: (request) => createMfaKey(service, callerOf(request), () => createBody.read(request.body)),
  });
  addApiRoute(app, http, {
    method: 'PATCH',
    path: '/user/mfa/:key_id',
    access,
    admitsEnrolment: true,
    id: 'activateMfaKey',
    tag,
    summary: 'Put a second factor in force',
    description:
      '`{ "status": { "id": 1 }, "code": … }` with the first code, which is used up by that; for a passkey with `credential`, what `navigator.credentials.create()` gave, as JSON. Every trusted device and every `mfa_token` that waits for its second step is void from then on.',
    params: Type.Object({ key_id: keyId }),
    body: updateBody.schema,
    success: { status: 204, description: 'Active' },
    errors: ['Forbidden', 'NotFound', 'Conflict'],
    handler: async (request, reply) => {
      const input = () => updateBody.read(request.body);
      await activateMfaKey(service, callerOf(request), pathId(request, 'key_id', label), input);
      return reply.code(204).send();
    },
  });
}

function addRecoveryCodeRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user/mfa/recovery_code',
    access,
    id: 'createRecoveryCodes',
    tag,
    summary: 'Make recovery codes',
    description:
      'Ten codes, each for one use as `code` in the second step, in the place of any made before. They are shown this once, and go with the last second factor; while none is in force, there are none (1406). They take a `code` too, unless the sign-in passed the second factor, or the first one was put in force, within ten minutes (1406).',
    body: recoveryBody.schema,
    success: { status: 200, description: 'The codes', schema: RecoveryCodesSchema },
    errors: ['Forbidden', 'NotAllowed'],
    handler: (request) => replaceRecoveryCodes(http.service, callerOf(request), () => recoveryBody.read(request.body)),
  });
}

function addDeleteRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'DELETE',
    path: '/user/:user_id/mfa/:key_id',
    access,
    id: 'deleteMfaKey',
    tag,
    summary: 'Remove a second factor',
    description:
      "Your own active one: within ten minutes of a sign-in with the second factor, or with `password` and `code` in the body. Others': for administrators of their home organisation. Every trusted device and every `mfa_token` that waits for its second step is void from then on.",
    params: Type.Object({
      user_id: Type.String({ description: "`my`, or a user's id or username", examples: ['my'] }),
      key_id: keyId,
    }),
    body: deleteBody.schema,
    isBodyOptional: true,
    success: { status: 204, description: 'Removed' },
    errors: ['Forbidden', 'NotFound', 'NotAllowed'],
    handler: async (request, reply) => {
      const input = () => deleteBody.read(request.body ?? {});
      const key = pathId(request, 'key_id', label);
      await deleteMfaKey(http.service, callerOf(request), pathParameter(request, 'user_id'), key, input);
      return reply.code(204).send();
    },
  });
}
