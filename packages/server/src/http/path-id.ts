import type { FastifyRequest } from 'fastify';
import { notFound } from '../domain/errors.ts';

const wholeNumber = /^(?:0|[1-9]\d{0,15})$/;

/** A parameter of the path, as the client wrote it. */
export function pathParameter(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string | undefined>)[name] ?? '';
}

/**
 * Reads an id of the path.
 *
 * @param resource what the refusal says that there is none of, such as `Application token`
 * @throws Refusal NotFound where it is no id that there could be
 */
export function pathId(request: FastifyRequest, name: string, resource: string): number {
  const text = pathParameter(request, name);
  const id = wholeNumber.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw notFound(resource, text);
  return id;
}
