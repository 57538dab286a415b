import { connect, type Socket } from 'node:net';

/** An answer, as much of it as a load needs. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

type Listener = (status: number, bytes: Buffer, bodyStart: number) => void;

const bufferBytes = 65_536;
const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');
const lengthHeader = /\r\ncontent-length: *(\d+)/i;

/**
 * A keep-alive connection on a bare socket, which sends one request at a time and knows no more of HTTP than where an
 * answer ends: the load must cost less than what it loads.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #opened: Promise<void>;
  #listener: Listener | undefined;
  #onLost: ((error: Error) => void) | undefined;
  #pending: Buffer | undefined;

  constructor(port: number) {
    const buffer = Buffer.allocUnsafe(bufferBytes);
    const onread = {
      buffer,
      callback: (count: number) => {
        this.#read(buffer.subarray(0, count));
        return true;
      },
    };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#opened = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('error', reject);
    });
    this.#socket.on('error', (error) => this.#onLost?.(error));
    this.#socket.on('close', () => this.#onLost?.(new Error('the server closed the connection')));
  }

  get opened(): Promise<void> {
    return this.#opened;
  }

  /** Sends a request; the one before must have been answered. */
  send(request: Buffer, onAnswer: Listener, onLost: (error: Error) => void): void {
    this.#listener = onAnswer;
    this.#onLost = onLost;
    this.#socket.write(request);
  }

  /** Sends a request and waits for its answer. */
  ask(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.send(
        request,
        (status, bytes, bodyStart) => resolve({ status, body: bytes.toString('utf8', bodyStart) }),
        reject,
      );
    });
  }

  close(): void {
    this.#onLost = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    const bodyStart = findBody(bytes);
    if (bodyStart === undefined) {
      this.#pending = Buffer.from(bytes);
      return;
    }
    this.#pending = undefined;
    this.#onLost = undefined;
    // The status stands after `HTTP/1.1 `.
    this.#listener?.(Number(bytes.toString('latin1', 9, 12)), bytes, bodyStart);
  }
}

/** Where the body begins; undefined where the answer is not there to its end. */
function findBody(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(headEnd);
  if (end === -1) return undefined;
  const bodyStart = end + headEnd.length;
  const length = lengthHeader.exec(bytes.toString('latin1', 0, end))?.[1];
  const isWhole =
    length === undefined
      ? bytes.subarray(-lastChunk.length).equals(lastChunk)
      : bytes.length >= bodyStart + Number(length);
  return isWhole ? bodyStart : undefined;
}
