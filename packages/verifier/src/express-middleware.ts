import type { NodeRequest } from './bearer.ts';
import { keepClaims } from './claims-of.ts';
import { answerRefusal, type HookOptions } from './hook-options.ts';
import { verifyRequest } from './request-verifier.ts';
import type { Verifier } from './verifier.ts';

/** As much of Express's, or `node:http`'s, response as the middleware needs. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

/**
 * Makes a middleware for Express that lets in requests whose token is accepted, and answers all others.
 *
 * @example
 * app.use(createExpressMiddleware(verifier, { roles: ['Administrator'] }));
 * app.get('/', (request, response) => response.json(claimsOf(request).sub));
 */
export function createExpressMiddleware<Request extends NodeRequest = NodeRequest>(
  verifier: Verifier,
  options: HookOptions<Request> = {},
): (request: Request, response: NodeResponse, next: (error?: unknown) => void) => void {
  const addressOf = options.addressOf ?? (({ socket }: Request) => socket.remoteAddress);
  const requirement = { ...options, addressOf };
  return (request, response, next) => {
    verifyRequest(verifier, requirement, request, request)
      .then((claims) => keepClaims(request, claims))
      .catch((error) => {
        const { status, headers, body } = answerRefusal(error, request, options, verifier.audience);
        response.writeHead(status, headers);
        response.end(body);
        return 'answered' as const;
      })
      .then((answered) => answered ?? next(), next);
  };
}
