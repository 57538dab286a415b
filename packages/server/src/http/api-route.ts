import type { ErrorToken } from '@keywright/contract';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  onRequestHookHandler,
} from 'fastify';
import type { TSchema } from 'typebox';
import type { Service } from '../domain/service.ts';
import { answersOf, type Success } from './api-answers.ts';
import type { ClientFinder } from './client.ts';
import type { HttpOptions } from './http-options.ts';
import type { PortalReader } from './portal-build.ts';
import type { Access } from './request-state.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Public where absent. */
    access?: Access;
  }
  interface FastifySchema {
    /** Whether a request may come without the body that the schema describes. */
    'x-body-optional'?: boolean;
  }
}

/** What the modules with routes work with. */
export interface HttpContext {
  readonly service: Service;
  readonly options: HttpOptions;
  readonly clientOf: ClientFinder;
  readonly checkCaller: onRequestAsyncHookHandler;
  /** Lets those in, too, who have yet to set a second factor up. */
  readonly checkEnroller: onRequestAsyncHookHandler;
  /** Counts those alone whom it does not let in. */
  readonly checkUncountedCaller: onRequestAsyncHookHandler;
  /** The same, as those judge a bearer who follow the revocation feed: see live-caller.ts. */
  readonly checkLiveCaller: onRequestAsyncHookHandler;
  readonly limitCalls: onRequestHookHandler;
  /** The portal as it was built; undefined where it is not. */
  readonly readPortal: PortalReader;
  /** Lets in the portal's own pages alone. */
  readonly checkPortal: onRequestHookHandler;
}

/** A route of the API with what the API reference says of it. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1` or `/api/v2`. */
  readonly path: string;
  /**
   * `v1` where v2 has an operation of its own at this path, which is declared as `v2`. Where absent, the operation stands
   * in v1 and answers under v2 too.
   */
  readonly version?: 'v1' | 'v2';
  readonly access: Access;
  /** The operation's id in the API reference. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  /** The headers that mean something here. */
  readonly headers?: TSchema;
  readonly body?: TSchema;
  readonly isBodyOptional?: boolean;
  readonly success: Success;
  /** What it answers when all is well in another way. */
  readonly alternative?: Success;
  /** Whether an `mfa_token` for enrolment is a bearer here; false where absent. */
  readonly admitsEnrolment?: boolean;
  /** The errors of this route's own, beyond those that every route of its kind can answer. */
  readonly errors?: readonly ErrorToken[];
  /** Whether calls count against their address; true where absent. `refused`: those alone whose bearer is refused. */
  readonly isLimited?: boolean | 'refused';
  /** Whether the route judges a bearer for others, by more than our own API looks at (see live-caller.ts); false where absent. */
  readonly judgesForOthers?: boolean;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
}

/** Adds a route below `/api/v1` with its alias below `/api/v2`, or below the one that its operation is for. */
export function addApiRoute(app: FastifyInstance, http: HttpContext, route: ApiRoute): void {
  const { isLimited = true } = route;
  const onRequest = [
    ...(isLimited === true ? [http.limitCalls] : []),
    ...(route.access === 'bearer' ? [callerCheckOf(route, http)] : []),
  ];
  const { method, handler, path, version } = route;
  const common = { method, handler, onRequest, config: { access: route.access } };
  app.route({ ...common, url: `/api/${version ?? 'v1'}${path}`, schema: describeRoute(route) });
  if (version === undefined) app.route({ ...common, url: `/api/v2${path}`, schema: { hide: true } });
}

function callerCheckOf(route: ApiRoute, http: HttpContext): onRequestAsyncHookHandler {
  const { admitsEnrolment, isLimited, judgesForOthers } = route;
  if (isLimited === 'refused') return judgesForOthers === true ? http.checkLiveCaller : http.checkUncountedCaller;
  return admitsEnrolment === true ? http.checkEnroller : http.checkCaller;
}

/** What the API reference says of a route, in the form that its generator reads. */
export function describeRoute(route: ApiRoute): object {
  const { params, querystring, headers, body, summary, description } = route;
  return {
    operationId: route.id,
    tags: [route.tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(params === undefined ? {} : { params }),
    ...(querystring === undefined ? {} : { querystring }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body, 'x-body-optional': route.isBodyOptional === true }),
    security: route.access === 'bearer' ? [{ bearer: [] }] : [],
    response: answersOf({
      access: route.access,
      hasParams: params !== undefined,
      readsBody: route.method !== 'GET',
      hasBody: body !== undefined,
      isLimited: route.isLimited !== false,
      success: route.success,
      alternative: route.alternative,
      errors: route.errors ?? [],
    }),
  };
}
