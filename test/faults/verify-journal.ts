import { Agent } from 'node:http';
import { call, type HttpAnswer, type HttpRequest } from '../support/http-call.ts';
import { stepAt, totpCode } from '../support/totp.ts';
import type { Authenticator } from './authenticator.ts';
import type { JournalEntry, WriteJournal } from './write-journal.ts';

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
  /** How many TOTP steps were sent once more while their codes would have been taken, had they not been used. */
  readonly stepsTried: number;
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

/** A session as the acknowledgements leave it; `maybe` after a change that was not acknowledged. */
interface KnownSession {
  readonly name: string;
  readonly username: string;
  refreshToken: string;
  state: 'live' | 'maybe' | 'ended';
}

/** A user as the acknowledgements leave it. */
interface KnownUser {
  readonly username: string;
  /** Undefined until it was changed, or after a change that was not acknowledged. */
  password: string | undefined;
  formerPassword: string | undefined;
}

interface Known {
  readonly tokens: Map<number, KnownToken>;
  readonly users: Map<string, KnownUser>;
  readonly sessions: Map<string, KnownSession>;
  /** By username, the last step that was used for sure and is yet to be tried again. */
  readonly usedSteps: Map<string, Authenticator>;
}

const concurrency = 16;

/**
 * Checks lines of the journal through the API of a server that nobody else changes meanwhile. What that changes itself,
 * refresh tokens, goes into the journal too.
 */
export async function verifyJournal(
  journal: WriteJournal,
  entries: readonly JournalEntry[],
  options: VerifyOptions,
): Promise<JournalVerdict> {
  const { tokens, users, sessions, usedSteps } = replay(entries);
  const lost: string[] = [];
  const revived: string[] = [];
  const torn: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const send = (request: HttpRequest): Promise<HttpAnswer> => call(agent, options.url, request);
  let stepsTried = 0;
  const check = { send, bearer: options.bearer, journal, lost, revived, torn };
  try {
    await forEachAtOnce(tokens.values(), (token) => checkToken(token, check));
    await forEachAtOnce(sessions.values(), (session) => checkSession(session, check));
    const tried = await Promise.all([...usedSteps.values()].map((used) => checkUsedStep(used, check)));
    stepsTried = tried.filter(Boolean).length;
    // One after another, since failures lock.
    for (const user of users.values()) await checkUser(user, check);
  } finally {
    agent.destroy();
  }
  const acknowledged = entries.filter((entry) => entry.acknowledged !== undefined).length;
  return { acknowledged, unacknowledged: entries.length - acknowledged, lost, revived, torn, stepsTried };
}

function replay(entries: readonly JournalEntry[]): Known {
  const known: Known = { tokens: new Map(), users: new Map(), sessions: new Map(), usedSteps: new Map() };
  for (const entry of entries) replayEntry(known, entry);
  return known;
}

function replayEntry(known: Known, { write, acknowledged }: JournalEntry): void {
  switch (write.op) {
    case 'create': {
      const { id, secret } = acknowledged ?? {};
      if (id === undefined || secret === undefined) return;
      known.tokens.set(id, { id, secret, replaced: [], revoked: 'no', maybeRotated: false });
      return;
    }
    case 'revoke': {
      const token = known.tokens.get(write.id);
      if (token !== undefined) token.revoked = acknowledged === undefined ? 'maybe' : 'yes';
      return;
    }
    case 'rotate': {
      const token = known.tokens.get(write.id);
      if (token !== undefined) replayRotation(token, acknowledged?.secret);
      return;
    }
    case 'sign in': {
      const { refreshToken } = acknowledged ?? {};
      const { session: name, username } = write;
      if (refreshToken !== undefined) known.sessions.set(name, { name, username, refreshToken, state: 'live' });
      return;
    }
    case 'use TOTP step': {
      const { refreshToken } = acknowledged ?? {};
      const { session: name, authenticator } = write;
      if (refreshToken === undefined) return;
      const { username } = authenticator;
      known.sessions.set(name, { name, username, refreshToken, state: 'live' });
      known.usedSteps.set(username, authenticator);
      return;
    }
    case 'use TOTP step again':
      known.usedSteps.delete(write.username);
      return;
    case 'refresh': {
      const session = known.sessions.get(write.session);
      if (session !== undefined) replayRefresh(session, acknowledged?.refreshToken);
      return;
    }
    case 'set password':
      replayPassword(known, write.username, acknowledged === undefined ? undefined : write.password);
  }
}

function replayRotation(token: KnownToken, secret: string | undefined): void {
  if (secret === undefined) {
    token.maybeRotated = true;
    return;
  }
  token.replaced.push(token.secret);
  token.secret = secret;
}

function replayRefresh(session: KnownSession, refreshToken: string | undefined): void {
  if (refreshToken !== undefined) session.refreshToken = refreshToken;
  // The token in hand works for a while if it was replaced, and then ends the session.
  else if (session.state === 'live') session.state = 'maybe';
}

/** @param password undefined where the change was not acknowledged */
function replayPassword({ users, sessions }: Known, username: string, password: string | undefined): void {
  for (const session of sessions.values()) {
    if (session.username !== username || session.state === 'ended') continue;
    session.state = password === undefined ? 'maybe' : 'ended';
  }
  const formerPassword = password === undefined ? undefined : users.get(username)?.password;
  users.set(username, { username, password, formerPassword });
}

interface Check {
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly bearer: string;
  readonly journal: WriteJournal;
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

async function checkSession({ name, refreshToken, state }: KnownSession, check: Check): Promise<void> {
  if (state === 'maybe') return;
  const acknowledge = check.journal.ask({ op: 'refresh', session: name });
  const answer = await check.send({
    method: 'POST',
    path: '/api/v1/authenticate',
    body: { refresh_token: refreshToken },
  });
  if (isTakenBy(answer)) {
    acknowledge({ refreshToken: (JSON.parse(answer.text) as { refresh_token: string }).refresh_token });
    if (state === 'ended') check.revived.push(`${name}, which had ended`);
  } else if (state === 'live') check.lost.push(name);
}

/**
 * Sends a code that was used; once, since failures lock.
 *
 * @returns false where it is too old to be taken by anybody
 */
async function checkUsedStep({ username, password, secret, lastStep }: Authenticator, check: Check): Promise<boolean> {
  if (lastStep < stepAt(Date.now()) - 1) return false;
  check.journal.ask({ op: 'use TOTP step again', username });
  const path = '/api/v1/authenticate';
  const first = await check.send({ method: 'POST', path, body: { username, password } });
  const { mfa_token } = JSON.parse(first.text) as { mfa_token?: string };
  if (mfa_token === undefined) throw new Error(`no second factor was asked for: ${describe(first)}`);
  const taken = await isTaken(check, { mfa_token, code: totpCode(secret, lastStep) });
  if (taken) check.revived.push(`the TOTP step ${lastStep} of ${username}`);
  return true;
}

async function checkUser({ username, password, formerPassword }: KnownUser, check: Check): Promise<void> {
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
  return isTakenBy(await check.send({ method: 'POST', path: '/api/v1/authenticate', body }));
}

function isTakenBy(answer: HttpAnswer): boolean {
  if (answer.status === 200) return true;
  if (answer.status === 401) return false;
  throw new Error(`credentials were neither taken nor refused: ${describe(answer)}`);
}

function describe({ status, text }: HttpAnswer): string {
  return `${status} ${text}`;
}

async function forEachAtOnce<T>(items: IterableIterator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const worker = async (): Promise<void> => {
    for (const item of items) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
