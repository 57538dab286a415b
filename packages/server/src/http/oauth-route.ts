import { OAuthErrorSchema } from '@keywright/contract';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { TSchema } from 'typebox';
import type { ClientCredentials } from '../domain/client-credentials.ts';
import { identifyClient, refuseClient } from '../domain/client-credentials.ts';
import { Refusal } from '../domain/errors.ts';
import type { Caller } from '../domain/service.ts';
import { type Answer, contentOf, errorHeaders, requestIdHeader, type Success, successAnswer } from './api-answers.ts';
import type { HttpContext } from './api-route.ts';
import { bringsBearer, identifyUncounted } from './caller.ts';
import { inBothWays, readClientCredentials } from './client-credentials.ts';
import { formMediaType } from './form-body.ts';
import { countCall } from './rate-limit.ts';
import { formOf, type StrictForm } from './strict-form.ts';

/** An endpoint of OAuth with what the API reference says of it. */
export interface OAuthRoute {
  /** Below `/oauth2`. */
  readonly path: string;
  readonly access: 'client' | 'client_or_bearer';
  /** The operation's id in the API reference. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly body: TSchema;
  readonly success: Success;
  /** The errors of this endpoint's own, by their status: texts of the API reference. */
  readonly errors: Readonly<Record<number, string>>;
  readonly isLimited: boolean;
  readonly handler: (request: FastifyRequest, form: StrictForm) => Promise<unknown>;
}

/** What each of them can answer when something is wrong, in the API reference. */
const commonErrors: Readonly<Record<number, string>> = {
  401: 'invalid_client, invalid_token',
  413: 'invalid_request: the body is too large',
  415: `invalid_request: the body is no ${formMediaType}`,
  429: 'temporarily_unavailable: too many requests',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

const securityOf = { client: [{ client: [] }], client_or_bearer: [{ client: [] }, { bearer: [] }] } as const;

/** Adds an endpoint of OAuth: a form comes in, JSON goes out. */
export function addOAuthRoute(app: FastifyInstance, http: HttpContext, route: OAuthRoute): void {
  const schema = {
    operationId: route.id,
    tags: ['OAuth 2.0'],
    summary: route.summary,
    description: route.description,
    consumes: [formMediaType],
    body: route.body,
    security: securityOf[route.access],
    response: answersOf(route),
  };
  const onRequest = [forbidKeeping, ...(route.isLimited ? [http.limitCalls] : [])];
  app.post(`/oauth2${route.path}`, { schema, config: { access: route.access }, onRequest }, (request) =>
    route.handler(request, formOf(request)),
  );
}

/** Beside `Cache-Control`, for what is older than that (RFC 6749 §5.1). */
const forbidKeeping: onRequestHookHandler = (_request, reply, done) => {
  reply.header('pragma', 'no-cache');
  done();
};

function answersOf({ success, errors }: OAuthRoute): Record<number, Answer> {
  const declared = Object.entries({ ...commonErrors, ...errors }).map(([status, description]): [number, Answer] => [
    Number(status),
    {
      description,
      ...contentOf(OAuthErrorSchema),
      headers: { ...errorHeaders[Number(status)], 'X-Request-Id': requestIdHeader },
    },
  ]);
  return Object.fromEntries([successAnswer(success), ...declared]);
}

/**
 * The client's credentials. Such as can't be read count as wrong ones do.
 *
 * @throws Refusal InvalidToken where there are none; as {@link readClientCredentials}; TooManyRequests
 */
export async function requireClientCredentials(
  { service, clientOf }: HttpContext,
  request: FastifyRequest,
  form: StrictForm,
): Promise<ClientCredentials> {
  try {
    const credentials = readClientCredentials(request, form);
    if (credentials !== undefined) return credentials;
  } catch (error) {
    if (!(error instanceof Refusal) || error.token !== 'InvalidToken') throw error;
    return refuseClient(service, error, clientOf(request));
  }
  // A call, but no attempt: some libraries send credentials only once they were asked for them.
  countCall(service.limits, clientOf(request));
  throw new Refusal('InvalidToken', { message: 'Client credentials are needed', reason: 'no client credentials' });
}

/**
 * Finds out who calls an endpoint that takes client credentials or a bearer. Good ones are not counted.
 *
 * @throws Refusal BadRequest where both came; InvalidToken, TokenExpired, TooManyRequests
 */
export async function findOAuthCaller(http: HttpContext, request: FastifyRequest, form: StrictForm): Promise<Caller> {
  if (!bringsBearer(request)) {
    const credentials = await requireClientCredentials(http, request, form);
    return identifyClient(http.service, credentials, http.clientOf(request));
  }
  if (form.has('client_id') || form.has('client_secret')) throw inBothWays();
  return identifyUncounted(http.service, request, http.clientOf(request));
}

/**
 * A parameter that has to be there.
 *
 * @throws Refusal BadRequest
 */
export function requireParameter(form: StrictForm, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new Refusal('BadRequest', { message: `${name} is required` });
  return value;
}
