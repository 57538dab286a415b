import { Agent } from 'node:http';
import { call, type HttpAnswer, type HttpRequest } from '../support/http-call.ts';
import type { JournalEntry } from './write-journal.ts';

/** What the API says of the changes in a journal. */
export interface JournalVerdict {
  readonly acknowledged: number;
  readonly unacknowledged: number;
  /** Acknowledged, and not so. */
  readonly lost: readonly string[];
  /** Revoked, replaced or ended, acknowledged, and alive again. */
  readonly revived: readonly string[];
  /** Not acknowledged, and neither done nor not done. */
  readonly torn: readonly string[];
}

interface VerifyOptions {
  readonly url: string;
  /** An auth token of a user who may read the organisation's application tokens. */
  readonly bearer: string;
}

/** An application token as its acknowledgements leave it; `maybe` after a change that was not acknowledged. */
interface KnownToken {
  readonly id: number;
  secret: string;
  readonly replaced: string[];
  revoked: 'no' | 'maybe' | 'yes';
  maybeRotated: boolean;
}

/** A user as the acknowledgements leave it. */
interface KnownUser {
  readonly username: string;
  /** Undefined until it was changed, or after a change that was not acknowledged. */
  password: string | undefined;
  formerPassword: string | undefined;
  /** Refresh tokens of sessions that no change of the password has ended, or may have ended. */
  live: string[];
  ended: string[];
}

const concurrency = 16;

/** Checks every line of the journal through the API of a server that nobody else changes meanwhile. */
export async function verifyJournal(entries: readonly JournalEntry[], options: VerifyOptions): Promise<JournalVerdict> {
  const { tokens, users } = replay(entries);
  const lost: string[] = [];
  const revived: string[] = [];
  const torn: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const send = (request: HttpRequest): Promise<HttpAnswer> => call(agent, options.url, request);
  const check = { send, bearer: options.bearer, lost, revived, torn };
  try {
    await forEachAtOnce(tokens, (token) => checkToken(token, check));
    // One after another, since failures lock.
    for (const user of users) await checkUser(user, check);
  } finally {
    agent.destroy();
  }
  const acknowledged = entries.filter((entry) => entry.acknowledged !== undefined).length;
  return { acknowledged, unacknowledged: entries.length - acknowledged, lost, revived, torn };
}

function replay(entries: readonly JournalEntry[]): { tokens: KnownToken[]; users: KnownUser[] } {
  const tokens = new Map<number, KnownToken>();
  const users = new Map<string, KnownUser>();
  for (const entry of entries) {
    const { write } = entry;
    if (write.op === 'sign in' || write.op === 'set password') replayUser(users, entry);
    else replayToken(tokens, entry);
  }
  return { tokens: [...tokens.values()], users: [...users.values()] };
}

function replayToken(tokens: Map<number, KnownToken>, { write, acknowledged }: JournalEntry): void {
  if (write.op === 'create') {
    const { id, secret } = acknowledged ?? {};
    if (id !== undefined && secret !== undefined) {
      tokens.set(id, { id, secret, replaced: [], revoked: 'no', maybeRotated: false });
    }
    return;
  }
  const token = 'id' in write ? tokens.get(write.id) : undefined;
  if (token === undefined) return;
  if (write.op === 'revoke') token.revoked = acknowledged === undefined ? 'maybe' : 'yes';
  else if (acknowledged?.secret === undefined) token.maybeRotated = true;
  else {
    token.replaced.push(token.secret);
    token.secret = acknowledged.secret;
  }
}

function replayUser(users: Map<string, KnownUser>, { write, acknowledged }: JournalEntry): void {
  if (!('username' in write)) return;
  const fresh = { username: write.username, password: undefined, formerPassword: undefined, live: [], ended: [] };
  const user: KnownUser = users.get(write.username) ?? fresh;
  users.set(write.username, user);
  if (write.op === 'sign in') {
    if (acknowledged?.refreshToken !== undefined) user.live.push(acknowledged.refreshToken);
    return;
  }
  if (acknowledged !== undefined) user.ended.push(...user.live);
  // After a change that was not acknowledged they may have ended, or not.
  user.live = [];
  user.formerPassword = acknowledged === undefined ? undefined : user.password;
  user.password = acknowledged === undefined ? undefined : write.password;
}

interface Check {
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly bearer: string;
  readonly lost: string[];
  readonly revived: string[];
  readonly torn: string[];
}

async function checkToken(token: KnownToken, check: Check): Promise<void> {
  const { id } = token;
  const name = `application token ${id}`;
  const path = `/api/v1/application_token/${id}`;
  const shown = await check.send({ method: 'GET', path, bearer: check.bearer });
  if (shown.status !== 200) {
    check.lost.push(`${name} is gone: ${describe(shown)}`);
    return;
  }
  const isRevoked = (JSON.parse(shown.text) as { status: { id: number } }).status.id === 1;
  const works = await isTaken(check, { application_token: token.secret });
  if (token.revoked === 'yes' && (works || !isRevoked)) check.revived.push(`${name} was revoked`);
  if (token.revoked === 'no' && isRevoked) check.lost.push(`${name} is revoked, which nobody asked for`);
  if (token.revoked === 'no' && !token.maybeRotated && !works) check.lost.push(`the secret of ${name} is refused`);
  if (token.revoked === 'maybe' && works === isRevoked) {
    check.torn.push(`${name} is ${isRevoked ? 'revoked, and its secret works' : 'active, and its secret is refused'}`);
  }
  for (const secret of token.replaced) {
    if (await isTaken(check, { application_token: secret })) check.revived.push(`a replaced secret of ${name} works`);
  }
}

async function checkUser(user: KnownUser, check: Check): Promise<void> {
  const { username, password, formerPassword } = user;
  await forEachAtOnce(user.live, async (refresh_token) => {
    if (!(await isTaken(check, { refresh_token }))) check.lost.push(`a session of ${username}`);
  });
  await forEachAtOnce(user.ended, async (refresh_token) => {
    if (await isTaken(check, { refresh_token })) check.revived.push(`a session of ${username} that had ended`);
  });
  if (formerPassword !== undefined && (await isTaken(check, { username, password: formerPassword }))) {
    check.revived.push(`the former password of ${username}`);
  }
  // The last one, so that the failure before does not count towards a lock.
  if (password !== undefined && !(await isTaken(check, { username, password }))) {
    check.lost.push(`the password of ${username}`);
  }
}

/** Whether the credentials are taken; throws an Error where that can't be told. */
async function isTaken(check: Check, body: object): Promise<boolean> {
  const answer = await check.send({ method: 'POST', path: '/api/v1/authenticate', body });
  if (answer.status === 200) return true;
  if (answer.status === 401) return false;
  throw new Error(`credentials were neither taken nor refused: ${describe(answer)}`);
}

function describe({ status, text }: HttpAnswer): string {
  return `${status} ${text}`;
}

async function forEachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
