import { Readable } from 'node:stream';
import { RevocationSchema } from '@keywright/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { identifyCaller } from '../domain/caller.ts';
import { followRevocations, type RevocationMessage } from '../domain/revocation-stream.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf, readBearer } from './caller.ts';

const mediaType = 'text/event-stream';

/** Adds `GET /api/v1/revocation`: what ends auth tokens, as server-sent events (contract §8; WHATWG HTML §9.2). */
export function addRevocationRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/revocation',
    access: 'bearer',
    id: 'followRevocations',
    tag: 'Verification',
    summary: 'Follow what ends auth tokens before their time',
    description:
      'Server-sent events, without end. First comes what is in force, then `current`: whoever has that knows of everything revoked before. It comes again every two seconds; without it for longer, you miss something. `revocation` has an entry as its data. `reset`: forget what you know, everything in force follows. Of your organisation and its direct children; with the role Service of all. Calls with a good bearer are not counted by the limits; 503 where too many streams are open, of the caller (50), of the organisation or from the address (a quarter of the places that are free), or in all (1000).',
    headers: Type.Object({
      'last-event-id': Type.Optional(
        Type.String({ description: 'The id of the last event that you have seen: you get what came after it' }),
      ),
    }),
    success: { status: 200, description: 'The data of each `revocation`', schema: RevocationSchema, mediaType },
    errors: [],
    isLimited: 'refused',
    handler: (request, reply) => answerStream(http, request, reply),
  });
}

async function answerStream(http: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { service, clientOf } = http;
  // A proxy that waits for the end of the answer would wait for good.
  reply.type(mediaType).header('x-accel-buffering', 'no');
  if (request.method === 'HEAD') return reply.send('');
  const [bearer, client] = [readBearer(request), clientOf(request)];
  const stream = await followRevocations(service, callerOf(request), {
    lastEventId: readLastEventId(request),
    identifyAgain: () => identifyCaller(service, bearer, client),
    onStall: () => reply.raw.destroy(),
  });
  // Not when the text is closed, which waits for what is yet to come.
  if (reply.raw.destroyed) stream.close();
  else reply.raw.once('close', stream.close);
  return reply.send(Readable.from(textOf(stream.messages)));
}

function readLastEventId(request: FastifyRequest): string | undefined {
  const value = request.headers['last-event-id'];
  return Array.isArray(value) ? value[0] : value;
}

async function* textOf(messages: AsyncIterable<readonly RevocationMessage[]>): AsyncGenerator<string> {
  for await (const some of messages) yield some.map(formatMessage).join('');
}

function formatMessage(message: RevocationMessage): string {
  const id = 'id' in message ? `id: ${message.id}\n` : '';
  return `${id}event: ${message.event}\ndata: ${JSON.stringify('data' in message ? message.data : {})}\n\n`;
}
