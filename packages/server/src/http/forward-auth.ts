import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { Type } from 'typebox';
import { invalidInput } from '../domain/errors.ts';
import { authoriseForwarded } from '../domain/forward-auth.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';

const path = '/forward_auth';

const description = `For reverse proxies, which ask here before they pass a request on (nginx \`auth_request\`, Traefik \`forwardAuth\`, Caddy \`forward_auth\`, Envoy \`ext_authz\`). The bearer is the one of the request that is to be passed on. Whether it is good the store says: a suspended user, an ended session, and a revoked, expired or rotated application token are refused at once.

Any method is answered as \`GET\` is, without a look at the body. Below this path, whatever follows, the answer is 200 instead of 204, and the query is passed over: for Envoy, which sends the path and the query of the request, and takes nothing but 200 for a yes.

Nothing that proxies say about the request (\`X-Forwarded-Method\`, \`X-Forwarded-Uri\` …) is looked at. Calls with a good bearer are not counted by the limits.`;

/** Adds `GET /api/v1/forward_auth` (contract §8). */
export function addForwardAuthRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path,
    access: 'bearer',
    id: 'authoriseForwarded',
    tag: 'Verification',
    summary: 'Decide whether a proxy may pass a request on',
    description,
    querystring: Type.Object({
      role: Type.Optional(
        Type.String({
          description:
            'Requires one of these roles, between commas, or one that includes it: `Administrator,Observer`. Given several times, each is required',
        }),
      ),
    }),
    success: {
      status: 204,
      description: 'It may',
      headers: {
        'X-Auth-Subject': { type: 'string', description: '`user:42` or `application_token:7`' },
        'X-Auth-Actor': {
          type: 'string',
          description:
            'Who acts: the platform operator, `user:7`, in a support session, else the same as `X-Auth-Subject`',
        },
        'X-Auth-Organisation': { type: 'integer', description: "The organisation's id" },
        'X-Auth-Roles': { type: 'string', description: 'The roles, between commas: `Administrator,User`' },
      },
    },
    errors: ['Forbidden', 'InputValidationFailed', 'TooManyRequests'],
    isLimited: 'refused',
    judgesForOthers: true,
    handler: async (request, reply) => answerForwarded(request, reply, 204),
  });
  addOtherMethods(app, http);
}

/** Proxies differ in the method that they ask with, and in what they append to the path. */
function addOtherMethods(app: FastifyInstance, http: HttpContext): void {
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  const others = app.supportedMethods.filter((method) => method !== 'GET' && method !== 'HEAD');
  const common = { handler: unreachable, config: { access: 'bearer' }, schema: { hide: true } } as const;
  // In a hook, so that no body is read: it is not for us, and may be of any type and size.
  const answerWith = (status: 200 | 204): onRequestAsyncHookHandler[] => [
    http.checkLiveCaller,
    async (request, reply) => answerForwarded(request, reply, status),
  ];
  for (const version of ['v1', 'v2']) {
    const url = `/api/${version}${path}`;
    app.route({ ...common, method: others, url, onRequest: answerWith(204) });
    app.route({ ...common, method: ['GET', 'HEAD', ...others], url: `${url}/*`, onRequest: answerWith(200) });
  }
}

async function unreachable(): Promise<never> {
  throw new Error('the request was answered before');
}

function answerForwarded(request: FastifyRequest, reply: FastifyReply, status: 200 | 204): FastifyReply {
  const query = request.query as { role?: string | string[] };
  // Below the path the query is the client's.
  if (status === 204) refuseMisspelledRole(query);
  const { role = [] } = query;
  const identity = authoriseForwarded(callerOf(request), status === 200 ? [] : [role].flat());
  return reply
    .code(status)
    .header('x-auth-subject', identity.subject)
    .header('x-auth-actor', identity.actor)
    .header('x-auth-organisation', identity.organisation)
    .header('x-auth-roles', identity.roles)
    .send();
}

/** A requirement whose name is misspelt would let everybody pass. */
function refuseMisspelledRole(query: object): void {
  const name = Object.keys(query).find((each) => each !== 'role' && /^roles?(?:\[.*\])?$/i.test(each));
  if (name === undefined) return;
  throw invalidInput([{ token: 'InvalidFormat', message: 'role - write the name of the parameter just so: role.' }]);
}
