import { portalHeader } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { type ApiRoute, describeRoute, type HttpContext } from './api-route.ts';

/** A call of the portal's own pages: below `/portal`, authenticated by their cookie if at all. */
type PortalRoute = Omit<ApiRoute, 'version' | 'access' | 'tag' | 'admitsEnrolment'>;

const headers = Type.Object({
  [portalHeader.name]: Type.Literal(portalHeader.value, {
    description: 'Says that a page of the portal calls: browsers let no page of another origin add it',
  }),
});

/** Adds a call for the portal's own pages; nothing of another origin gets as far as its handler. */
export function addPortalRoute(app: FastifyInstance, http: HttpContext, route: PortalRoute): void {
  const { method, handler, path, isLimited } = route;
  const errors = [...(route.errors ?? []), 'Forbidden'] as const;
  app.route({
    method,
    handler,
    url: `/portal${path}`,
    onRequest: [...(isLimited === false ? [] : [http.limitCalls]), http.checkPortal],
    schema: { ...describeRoute({ ...route, access: 'public', tag: 'Portal', errors }), headers },
  });
}
