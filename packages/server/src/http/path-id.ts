import type { FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';

const wholeNumber = /^(?:0|[1-9]\d{0,15})$/;
const maxShownLength = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/g;

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

/** Says that there is no such resource; the id is shown bounded and on one line. */
function notFound(resource: string, id: string): Refusal {
  const printable = id.replace(unprintable, '\ufffd');
  const shown = printable.length > maxShownLength ? `${printable.slice(0, maxShownLength)}…` : printable;
  return new Refusal('NotFound', { message: `${resource} with id ${shown} not found` });
}
