import type { FastifyInstance } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { formMediaType } from './form-body.ts';
import { decodeBody, requirePlainUtf8 } from './json-body.ts';

/** What a strictly read form holds, by the names of its parameters. */
export type StrictForm = ReadonlyMap<string, string>;

/** Makes forms the one thing that an instance takes as a body, and reads them as OAuth wants it: see {@link parseForm}. */
export function acceptStrictFormsOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(formMediaType, { parseAs: 'buffer' }, (request, body, done) => {
    requirePlainUtf8(request);
    done(null, parseForm(decodeBody(body as Buffer)));
  });
}

/** The form that came with a request; an empty one where none did. */
export function formOf({ body }: { readonly body: unknown }): StrictForm {
  return body instanceof Map ? body : new Map();
}

/**
 * Reads a form strictly (RFC 6749 §3.2, appendix B): a parameter without a value counts as left out, and one that comes twice
 * is refused, as is what can't be decoded.
 *
 * @throws Refusal BadRequest
 */
function parseForm(text: string): StrictForm {
  const form = new Map<string, string>();
  const seen = new Set<string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const [name = '', value = ''] = splitOnce(pair, '=').map(decodeFormText);
    if (seen.has(name)) throw new Refusal('BadRequest', { message: 'A parameter of the form comes twice' });
    seen.add(name);
    if (value !== '') form.set(name, value);
  }
  return form;
}

/** Splits at the first separator; all of it is the first part where there is none. */
export function splitOnce(text: string, separator: string): [first: string, rest: string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/**
 * Decodes a name or a value of a form.
 *
 * @throws Refusal BadRequest where its percent-encoding is not that of UTF-8
 */
export function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new Refusal('BadRequest', { message: 'The form is not valid percent-encoding', cause });
  }
}
