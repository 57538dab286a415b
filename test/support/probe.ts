import assert from 'node:assert/strict';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** What a request is to hold, as it goes over the wire: nothing is escaped, added or made right. */
export interface ProbeOptions {
  /** Sent as it is where it is text or bytes, else as JSON. */
  readonly body?: unknown;
  readonly bearer?: string | undefined;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export interface ProbeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies that may be anything, and fail where they are not what they expect
  readonly json: any;
}

/** Sends requests that a well-behaved client would not, and requires of every answer that it is a clear one. */
export interface Probe {
  send(method: string, path: string, options?: ProbeOptions): Promise<ProbeAnswer>;
  close(): void;
}

export function createProbe(url: string): Probe {
  const agent = new Agent({ keepAlive: true });
  return {
    async send(method, path, options = {}) {
      const answer = await exchange(agent, url, method, path, options);
      requireClearAnswer(answer, `${method} ${path.slice(0, 120)} ${describe(options.body)}`);
      return answer;
    },
    close: () => agent.destroy(),
  };
}

function describe(body: unknown): string {
  const text = Buffer.isBuffer(body) ? body.toString('hex') : JSON.stringify(body);
  return (text ?? '').slice(0, 200);
}

function exchange(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  { body, bearer, headers: given }: ProbeOptions,
): Promise<ProbeAnswer> {
  const bytes = bytesOf(body);
  const headers: Record<string, string | string[]> = {
    ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...given,
  };
  const { promise, resolve, reject } = Promise.withResolvers<ProbeAnswer>();
  const { hostname, port } = new URL(url);
  const outgoing = request({ agent, hostname, port, method, path, headers }, (incoming) => {
    const chunks: Buffer[] = [];
    const finish = (): void => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parse(text) });
    };
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (incoming.headers['content-type'] !== 'text/event-stream') return;
      // A stream of events has no end.
      finish();
      outgoing.destroy();
    });
    incoming.on('error', reject);
    incoming.on('end', finish);
  });
  outgoing.on('error', reject);
  outgoing.end(bytes);
  return promise;
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What only an error page, a stack or a database's own message would hold. */
const inside = /\n\s+at |node_modules|\.ts\b|SELECT |SQLITE|<html|<!doctype/i;

/** That an answer is no failure of the server's, and an error one of the contract's form that tells nothing of the inside. */
export function requireClearAnswer(answer: Omit<ProbeAnswer, 'headers'> & { headers: object }, what: string): void {
  const { status, headers, text, json } = answer;
  const header = (name: string): string | undefined => (headers as Record<string, string | undefined>)[name];
  assert.ok(status >= 200 && status < 500, `${what}: ${status} ${text}`);
  assert.ok(header('x-request-id'), what);
  if (status < 400 || text === '') return;
  assert.equal(header('content-type'), 'application/json; charset=utf-8', what);
  assert.equal(inside.test(text), false, `${what}: ${text}`);
  if (/^\w+ \/oauth2\//.test(what)) {
    assert.deepEqual(Object.keys(json), ['error', 'error_description'], what);
    assert.ok(/^[a-z_]+$/.test(json.error) && json.error_description !== '', `${what}: ${text}`);
    return;
  }
  const { error_code, error_token, message, errors, request_id, ...others } = json;
  assert.deepEqual(others, {}, what);
  assert.ok(Number.isInteger(error_code) && /^[A-Z]\w+$/.test(error_token), `${what}: ${text}`);
  assert.ok(typeof message === 'string' && message !== '', `${what}: ${text}`);
  assert.equal(request_id, header('x-request-id'), what);
  for (const problem of errors ?? []) {
    assert.ok(Number.isInteger(problem.error_code) && problem.message !== '', `${what}: ${text}`);
  }
}
