import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { addApiRoute, type HttpContext } from './api-route.ts';

const LookupSchema = Type.Object({ id: Type.Integer(), description: Type.String() }, { title: 'Lookup value' });

/** Adds a route that answers a fixed list: what the numbers in resources stand for. */
export function addLookupRoute(
  app: FastifyInstance,
  http: HttpContext,
  lookup: {
    readonly path: string;
    readonly id: string;
    readonly tag: string;
    readonly summary: string;
    readonly values: readonly { readonly id: number }[];
    /** One value; `{ id, description }` where absent. */
    readonly schema?: TSchema;
  },
): void {
  const { path, id, tag, summary, values } = lookup;
  addApiRoute(app, http, {
    method: 'GET',
    path,
    access: 'bearer',
    id,
    tag,
    summary,
    success: { status: 200, description: 'Every value', schema: Type.Array(lookup.schema ?? LookupSchema) },
    handler: async () => values,
  });
}
