import { TrustedDeviceSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { deleteTrustedDevice, listTrustedDevices } from '../domain/trusted-device.ts';
import { pageHeaders } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery } from './collection.ts';
import { pathId, pathParameter } from './path-id.ts';
import { answerSmallCollection, smallCollectionFields } from './small-collection.ts';

const tag = 'Second factors';
const access = 'bearer';
const userId = { user_id: Type.String({ description: "`my`, or a user's id or username", examples: ['my'] }) };
const deviceId = { device_id: Type.Integer({ description: "The trusted device's id" }) };

/** One user's devices: the caller's, or those of the user in the path. */
interface Owner {
  readonly path: string;
  /** What the ids of operations end in. */
  readonly suffix: string;
  readonly whose: string;
  readonly params: Readonly<Record<string, TSchema>>;
}

const owners: readonly Owner[] = [
  { path: '/user/mfa/trusted_device', suffix: 'Own', whose: 'your own', params: {} },
  { path: '/user/:user_id/mfa/trusted_device', suffix: '', whose: "a user's", params: userId },
];

/** Adds the routes of trusted devices (contract §5). */
export function addTrustedDeviceRoutes(app: FastifyInstance, http: HttpContext): void {
  for (const owner of owners) addOwnerRoutes(app, http, owner);
}

function addOwnerRoutes(app: FastifyInstance, http: HttpContext, { path, suffix, whose, params }: Owner): void {
  const { service } = http;
  addApiRoute(app, http, {
    method: 'GET',
    path,
    access,
    id: `list${suffix}TrustedDevices`,
    tag,
    summary: `List ${whose} trusted devices`,
    description:
      "A trusted device skips the second step until its `expiry_date`; a new password or a change of the second factors ends that at once. Others' devices are for administrators of their home organisation.",
    ...(Object.keys(params).length === 0 ? {} : { params: Type.Object({ ...params }) }),
    querystring: collectionQuery(smallCollectionFields),
    success: {
      status: 200,
      description: 'The trusted devices; never with their fingerprints',
      schema: Type.Array(TrustedDeviceSchema),
      headers: pageHeaders,
    },
    errors: [
      'Forbidden',
      'InvalidQueryCriteria',
      'InvalidSortCriteria',
      ...(suffix === '' ? ['NotFound' as const] : []),
    ],
    handler: (request, reply) => {
      const reference = pathParameter(request, 'user_id') || 'my';
      return answerSmallCollection(request, reply, () => listTrustedDevices(service, callerOf(request), reference));
    },
  });
  addApiRoute(app, http, {
    method: 'DELETE',
    path: `${path}/:device_id`,
    access,
    id: `delete${suffix}TrustedDevice`,
    tag,
    summary: `Trust ${whose} device no longer`,
    params: Type.Object({ ...params, ...deviceId }),
    success: { status: 204, description: 'The next sign-in from it asks for the second factor' },
    errors: ['Forbidden', 'NotFound'],
    handler: async (request, reply) => {
      const reference = pathParameter(request, 'user_id') || 'my';
      await deleteTrustedDevice(service, callerOf(request), reference, pathId(request, 'device_id', 'Trusted device'));
      return reply.code(204).send();
    },
  });
}
