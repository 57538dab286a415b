import { portalHeader } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { type ApiRoute, describeRoute, type HttpContext } from './api-route.ts';

/** A call of the portal's own pages: below `/portal`, authenticated by their cookie if at all. */
interface PortalRoute extends Omit<ApiRoute, 'version' | 'access' | 'tag' | 'admitsEnrolment'> {
  /** Whether the cookie plays no part, so that it is all the same whose page calls; false where absent. */
  readonly isOpen?: boolean;
}

const headers = Type.Object({
  [portalHeader.name]: Type.Literal(portalHeader.value, {
    description: 'Says that a page of the portal calls: browsers let no page of another origin add it',
  }),
});

/** Adds a call for the portal's own pages: unless it is open, nothing of another origin gets as far as its handler. */
export function addPortalRoute(app: FastifyInstance, http: HttpContext, route: PortalRoute): void {
  const { method, handler, path, isOpen = false, isLimited = true } = route;
  const errors = [...(route.errors ?? []), ...(isOpen ? [] : (['Forbidden'] as const))];
  const described = describeRoute({ ...route, access: 'public', tag: 'Portal', errors });
  app.route({
    method,
    handler,
    url: `/portal${path}`,
    onRequest: [...(isLimited ? [http.limitCalls] : []), ...(isOpen ? [] : [http.checkPortal])],
    schema: isOpen ? described : { ...described, headers },
  });
}
