import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { html, sendPage } from './html.ts';

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers a request that no route takes, before its body is read: OPTIONS says what the path takes, another method is
 * 405 and an unknown path 404, which a browser that goes there is told by a page.
 *
 * @throws Refusal MethodNotAllowed, NotFound
 */
export function answerUnmatched(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? '';
  const taken = methods.filter((method) => app.findRoute({ method, url: path }) !== null);
  if (taken.length === 0 && isVisit(request, path)) return sendUnknownPage(reply);
  if (taken.length === 0) throw new Refusal('NotFound', { message: 'There is nothing at this path' });
  reply.header('allow', [...taken, 'OPTIONS'].join(', '));
  if (request.method !== 'OPTIONS') {
    throw new Refusal('MethodNotAllowed', { message: `This path takes ${taken.join(', ')}` });
  }
  return reply.code(204).send();
}

/** Whether a browser goes somewhere to see a page (Fetch Standard §2.2.5: only navigations name HTML); never under `/api`. */
function isVisit({ method, headers }: FastifyRequest, path: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return !/^\/+api(?:\/|$)/i.test(path) && /(?:^|,)\s*text\/html\s*(?:[,;]|$)/i.test(headers.accept ?? '');
}

function sendUnknownPage(reply: FastifyReply): FastifyReply {
  const title = 'There is nothing here';
  const body = html`<h1>${title}</h1>
<p>No page has this address: it may have been mistyped, or have moved.</p>
<p><a href="/">Go to the start page</a></p>`;
  return sendPage(reply.code(404), { title, body, isNarrow: true });
}
