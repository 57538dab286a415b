import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { isLoopbackHost } from '../domain/loopback.ts';
import { sessionMs } from '../domain/session.ts';

const baseName = 'keywright_session';

/** How the cookie of the portal's session is called and guarded, where the service has this public URL. */
interface PortalCookie {
  readonly name: string;
  readonly attributes: string;
}

/**
 * Over TLS the name's prefix makes the browser see to it that the cookie is of this host alone, and was set over TLS
 * (RFC 6265bis §4.1.3.2). Over plain HTTP there is no such name, so there it is for loopback alone.
 *
 * @throws Refusal Forbidden where the public URL is plain HTTP off loopback: anybody on the way could take the session
 */
function portalCookie(publicUrl: string): PortalCookie {
  if (!canKeepCookie(publicUrl)) {
    throw new Refusal('Forbidden', {
      message: 'The portal signs in over HTTPS alone: give the service an address that begins with https',
      reason: 'the public URL is plain HTTP off loopback',
    });
  }
  const attributes = 'Path=/; HttpOnly; SameSite=Strict';
  const isSecure = publicUrl.startsWith('https:');
  return isSecure
    ? { name: `__Host-${baseName}`, attributes: `${attributes}; Secure` }
    : { name: baseName, attributes };
}

/** Whether browsers keep the cookie, and nobody on the way can read it, where the service has this public URL. */
export function canKeepCookie(publicUrl: string): boolean {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'https:' || isLoopbackHost(hostname);
}

/** Keeps a refresh token in the browser, where no script reads it. */
export function setPortalCookie(reply: FastifyReply, publicUrl: string, refreshToken: string): void {
  const { name, attributes } = portalCookie(publicUrl);
  reply.header('set-cookie', `${name}=${refreshToken}; Max-Age=${sessionMs / 1000}; ${attributes}`);
}

/** Has the browser forget the refresh token. */
export function clearPortalCookie(reply: FastifyReply, publicUrl: string): void {
  const { name, attributes } = portalCookie(publicUrl);
  reply.header('set-cookie', `${name}=; Max-Age=0; ${attributes}`);
}

/** The refresh token that the browser keeps; undefined where it has none. */
export function readPortalCookie(request: FastifyRequest, publicUrl: string): string | undefined {
  const prefix = `${portalCookie(publicUrl).name}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length) || undefined;
}
