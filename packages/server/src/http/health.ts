import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../domain/errors.ts';
import { answersOf } from './api-answers.ts';
import type { HttpContext } from './api-route.ts';

/** How long the database may take to answer before the instance counts as not ready. */
const pingTimeoutMs = 3_000;

const HealthSchema = Type.Object({ status: Type.String() }, { title: 'Health' });

/**
 * Adds `GET /healthz` (the process lives) and `GET /readyz` (it can serve: its database answers, and it is neither
 * starting nor stopping).
 */
export function addHealthRoutes(app: FastifyInstance, http: HttpContext, isClosing: () => boolean): void {
  app.get('/healthz', { schema: healthSchema('getHealth', 'Whether the process lives', 'It lives') }, async () => ({
    status: 'alive',
  }));
  app.get(
    '/readyz',
    { schema: healthSchema('getReadiness', 'Whether the instance can serve', 'It can serve') },
    async () => {
      if (isClosing() || http.options.isReady?.() === false) {
        throw new Refusal('Unavailable', { message: 'Starting or stopping', reason: 'starting or stopping' });
      }
      await withinTime(http.service.database.ping());
      return { status: 'ready' };
    },
  );
}

function healthSchema(operationId: string, summary: string, description: string): object {
  return {
    operationId,
    tags: ['Operation'],
    summary,
    security: [],
    response: answersOf({
      access: 'public',
      hasBody: false,
      isLimited: false,
      success: { status: 200, description, schema: HealthSchema },
      errors: [],
    }),
  };
}

async function withinTime(ping: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Refusal('Unavailable', { reason: `the database did not answer within ${pingTimeoutMs} ms` }));
  }, pingTimeoutMs);
  try {
    await Promise.race([ping, promise]);
  } finally {
    clearTimeout(timer);
  }
}
