import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
} from 'fastify';
import { identifyCaller } from '../domain/caller.ts';
import { identifyLiveCaller } from '../domain/live-caller.ts';
import type { Service } from '../domain/service.ts';
import { addActivationRoutes } from './activation.ts';
import type { HttpContext } from './api-route.ts';
import { addApplicationTokenRoutes } from './application-token.ts';
import { addAuthenticateRoutes } from './authenticate.ts';
import { createCallerCheck, createEnrollerCheck, createUncountedCallerCheck } from './caller.ts';
import { createClientFinder } from './client.ts';
import {
  answerExpectations,
  connectionLimits,
  createClientErrorHandler,
  isTooMuchToDiscard,
  refuseConnect,
  settleRequest,
} from './connection.ts';
import { createCorsHeaders } from './cors.ts';
import { addDocsPage } from './docs-page.ts';
import { createErrorReply } from './error-reply.ts';
import { addEventRoutes } from './event.ts';
import { addForwardAuthRoutes } from './forward-auth.ts';
import { addHealthRoutes } from './health.ts';
import type { HttpOptions } from './http-options.ts';
import { createInterception } from './interception.ts';
import { acceptJsonOnly } from './json-body.ts';
import type { RouteMeter } from './metrics.ts';
import { addMetricsRoute } from './metrics-route.ts';
import { addOAuthRoutes } from './oauth.ts';
import { addOpenApiRoute, createOpenApi, gatherOpenApi } from './openapi.ts';
import { addOrganisationRoutes } from './organisation.ts';
import { addOwnDataRoute } from './own-data.ts';
import { isPage, setPageHeaders } from './page-headers.ts';
import { addPasswordRoutes } from './password.ts';
import { addPortalActivationRoute } from './portal-activation.ts';
import { createPortalReader } from './portal-build.ts';
import { addPortalFiles } from './portal-files.ts';
import { createPortalCheck } from './portal-request.ts';
import { addPortalSessionRoutes } from './portal-session.ts';
import { addPortalSettingsRoute } from './portal-settings.ts';
import { createCallLimit } from './rate-limit.ts';
import { createRequestIds } from './request-id.ts';
import { beginRequest, decorateRequests, endConnection, judgeHeader, startRequest } from './request-state.ts';
import { addRevocationRoutes } from './revocation.ts';
import { addRoleRoutes } from './role.ts';
import { addSecondFactorRoutes } from './second-factor.ts';
import { addSessionRoutes } from './session.ts';
import { addSetupRoutes } from './setup.ts';
import { closeGracefully } from './shutdown.ts';
import { addSignUpRoutes } from './signup.ts';
import { addSupportRoutes } from './support.ts';
import { addTrustedDeviceRoutes } from './trusted-device.ts';
import { answerUnmatched } from './unmatched.ts';
import { addUserRoutes } from './user.ts';
import { addWellKnownRoutes } from './well-known.ts';
import { addWorkspaceRoutes } from './workspace.ts';

const requestIdPrefixBytes = 6;

/** Puts the HTTP side of the service together; the caller lets it listen and closes it. */
export function buildHttp(service: Service, options: HttpOptions): FastifyInstance {
  const unmatched = options.metrics.meterRoute('any', 'unmatched');
  const app = createApp(service, options, unmatched);
  decorateRequests(app);
  acceptJsonOnly(app);
  app.setErrorHandler(createErrorReply(service.log));
  const { closeGraceSeconds: graceSeconds = 8, closeLingerMs: lingerMs = 0 } = options;
  // Streams have no end of their own to wait for.
  app.addHook('preClose', async () => service.revocations.close());
  const isClosing = closeGracefully(app, { graceSeconds, lingerMs });
  addHooks(app, { service, options, unmatched, isClosing });
  const clientOf = createClientFinder(options.trustedProxies ?? []);
  const http: HttpContext = {
    service,
    options,
    clientOf,
    checkCaller: createCallerCheck(service, clientOf),
    checkEnroller: createEnrollerCheck(service, clientOf),
    checkUncountedCaller: createUncountedCallerCheck(service, clientOf, identifyCaller),
    checkLiveCaller: createUncountedCallerCheck(service, clientOf, identifyLiveCaller),
    limitCalls: createCallLimit(service.limits, clientOf),
    checkPortal: createPortalCheck(service),
    readPortal: createPortalReader(options.portalDir),
  };
  options.metrics.watch(service);
  gatherOpenApi(app, options.version);
  // After the gatherer, which has to see the routes come.
  app.register((routes, _options, done) => {
    addRoutes(routes, http, isClosing);
    done();
  });
  return app;
}

type CompilersFactory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

/**
 * Bodies are checked by those who read them (request-body.ts): the schemas of routes document, and compile to nothing.
 * The types ask for what Ajv makes, which Fastify never looks at.
 */
const documentOnly = {
  buildValidator: () => () => () => true,
  buildSerializer: () => () => (data: unknown) => JSON.stringify(data),
} as unknown as CompilersFactory;

