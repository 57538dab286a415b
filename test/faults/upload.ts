import { connect, type Socket } from 'node:net';

/** A request that is larger than any server should take, or that does not end. */
export interface Upload {
  /** What is sent first. */
  readonly head: string;
  /** What is sent after it, again and again; nothing where absent. */
  readonly piece?: Buffer;
  /** How many bytes of it are sent at most. */
  readonly mostBytes?: number;
}

/** What became of it. */
export interface UploadOutcome {
  /** The number in the status line; undefined where the connection ended without an answer. */
  readonly status: number | undefined;
  /** The answer as it came, as far as it came. */
  readonly text: string;
  /** How much was handed over to the operating system before the connection ended. */
  readonly sentBytes: number;
}

/** Sends an upload as fast as the server takes it, whatever it answers meanwhile, and waits for the end or, once all is sent, for an answer. */
export async function sendUpload(url: string, { head, piece, mostBytes = 0 }: Upload): Promise<UploadOutcome> {
  const { socket, chunks } = open(url);
  socket.write(head);
  for (let sent = 0; piece !== undefined && sent < mostBytes && socket.writable; sent += piece.length) {
    if (!socket.write(piece)) await next(socket, 'drain');
  }
  if (chunks.length === 0) await next(socket, 'data');
  return hangUp(socket, chunks);
}

/** Sends a head alone, and hangs up when there is an answer. */
export async function sendHead(url: string, head: string): Promise<UploadOutcome> {
  const { socket, chunks } = open(url);
  socket.write(head);
  await next(socket, 'data');
  return hangUp(socket, chunks);
}

function open(url: string): { socket: Socket; chunks: Buffer[] } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A server that has answered may cut the connection off: 'close' follows.
  socket.on('error', () => undefined);
  return { socket, chunks };
}

/** Waits for the event, or for the end of the connection. */
function next(socket: Socket, event: 'data' | 'drain' | 'close'): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off(event, done).off('close', done);
      resolve();
    };
    socket.on(event, done).on('close', done);
  });
}

async function hangUp(socket: Socket, chunks: readonly Buffer[]): Promise<UploadOutcome> {
  socket.destroy();
  await next(socket, 'close');
  const text = Buffer.concat(chunks).toString('latin1');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
  return { status: status === undefined ? undefined : Number(status), text, sentBytes: socket.bytesWritten };
}
