import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorCodes } from '@keywright/contract';
import { Refusal } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { errorBody } from './error-reply.ts';

/** Limits of a connection, for Node's HTTP server. Times are milliseconds. */
export const connectionLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 20_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  // Longer than proxies keep theirs (60 s is common), so that it is they who close: a request sent into a connection
  // that the server closes at that moment is lost.
  keepAliveTimeout: 75_000,
  // A request without Host is answered by us, as JSON.
  requireHostHeader: false,
} as const;

/**
 * How much of a refused body is read and dropped, so that its sender sees the answer and not a reset. What is dropped takes
 * up memory until it is collected: no more than a body that is taken.
 */
const discardedBytes = 65_536;

/** How long a sender whose body is not read to its end has for reading the answer. */
const lingerMs = 1000;

/** What is wrong with a request that Node could not read, by the code of its error. */
const faults: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive' },
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The request header is larger than 16 KiB' },
};
const otherFault = { status: 400, message: 'The request is not valid HTTP' };

/** Makes the answer to what is no HTTP request: JSON as everywhere, and the connection is closed. */
export function createClientErrorHandler(
  log: Log,
  nextRequestId: () => string,
): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (answeredAhead.has(socket)) {
      socket.destroySoon();
      return;
    }
    const { status, message } = faults[error.code ?? ''] ?? otherFault;
    const requestId = nextRequestId();
    log.debug({ request_id: requestId, status, error_code: error.code }, 'a connection sent no valid request');
    endWithError(socket, status, new Refusal('BadRequest', { message }), requestId);
  };
}

/** Answers CONNECT, which Node hands over as a bare socket: this is no proxy, and takes it nowhere. */
export function refuseConnect(server: Server, nextRequestId: () => string): void {
  server.on('connect', (_request, socket: Socket) => {
    // A client that is gone by now is nobody's fault.
    socket.on('error', () => socket.destroy());
    const refusal = new Refusal('MethodNotAllowed', { message: 'There is nothing to connect to' });
    endWithError(socket, errorCodes.MethodNotAllowed.status, refusal, nextRequestId(), ['Allow: GET, HEAD, OPTIONS']);
  });
}

/** Writes an answer to a connection that has no request that could be answered, and closes it. */
function endWithError(
  socket: Socket,
  status: number,
  refusal: Refusal,
  requestId: string,
  headers: readonly string[] = [],
): void {
  const body = JSON.stringify(errorBody(refusal, requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
    ...headers,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/**
 * Decides on a request that asks with `Expect` before it sends its body (RFC 9110 §10.1.1): one that is too large is
 * answered at once, without the body. Other expectations are not ours to meet, and are passed over.
 */
export function answerExpectations(server: Server, bodyLimitBytes: number): void {
  server.on('checkContinue', (request, response) => {
    if (!(Number(request.headers['content-length']) > bodyLimitBytes)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Connections on which the request that is still being read has its answer already: it gets no second one. */
const answeredAhead = new WeakSet<Socket>();

/**
 * Whether more is to come of a body that is answered already than is read for its sender's sake: the sender has to be told
 * that the connection closes.
 */
export function isTooMuchToDiscard(request: IncomingMessage, status: number): boolean {
  return !request.complete && (status === 413 || Number(request.headers['content-length']) > discardedBytes);
}

/**
 * Says that a request is answered. Where its body has not come in whole, the rest is read and dropped, and the connection is
 * closed where that is too much.
 *
 * @param isLast whether nothing more is read from the connection
 */
export function settleRequest(request: IncomingMessage, isLast: boolean): void {
  const { socket } = request;
  if (isLast) answeredAhead.add(socket);
  if (request.complete) return;
  if (isLast) socket.destroySoon = () => closeGently(socket);
  discardBody(request, isLast);
}

function discardBody(request: IncomingMessage, isLast: boolean): void {
  const { socket } = request;
  answeredAhead.add(socket);
  let left = discardedBytes;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left >= 0) return;
    request.pause();
    closeGently(socket);
  });
  request.on('end', () => {
    if (!isLast) answeredAhead.delete(socket);
  });
}

/**
 * Closes our direction of a connection at once, and the other soon after: to close it with something unread would reset it,
 * and the sender might never see the answer.
 */
function closeGently(socket: Socket): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once('close', () => clearTimeout(timer));
}
