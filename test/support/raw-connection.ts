import { once } from 'node:events';
import { connect } from 'node:net';

/** An answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What came back on a connection. */
export interface RawExchange {
  readonly answers: readonly RawAnswer[];
  /** Whether the server closed the connection. */
  readonly isClosed: boolean;
}

/**
 * Writes bytes to a new connection, and reads until the server closes it or has answered so often, whichever is first.
 *
 * @param bytes text of which each character is a byte
 * @param expected how many answers are waited for; where absent, the server is expected to close the connection
 */
export async function exchangeRaw(
  url: string,
  bytes: string,
  expected = Number.POSITIVE_INFINITY,
): Promise<RawExchange> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    if (readAnswers(received).length >= expected) resolve(false);
  });
  socket.on('close', () => resolve(true));
  // A reset after the answer is a close like any other here.
  socket.on('error', () => undefined);
  socket.write(Buffer.from(bytes, 'latin1'));
  const isClosed = await promise;
  socket.destroy();
  return { answers: readAnswers(received), isClosed };
}

/** The answers that are whole (RFC 9112 §6.3: ours have a Content-Length, or no body). */
function readAnswers(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = received; ; ) {
    const [head = '', ...after] = rest.split('\r\n\r\n');
    if (after.length === 0) return answers;
    const [first = '', ...lines] = head.split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const start = head.length + 4;
    if (rest.length < start + length) return answers;
    const text = Buffer.from(rest.slice(start, start + length), 'latin1').toString('utf8');
    answers.push({ status: Number(first.split(' ')[1]), headers, text });
    rest = rest.slice(start + length);
  }
}
