import { ClientError } from './client-error.ts';
import { isRecord, parseRecord } from './parse-json.ts';
import { systemCode } from './send.ts';

/**
 * Where a client keeps its tokens: one text, which is the client's own business. It holds secrets: an auth token, a refresh
 * token, the secret of a trusted device.
 */
export interface TokenStorage {
  /** The text that was written last; undefined where there is none. */
  read(): string | undefined | Promise<string | undefined>;
  /** Keeps the text in the place of the one before: it is kept when this returns. */
  write(text: string): void | Promise<void>;
}

/** Keeps the tokens as long as the process, or the page, lives. */
export function createMemoryStorage(): TokenStorage {
  let kept: string | undefined;
  return {
    read: () => kept,
    write(text) {
      kept = text;
    },
  };
}

/** An auth token, and the times at which it came and expires, in milliseconds since the Unix epoch by this machine's clock. */
export interface KeptAuthToken {
  readonly value: string;
  readonly receivedAt: number;
  readonly expiresAt: number;
}

/** What is kept for one user or application token at one service. */
export interface KeptTokens {
  /** Whose they are. */
  readonly owner: string;
  readonly authToken?: KeptAuthToken | undefined;
  readonly refreshToken?: string | undefined;
  readonly fingerprint?: string | undefined;
}

/** What tells the tokens of one user at one service from those of others. */
export interface Owner {
  readonly service: string;
  /** Undefined: whoever signed in last. */
  readonly name: string | undefined;
}

const format = 1;

/**
 * Reads what is kept for this owner; nothing where it is another's.
 *
 * @throws ClientError StorageFailed where it can't be read, or is no text of ours
 */
export async function readTokens(storage: TokenStorage, owner: Owner): Promise<KeptTokens> {
  const text = await attempt('read', () => storage.read());
  const nothing = { owner: owner.name ?? '' };
  if (text === undefined || text.trim() === '') return nothing;
  const kept = readKept(text);
  if (kept === undefined) {
    throw new ClientError('StorageFailed', 'The token storage holds something that is not of this client');
  }
  const isOwn = kept.service === owner.service && (owner.name === undefined || kept.tokens.owner === owner.name);
  return isOwn ? kept.tokens : nothing;
}

/** @throws ClientError StorageFailed */
export async function writeTokens(storage: TokenStorage, { service }: Owner, tokens: KeptTokens): Promise<void> {
  const text = JSON.stringify({ format, service, tokens });
  await attempt('written', () => storage.write(text));
}

async function attempt<T>(what: 'read' | 'written', work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ClientError ? error : unusable(what, error);
  }
}

/** What the storage of somebody else throws may hold what it was given. */
function unusable(what: 'read' | 'written', error: unknown): ClientError {
  return new ClientError('StorageFailed', `The token storage could not be ${what}${systemCode(error)}`);
}

function readKept(text: string): { readonly service: unknown; readonly tokens: KeptTokens } | undefined {
  const kept = parseRecord(text);
  if (kept === undefined || kept['format'] !== format || !isRecord(kept['tokens'])) return undefined;
  // Of this format, it was written by this module.
  return { service: kept['service'], tokens: kept['tokens'] as unknown as KeptTokens };
}
