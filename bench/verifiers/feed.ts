import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const heartbeatMs = 2_000;

/** A revocation feed as the service speaks it, with as many entries as asked for, of which none is about a token of ours. */
export async function startFeed(entries: number): Promise<{ readonly url: string; stop(): void }> {
  const until = new Date(Date.now() + 14_400_000).toISOString();
  const open = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let id = 1; id <= entries; id += 1) {
      const about = id % 2 === 0 ? { sub: `user:${10_000_000 + id}` } : { sid: 10_000_000 + id };
      response.write(
        `id: ${id}\nevent: revocation\ndata: ${JSON.stringify({ ...about, below: 1_000_000, until })}\n\n`,
      );
    }
    sayCurrent(response, entries);
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  const heartbeat = setInterval(() => {
    for (const response of open) sayCurrent(response, entries);
  }, heartbeatMs);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/revocation`,
    stop() {
      clearInterval(heartbeat);
      server.close();
      server.closeAllConnections();
    },
  };
}

function sayCurrent(response: ServerResponse, id: number): void {
  response.write(`id: ${id}\nevent: current\ndata: {}\n\n`);
}
