import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** A request as a test means it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
  readonly bearer?: string | undefined;
}

/** An answer that arrived whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request that got no whole answer; the server may have acted on it, or not. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** The code of what went wrong with the connection: ECONNREFUSED, ECONNRESET … */
  readonly code: string;
  /** Whether the connection had carried an answer before. */
  readonly isReused: boolean;
  /** Whether a part of the answer arrived. */
  readonly hasBegun: boolean;
  /**
   * When the whole request was handed over to the operating system, on the clock of `performance.now()`; undefined where
   * it never was.
   */
  readonly sentAt: number | undefined;

  constructor(code: string, state: Pick<NoAnswer, 'isReused' | 'hasBegun' | 'sentAt'>, cause: unknown) {
    const { isReused, hasBegun, sentAt } = state;
    super(`${code} on a ${isReused ? 'reused' : 'new'} connection${hasBegun ? ', within the answer' : ''}`, { cause });
    this.code = code;
    this.isReused = isReused;
    this.hasBegun = hasBegun;
    this.sentAt = sentAt;
  }
}

/** Far beyond what any request may take: what waits longer was forgotten. */
const timeoutMs = 30_000;

/**
 * Sends one request, once, and reads the answer to its end.
 *
 * @throws NoAnswer
 */
export function call(
  agent: Agent,
  serverUrl: string,
  { method, path, body, bearer }: HttpRequest,
): Promise<HttpAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    let sentAt: number | undefined;
    const fail = (error: Error & { code?: string }): void => {
      reject(new NoAnswer(error.code ?? error.message, { isReused: outgoing.reusedSocket, hasBegun, sentAt }, error));
    };
    const outgoing = request(new URL(path, serverUrl), { agent, method, headers }, (incoming) => {
      hasBegun = true;
      readWhole(incoming).then((answer) => resolve({ ...answer, status: incoming.statusCode ?? 0 }), fail);
    });
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error('TIMEOUT')));
    outgoing.once('error', fail);
    outgoing.once('finish', () => {
      sentAt = performance.now();
    });
    outgoing.end(text);
  });
}

async function readWhole(incoming: IncomingMessage): Promise<Omit<HttpAnswer, 'status'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  if (!incoming.complete) throw new Error('CUT SHORT');
  return { headers: incoming.headers, text: Buffer.concat(chunks).toString('utf8') };
}
