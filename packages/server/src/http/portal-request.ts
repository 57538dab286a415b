import { portalHeader } from '@keywright/contract';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { isLoopbackHost } from '../domain/loopback.ts';
import type { Service } from '../domain/service.ts';

const headerName = portalHeader.name.toLowerCase();

/** Whether a request says that it comes from the portal: its events do, too. */
export function isFromPortal(headers: FastifyRequest['headers']): boolean {
  return headers[headerName] === portalHeader.value;
}

/**
 * Makes the hook of the calls that a cookie authenticates: it lets in the portal's own pages, and none of another origin.
 *
 * A browser adds the header for pages of other origins only after a pre-flight, which none of these paths ever grants; what
 * it says of the page itself (Origin, RFC 6454 §7; Fetch Metadata) is looked at besides.
 */
export function createPortalCheck(service: Service): onRequestHookHandler {
  return ({ headers }, _reply, done) => {
    const reason = findFault(headers, new URL(service.settings.publicUrl()));
    if (reason === undefined) done();
    else done(new Refusal('Forbidden', { message: 'This is for the pages of the portal alone', reason }));
  };
}

function findFault(headers: FastifyRequest['headers'], publicUrl: URL): string | undefined {
  if (!isFromPortal(headers)) return `no ${portalHeader.name} header`;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return 'sent by a page of another origin';
  const { origin } = headers;
  if (origin !== undefined && !isOwnOrigin(origin, publicUrl)) return 'an origin other than that of the public URL';
  return undefined;
}

/** On this machine, all its names for itself are one. */
function isOwnOrigin(origin: string, publicUrl: URL): boolean {
  if (origin === publicUrl.origin) return true;
  const url = URL.parse(origin);
  return (
    url?.origin === origin &&
    url.protocol === publicUrl.protocol &&
    url.port === publicUrl.port &&
    isLoopbackHost(url.hostname) &&
    isLoopbackHost(publicUrl.hostname)
  );
}
