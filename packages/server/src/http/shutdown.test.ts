import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { fastify } from 'fastify';
import { closeGracefully, takeWaitingConnections } from './shutdown.ts';

/** A server that lingers so long, and a client that has had an answer on the connection that it keeps. */
async function serveOne(t: TestContext, lingerMs: number) {
  const app = fastify({ return503OnClosing: false });
  const isClosing = closeGracefully(app, { graceSeconds: 60, lingerMs });
  app.get('/', async (_request, reply) => {
    if (isClosing()) reply.header('connection', 'close');
    return 'here';
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const ask = async (): Promise<IncomingMessage> => {
    const [answer] = (await once(get({ agent, port, host: '127.0.0.1' }), 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer;
  };
  await ask();
  return { app, ask, isClosing };
}

test('a request that has arrived when the server closes is answered, and told that the connection closes', async (t) => {
  const { app, ask } = await serveOne(t, 0);
  const answering = ask();
  const closing = app.close();
  const answer = await answering;
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers.connection, 'close');
  await closing;
});

test('a client that goes on while the server lingers is answered, and the server ends when all are gone', async (t) => {
  const { app, ask, isClosing } = await serveOne(t, 600_000);
  const closing = app.close();
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (isClosing()) resolve();
    else setImmediate(look);
  };
  look();
  await promise;
  const answer = await ask();
  assert.equal(answer.headers.connection, 'close');
  await closing;
});

test('connections that wait to be taken are taken before a server stops to listen', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
  t.after(() => {
    for (const client of clients) client.destroy();
  });
  await Promise.all(clients.map((client) => once(client, 'connect')));
  await takeWaitingConnections(server);
  assert.equal(await promisify(server.getConnections.bind(server))(), clients.length);
});
