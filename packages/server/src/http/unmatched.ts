import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Refusal } from '../domain/errors.ts';

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers a request that no route takes, before its body is read: OPTIONS says what the path takes, another method is
 * 405 and an unknown path 404.
 *
 * @throws Refusal MethodNotAllowed, NotFound
 */
export function answerUnmatched(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? '';
  const taken = methods.filter((method) => app.findRoute({ method, url: path }) !== null);
  if (taken.length === 0) throw new Refusal('NotFound', { message: 'There is nothing at this path' });
  reply.header('allow', [...taken, 'OPTIONS'].join(', '));
  if (request.method !== 'OPTIONS') {
    throw new Refusal('MethodNotAllowed', { message: `This path takes ${taken.join(', ')}` });
  }
  return reply.code(204).send();
}
