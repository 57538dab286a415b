import type { FastifyInstance } from 'fastify';
import { decodeBody, requirePlainUtf8 } from './json-body.ts';

/** The media type of a form, as a request names it. */
export const formMediaType = 'application/x-www-form-urlencoded';

/** The values of a form by its fields; of several fields with one name the last counts. */
export type FormValues = Readonly<Record<string, string>>;

/** Makes HTML forms the one thing that an instance takes as a body (HTML, URL-encoded form data). */
export function acceptFormsOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(formMediaType, { parseAs: 'buffer' }, (request, body, done) => {
    requirePlainUtf8(request);
    done(null, Object.fromEntries(new URLSearchParams(decodeBody(body as Buffer))));
  });
}
