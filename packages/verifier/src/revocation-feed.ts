import type { Environment } from './environment.ts';
import { EventStreamReader, type StreamEvent } from './event-stream.ts';

/** How a connection to the feed is made. */
export interface FeedConnectionOptions {
  readonly url: string;
  /** Gets the auth token to connect with; once more, with the one that was refused, where that is answered with 401. */
  readonly authToken: (refused?: string) => string | Promise<string>;
  /** The last event that is known; the feed goes on behind it. Undefined to begin at the beginning. */
  readonly lastEventId: string | undefined;
  /** How long the feed may say nothing, in milliseconds, from before the first attempt on. */
  readonly silenceMs: number;
  readonly onEvent: (event: StreamEvent) => void;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

/** An answer of the feed's that is no stream. */
export class FeedAnswerError extends Error {
  override readonly name = 'FeedAnswerError';
  readonly status: number;
  /** After how many seconds the service asks to be asked again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, retryAfter: string | null) {
    super(`the revocation feed was answered with ${status}`);
    this.status = status;
    this.retryAfterSeconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  }
}

/** There was no auth token to connect with; `cause` says why. */
export class FeedTokenError extends Error {
  override readonly name = 'FeedTokenError';
}

/**
 * Reads the feed over one connection, until it ends.
 *
 * @throws FeedTokenError, FeedAnswerError where it does not begin; Error however else the connection ends, for it never should.
 */
export async function readRevocationFeed(options: FeedConnectionOptions, environment: Environment): Promise<never> {
  const silence = watchForSilence(options.silenceMs, environment);
  const signal = AbortSignal.any([options.signal, silence.signal]);
  try {
    const response = await openFeed(options, environment, signal);
    const reader = new EventStreamReader((event) => {
      silence.isBroken();
      options.onEvent(event);
    });
    const text = new TextDecoder('utf-8', { fatal: true });
    for await (const piece of response.body ?? []) reader.read(text.decode(piece, { stream: true }));
    throw new Error('the revocation feed ended');
  } finally {
    silence.end();
  }
}

async function openFeed(
  options: FeedConnectionOptions,
  environment: Environment,
  signal: AbortSignal,
): Promise<Response> {
  const token = await getToken(options, signal);
  const response = await requestFeed(options, environment, { token, signal });
  if (response.status !== 401) return requireStream(response);
  await response.body?.cancel();
  const other = await getToken(options, signal, token);
  return requireStream(other === token ? response : await requestFeed(options, environment, { token: other, signal }));
}

function getToken({ authToken }: FeedConnectionOptions, signal: AbortSignal, refused?: string): Promise<string> {
  const ask = () => (refused === undefined ? authToken() : authToken(refused));
  return unlessAborted(signal, ask).catch((cause) => {
    throw new FeedTokenError('there is no auth token for the revocation feed', { cause });
  });
}

function requestFeed(
  { url, lastEventId }: FeedConnectionOptions,
  environment: Environment,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<Response> {
  const headers = {
    accept: 'text/event-stream',
    // Who compresses a stream holds its events back.
    'accept-encoding': 'identity',
    authorization: `Bearer ${token}`,
    'cache-control': 'no-store',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  // A redirection would hand the auth token on.
  return environment.fetch(url, { headers, redirect: 'error', signal });
}

async function requireStream(response: Response): Promise<Response> {
  const isStream = /^text\/event-stream\s*(?:;|$)/i.test(response.headers.get('content-type') ?? '');
  if (response.status === 200 && isStream) return response;
  await response.body?.cancel();
  throw new FeedAnswerError(response.status, response.headers.get('retry-after'));
}

/** What somebody else's function comes to, unless that takes longer than a signal allows. */
function unlessAborted<Result>(signal: AbortSignal, ask: () => Result | Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    Promise.resolve().then(ask).then(resolve, reject);
  });
}

interface SilenceWatch {
  /** Aborted once there has been silence for too long. */
  readonly signal: AbortSignal;
  isBroken(): void;
  end(): void;
}

/** One timer at a time, set anew only where it finds that something was heard: events may come by the thousand. */
function watchForSilence(silenceMs: number, environment: Environment): SilenceWatch {
  const abort = new AbortController();
  let heardAt = environment.monotonic();
  const check = (): void => {
    const left = heardAt + silenceMs - environment.monotonic();
    if (left > 0) timer = environment.setTimeout(check, left);
    else abort.abort(new Error(`the revocation feed has been silent for ${silenceMs / 1000} seconds`));
  };
  let timer = environment.setTimeout(check, silenceMs);
  return {
    signal: abort.signal,
    isBroken: () => {
      heardAt = environment.monotonic();
    },
    end: () => environment.clearTimeout(timer),
  };
}