function createApp(service: Service, options: HttpOptions, unmatched: RouteMeter): FastifyInstance {
  const nextRequestId = createRequestIds(service.random.bytes(requestIdPrefixBytes));
  const bodyLimit = options.bodyLimitBytes ?? 65_536;
  const errorReply = createErrorReply(service.log);
  const serverOptions: FastifyServerOptions = {
    genReqId: nextRequestId,
    bodyLimit,
    requestTimeout: connectionLimits.requestTimeout,
    keepAliveTimeout: connectionLimits.keepAliveTimeout,
    // Ids are judged by those who read them, as everything in a path; the header's limit bounds them.
    routerOptions: { maxParamLength: connectionLimits.maxHeaderSize },
    // What comes in on a connection that is about to close is answered like anything else.
    return503OnClosing: false,
    schemaController: { compilersFactory: documentOnly },
    clientErrorHandler: createClientErrorHandler(service.log, nextRequestId),
    frameworkErrors: (error, request, reply) => {
      startRequest(request, reply, unmatched, 'public');
      errorReply(judgeHeader(request) ?? error, request, reply);
      // No hook runs for these.
      settle(request, reply);
    },
  };
  const app = createInstance(serverOptions, options.tls);
  app.setReplySerializer((payload) => JSON.stringify(payload));
  answerExpectations(app.server, bodyLimit);
  refuseConnect(app.server, nextRequestId);
  return app;
}

function createInstance(serverOptions: FastifyServerOptions, tls: HttpOptions['tls']): FastifyInstance {
  if (tls === undefined) return fastify({ ...serverOptions, http: connectionLimits });
  const https = { ...connectionLimits, cert: tls.cert, key: tls.key };
  // An HTTPS server is typed as another kind of instance, which is all the same to the routes.
  return fastify({ ...serverOptions, https } as FastifyServerOptions);
}

function addHooks(
  app: FastifyInstance,
  context: {
    readonly service: Service;
    readonly options: HttpOptions;
    readonly unmatched: RouteMeter;
    readonly isClosing: () => boolean;
  },
): void {
  const { service, options, unmatched, isClosing } = context;
  const interceptions = options.intercept === undefined ? [] : [createInterception(options.intercept)];
  app.addHook('onRoute', (route) => {
    const [method = 'any', ...others] = [route.method].flat();
    const meter = options.metrics.meterRoute(others.length === 0 ? method : 'any', route.url);
    const begin = beginRequest(meter, route.config?.access ?? 'public');
    route.onRequest = [begin, ...interceptions, ...[route.onRequest ?? []].flat()];
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    startRequest(request, reply, unmatched, 'public');
    const refusal = judgeHeader(request);
    if (refusal !== undefined) done(refusal);
    else answerUnmatched(app, request, reply);
  });
  const setCorsHeaders = createCorsHeaders(options.corsOrigins ?? []);
  app.addHook('onSend', (request, reply, payload, done) => {
    if (setCorsHeaders !== undefined) setCorsHeaders(request, reply);
    if (isPage(reply)) setPageHeaders(reply, service.settings.publicUrl());
    if (isTooMuchToDiscard(request.raw, reply.statusCode)) endConnection(request);
    if (request.isLast || isClosing()) reply.header('connection', 'close');
    settle(request, reply);
    done(null, payload);
  });
}

/** Counts a request that is answered, and sees to what is left of it. */
function settle(request: FastifyRequest, reply: FastifyReply): void {
  settleRequest(request.raw, request.isLast);
  request.meter?.observe(reply.statusCode, (performance.now() - request.startedAt) / 1000);
}

function addRoutes(app: FastifyInstance, http: HttpContext, isClosing: () => boolean): void {
  addAuthenticateRoutes(app, http);
  addApplicationTokenRoutes(app, http);
  addUserRoutes(app, http);
  addOwnDataRoute(app, http);
  addRoleRoutes(app, http);
  addWorkspaceRoutes(app, http);
  addActivationRoutes(app, http);
  addSignUpRoutes(app, http);
  addPasswordRoutes(app, http);
  addSecondFactorRoutes(app, http);
  addTrustedDeviceRoutes(app, http);
  addSessionRoutes(app, http);
  addSupportRoutes(app, http);
  addOrganisationRoutes(app, http);
  addEventRoutes(app, http);
  addPortalSessionRoutes(app, http);
  addPortalActivationRoute(app, http);
  addPortalSettingsRoute(app, http);
  addPortalFiles(app, http);
  addSetupRoutes(app, http);
  addOAuthRoutes(app, http);
  addForwardAuthRoutes(app, http);
  addRevocationRoutes(app, http);
  addWellKnownRoutes(app, http);
  addHealthRoutes(app, http, isClosing);
  addMetricsRoute(app, http);
  const openApi = createOpenApi(app, http);
  addOpenApiRoute(app, openApi);
  addDocsPage(app, openApi);
}
