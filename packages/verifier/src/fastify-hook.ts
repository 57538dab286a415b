import type { NodeRequest } from './bearer.ts';
import { keepClaims } from './claims-of.ts';
import { answerRefusal, type HookOptions } from './hook-options.ts';
import { verifyRequest } from './request-verifier.ts';
import type { Verifier } from './verifier.ts';

/** As much of Fastify's request as the hook needs. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
}

/** As much of Fastify's reply as the hook needs. */
export interface FastifyReplyLike {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(payload: string): unknown;
}

/**
 * Makes an `onRequest` hook of Fastify's that lets in requests whose token is accepted, and answers all others.
 *
 * @example
 * app.addHook('onRequest', createFastifyHook(verifier, { roles: ['Administrator'] }));
 * app.get('/', (request) => claimsOf(request).sub);
 */
export function createFastifyHook<
  Request extends FastifyRequestLike = FastifyRequestLike,
  Reply extends FastifyReplyLike = FastifyReplyLike,
>(verifier: Verifier, options: HookOptions<Request> = {}): (request: Request, reply: Reply) => Promise<unknown> {
  const addressOf = options.addressOf ?? (({ raw }: Request) => raw.socket.remoteAddress);
  const requirement = { ...options, addressOf };
  return async (request, reply) => {
    try {
      keepClaims(request, await verifyRequest(verifier, requirement, request, request.raw));
      return undefined;
    } catch (error) {
      const { status, headers, body } = answerRefusal(error, request, options, verifier.audience);
      reply.code(status);
      reply.headers(headers);
      return reply.send(body);
    }
  };
}
