import { OwnDataSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { type GatheredOwnData, gatherOwnData } from '../domain/own-data.ts';
import { answerPieces } from './answer-pieces.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';

/** Adds `GET /api/v1/user/my/data`: what the service keeps about whoever asks. */
export function addOwnDataRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/my/data',
    access: 'bearer',
    id: 'getOwnData',
    tag: 'Users',
    summary: 'Get what the service keeps about you',
    description:
      'Everything but secrets, in one document: profile, workspaces, sessions, second factors, trusted devices, the application tokens that you made and the events that concern you, in whatever organisation they are. For people who signed in.',
    success: {
      status: 200,
      description: 'The document, as a file to keep',
      schema: OwnDataSchema,
      headers: { 'Content-Disposition': { type: 'string', description: 'The name of the file' } },
    },
    errors: ['Forbidden'],
    handler: async (request, reply) => {
      const gathered = await gatherOwnData(http.service, callerOf(request));
      reply.header('content-disposition', 'attachment; filename="keywright-data.json"');
      reply.type('application/json; charset=utf-8');
      return answerPieces(http.service.log, request, reply, writeDocument(gathered));
    },
  });
}

/** One JSON document, of which the events are written as they are read. */
async function* writeDocument({ data, events }: GatheredOwnData): AsyncGenerator<string> {
  yield `${JSON.stringify(data).slice(0, -1)},"events":[`;
  let separator = '';
  for await (const event of events) {
    yield `${separator}${JSON.stringify(event)}`;
    separator = ',';
  }
  yield ']}';
}
