import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { acceptedEncodings } from './accepted-encodings.ts';
import { addActivationForm, answerActivationPage } from './activation-page.ts';
import type { HttpContext } from './api-route.ts';
import { html, sendPage } from './html.ts';
import { pathParameter } from './path-id.ts';
import type { PortalAsset, PortalBuild } from './portal-build.ts';

/** Where the portal's pages are (contract §9); its script finds out which one is meant. */
const pagePaths = ['/', '/sign', '/integrations', '/user-settings', '/organisation-settings/*', '/events'] as const;

const assetCaching = 'public, max-age=31536000, immutable';
const nonceBytes = 16;

/** Adds the pages of the portal and the files that they load; where it is not built, pages without script in their place. */
export function addPortalFiles(app: FastifyInstance, http: HttpContext): void {
  const { readPortal } = http;
  const drawNonce = () => Buffer.from(http.service.random.bytes(nonceBytes)).toString('base64url');
  const route = { schema: { hide: true } };
  for (const path of pagePaths) {
    app.get(path, route, async (_request, reply) => {
      const portal = await readPortal();
      return portal === undefined ? sendPlainPage(reply, path) : sendPortalPage(reply, portal, drawNonce());
    });
  }
  app.get('/activation', { ...route, onRequest: http.limitCalls }, async (request, reply) => {
    const portal = await readPortal();
    if (portal === undefined) return answerActivationPage(http, request, reply);
    return sendPortalPage(reply, portal, drawNonce());
  });
  addActivationForm(app, http);
  app.get('/assets/:name', route, async (request, reply) => {
    const asset = (await readPortal())?.assets.get(pathParameter(request, 'name'));
    if (asset === undefined) throw new Refusal('NotFound', { message: 'There is nothing at this path' });
    return sendAsset(request, reply, asset);
  });
}

/**
 * Each answer has a nonce of its own, which lets the components' style elements in and no others (CSP Level 3 §6.7.3). So it
 * is never answered out of a cache.
 */
function sendPortalPage(reply: FastifyReply, { page: [before, after] }: PortalBuild, nonce: string): FastifyReply {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return reply
    .header('content-security-policy', policy.join('; '))
    .type('text/html; charset=utf-8')
    .send(`${before}${nonce}${after}`);
}

async function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: PortalAsset): Promise<FastifyReply> {
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  const [encoding, file] = [...asset.files].find(([each]) => accepted.has(each)) ?? [...asset.files].at(-1) ?? [];
  if (encoding === undefined || file === undefined) throw new Error('a file of the portal has no form');
  const bytes = await readFile(file);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply
    .header('cache-control', assetCaching)
    .header('cross-origin-resource-policy', 'same-origin')
    .header('vary', 'Accept-Encoding')
    .type(asset.type)
    .send(bytes);
}

/** What stands in the place of the portal where it is not built. */
function sendPlainPage(reply: FastifyReply, path: (typeof pagePaths)[number]): FastifyReply {
  const title = 'Keywright';
  const body = html`<h1>${title}</h1>
<p>This is an authentication service: it gives out tokens and verifies them, for people and for programs.</p>
<p>Its web pages are not built here. <code>npm start</code> builds them, and so does <code>npm run portal:build</code>; the API works without.</p>
<ul>
<li><a href="/docs">API reference</a>, also as <a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/setup">Set-up</a>, with the link that the first start prints</li>
</ul>`;
  if (path !== '/') reply.code(404);
  return sendPage(reply, { title, body, isNarrow: true });
}
