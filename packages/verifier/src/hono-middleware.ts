import type { WebRequest } from './bearer.ts';
import { keepClaims } from './claims-of.ts';
import { answerRefusal, type HookOptions } from './hook-options.ts';
import { verifyRequest } from './request-verifier.ts';
import type { Verifier } from './verifier.ts';

/** As much of Hono's context as the middleware needs. */
export interface HonoContextLike {
  readonly req: { readonly raw: WebRequest };
  /** On Node.js, what `@hono/node-server` puts there: the request of `node:http`. */
  readonly env?: unknown;
}

/**
 * Makes a middleware for Hono that lets in requests whose token is accepted, and answers all others.
 *
 * The address that `enforceAddress` needs is the socket's under `@hono/node-server`; elsewhere `addressOf` has to say it.
 *
 * @example
 * app.use(createHonoMiddleware(verifier, { roles: ['Administrator'] }));
 * app.get('/', (context) => context.text(claimsOf(context).sub));
 */
export function createHonoMiddleware<Context extends HonoContextLike = HonoContextLike>(
  verifier: Verifier,
  options: HookOptions<Context> = {},
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const requirement = { ...options, addressOf: options.addressOf ?? addressOfSocket };
  return async (context, next) => {
    try {
      keepClaims(context, await verifyRequest(verifier, requirement, context, context.req.raw));
    } catch (error) {
      const { status, headers, body } = answerRefusal(error, context, options, verifier.audience);
      return new Response(body, { status, headers });
    }
    await next();
    return undefined;
  };
}

function addressOfSocket({ env }: HonoContextLike): string | undefined {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress;
}
