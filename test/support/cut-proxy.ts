import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback whose connections a test cuts. */
export interface CutProxy {
  readonly port: number;
  /** Cuts every connection, and lets none through any more. */
  cut(): void;
  /** Lets connections through again. */
  heal(): void;
  close(): Promise<void>;
}

/**
 * Starts one.
 *
 * @param targetPort says where connections lead, each time that one is made.
 */
export async function startCutProxy(targetPort: () => number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((inner) => {
    if (isCut) {
      inner.destroy();
      return;
    }
    const outer = connect(targetPort(), '127.0.0.1');
    join(inner, outer, sockets);
    join(outer, inner, sockets);
  });
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    heal() {
      isCut = false;
    },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}

function join(from: Socket, to: Socket, sockets: Set<Socket>): void {
  sockets.add(from);
  from.on('error', () => to.destroy());
  from.on('close', () => {
    sockets.delete(from);
    to.destroy();
  });
  from.pipe(to);
}
