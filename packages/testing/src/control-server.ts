import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ControlCall, controlCalls, WrongControlCall } from './control-calls.ts';
import type { Keywright } from './start-keywright.ts';

/** An HTTP endpoint on loopback by which programs in other languages control a Keywright. */
export interface ControlServer {
  readonly url: string;
  /** Resolves once a program has asked for the end. */
  readonly closeRequested: Promise<void>;
  close(): Promise<void>;
}

const maxBodyLength = 65_536;
/** No connection is left when it ends. */
const headers = { 'content-type': 'application/json', connection: 'close' } as const;

/** @param port 0 takes a free one */
export async function startControlServer(keywright: Keywright, port = 0): Promise<ControlServer> {
  const { promise: closeRequested, resolve: requestClose } = Promise.withResolvers<void>();
  const calls: Readonly<Record<string, ControlCall>> = {
    ...controlCalls,
    'POST /close': async () => {
      requestClose();
      return {};
    },
  };
  const server = createServer((request, response) => void answer(keywright, calls, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    closeRequested,
    async close() {
      server.close();
      server.closeIdleConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  keywright: Keywright,
  calls: Readonly<Record<string, ControlCall>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
  try {
    const call = calls[`${request.method} ${request.url}`];
    if (call === undefined) {
      reply(404, { message: `There is only ${Object.keys(calls).join(', ')}` });
      return;
    }
    reply(200, await call(keywright, request.method === 'POST' ? await readBody(request) : {}));
  } catch (error) {
    reply(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

/** @throws WrongControlCall */
async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  // A page in a browser on this machine can't send this type without asking first, and is not answered then.
  if (request.headers['content-type']?.split(';', 1)[0] !== 'application/json') {
    throw new WrongControlCall('Send the body as application/json');
  }
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxBodyLength) throw new WrongControlCall('The body is too large');
  }
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new WrongControlCall('The body is no object');
  return body as Record<string, unknown>;
}
