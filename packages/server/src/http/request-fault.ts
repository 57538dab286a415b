import type { IncomingMessage } from 'node:http';

/** What is wrong with the header of a request that Node could read. */
export interface RequestFault {
  readonly message: string;
  /** Whether somebody before us may see the request's end, or its addressee, elsewhere: nothing more is read then. */
  readonly isAmbiguous: boolean;
}

/** What comes here as `Transfer-Encoding` has `chunked` as its last coding; Node refuses the rest. */
const plainChunked = /^chunked$/i;

/** An address or a name, and a port (RFC 9110 §7.2, RFC 3986 §3.2.2); the empty one stands for none. */
const hostForm = /^(?:\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=%]*)(?::\d*)?$/i;

/**
 * Finds what is wrong with a request's header: HTTP/0.9, which has none; a transfer coding that we would have to undo, or
 * one in HTTP/1.0 (RFC 9112 §6.1); no Host, a malformed one, or several (RFC 9112 §3.2).
 */
export function findRequestFault(request: IncomingMessage): RequestFault | undefined {
  const { headers, httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) return { message: 'This is not HTTP/1.1', isAmbiguous: true };
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && !plainChunked.test(coding)) {
    return { message: 'Send the body without a transfer coding other than chunked', isAmbiguous: true };
  }
  if (coding !== undefined && httpVersionMinor === 0) {
    return { message: 'HTTP/1.0 has no Transfer-Encoding', isAmbiguous: true };
  }
  if (headers.host === undefined) {
    return httpVersionMinor === 0 ? undefined : { message: 'The request has no Host header', isAmbiguous: false };
  }
  if (hasSecondHost(request.rawHeaders)) return { message: 'The request has several Host headers', isAmbiguous: true };
  return hostForm.test(headers.host) ? undefined : { message: 'The Host header is not valid', isAmbiguous: true };
}

/** Node keeps the first of several, and drops the others without a word. */
function hasSecondHost(rawHeaders: readonly string[]): boolean {
  let isFound = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (isFound) return true;
    isFound = true;
  }
  return false;
}

const upgradeOption = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

/**
 * Whether a request asks for another protocol (RFC 9110 §7.8), which it does not get. Node answers it, and drops what stands
 * behind it in the same packet: its sender has to learn that nothing more is read.
 */
export function asksForUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined && upgradeOption.test(headers.connection ?? '');
}
