import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../domain/ports.ts';
import { logFailure } from './error-reply.ts';

/**
 * Answers with a text that is made piece by piece. What fails before the first piece is answered as ever; what breaks the text
 * off later is logged, and the connection ends in the middle of the answer, so that nobody takes it for whole.
 */
export function answerPieces(
  log: Log,
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
): FastifyReply {
  return reply.send(Readable.from(logBreak(log, request, pieces)));
}

async function* logBreak(log: Log, request: FastifyRequest, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let hasBegun = false;
  try {
    for await (const piece of pieces) {
      hasBegun = true;
      yield piece;
    }
  } catch (error) {
    if (hasBegun) logFailure(log, error, request);
    throw error;
  }
}
