import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port that stays the same while the server behind it comes and goes. */
export interface Relay {
  readonly port: number;
  /** Passes connections on to this port from now on; to none where it is undefined. Open ones are cut. */
  pointTo(port: number | undefined): void;
  close(): Promise<void>;
}

/** Opens a port on loopback that passes on to another one. */
export async function openRelay(): Promise<Relay> {
  const sockets = new Set<Socket>();
  let target: number | undefined;
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((incoming) => {
    if (target === undefined) {
      incoming.resetAndDestroy();
      return;
    }
    const outgoing = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay listens on no port');
  return {
    port: address.port,
    pointTo(port) {
      target = port;
      cutAll();
    },
    async close() {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}
