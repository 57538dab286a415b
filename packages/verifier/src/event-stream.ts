/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The last id that the stream has named, this event's own or one before it. */
  readonly lastEventId: string;
}

const maxLineLength = 65_536;
const maxDataLength = 262_144;

/**
 * Reads a stream of server-sent events piece by piece (the WHATWG's HTML Standard, §9.2.6).
 *
 * `retry` and unknown fields are passed over.
 */
export class EventStreamReader {
  readonly #onEvent: (event: StreamEvent) => void;
  #rest = '';
  #endedInReturn = false;
  #event = '';
  #data: string | undefined;
  #lastEventId = '';

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent;
  }

  /**
   * Takes the next piece of the stream.
   *
   * @throws RangeError where a line, or an event's data, is longer than any that makes sense; and what `onEvent` throws.
   */
  read(piece: string): void {
    const text = this.#rest + this.#withPlainLineEnds(piece);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#readLine(text.slice(start, end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > maxLineLength) throw new RangeError('a line of the stream is too long');
  }

  /** Lines may end in LF, CR or both, and a piece may end between the two. */
  #withPlainLineEnds(piece: string): string {
    if (piece === '' || (!this.#endedInReturn && !piece.includes('\r'))) return piece;
    const text = this.#endedInReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.#endedInReturn = piece.endsWith('\r');
    return text.replace(/\r\n?/g, '\n');
  }

  #readLine(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#addData(value);
    else if (field === 'id' && !value.includes('\0')) this.#lastEventId = value;
  }

  #addData(value: string): void {
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    if (this.#data.length > maxDataLength) throw new RangeError('an event of the stream is too long');
  }

  #dispatch(): void {
    const event = { event: this.#event || 'message', data: this.#data ?? '', lastEventId: this.#lastEventId };
    const hasData = this.#data !== undefined;
    this.#event = '';
    this.#data = undefined;
    if (hasData) this.#onEvent(event);
  }
}
