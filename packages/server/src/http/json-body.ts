import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';

const charsetParameter = /;\s*charset\s*=\s*"?([^\s;"]*)/gi;
const byteOrderMark = 0xfeff;

/** Makes `application/json` the one media type that a body may have. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    requirePlainUtf8(request);
    done(null, parseJsonBody(body as Buffer));
  });
}

/**
 * Refuses a body that is compressed or in a character set other than UTF-8.
 *
 * @throws Refusal UnsupportedMediaType
 */
export function requirePlainUtf8(request: FastifyRequest): void {
  const { headers } = request;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Refusal('UnsupportedMediaType', { message: 'Send the body without a content encoding' });
  }
  for (const [, charset = ''] of (headers['content-type'] ?? '').matchAll(charsetParameter)) {
    if (!/^utf-?8$/i.test(charset)) throw new Refusal('UnsupportedMediaType', { message: 'Send the body in UTF-8' });
  }
}

/**
 * Reads the text of a body.
 *
 * @throws Refusal BadRequest where it is not UTF-8
 */
export function decodeBody(body: Buffer): string {
  if (!isUtf8(body)) throw new Refusal('BadRequest', { message: 'The body is not valid UTF-8' });
  return body.toString('utf8');
}

/**
 * Reads a JSON object; undefined where the body is empty.
 *
 * A byte order mark is passed over (RFC 8259 §8.1). Of several members with one name the last counts. Members called
 * `__proto__` or `constructor` are like any others: own properties of the answer, which no schema knows.
 *
 * @throws Refusal BadRequest where it is not UTF-8, not JSON, or no object
 */
export function parseJsonBody(body: Buffer): object | undefined {
  if (body.length === 0) return undefined;
  const text = decodeBody(body);
  const value = parseOrUndefined(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text);
  if (value === undefined) throw new Refusal('BadRequest', { message: 'The body is not valid JSON' });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('BadRequest', { message: 'The body must be a JSON object' });
  }
  return value;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
