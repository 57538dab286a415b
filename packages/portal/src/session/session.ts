import type { AuthenticationCredential, MfaMethod, NewTrustedDevice, PortalSession } from '@keywright/contract';
import { ConnectionError, isApiError } from '../api/api-error.ts';
import { whenConnected } from '../api/connection.ts';
import { send } from '../api/send.ts';
import { createStore } from '../store/store.ts';
import { readClaims, type SessionClaims } from './session-claims.ts';
import { exclusively, listenToOtherTabs, tellOtherTabs } from './tabs.ts';

/** Who is signed in, as far as this page knows. */
export type SessionState =
  | { readonly status: 'starting' }
  | { readonly status: 'signed-out'; readonly reason: SignedOutReason }
  | {
      readonly status: 'signed-in';
      readonly claims: SessionClaims;
      /** Whether another tab has brought it about. */
      readonly isFromElsewhere: boolean;
    };

/** Why nobody is signed in: nobody was, somebody signed out, or the server ended the session. */
export type SignedOutReason = 'none' | 'signed-out' | 'ended';

/** What the password, or the second step, is sent with. */
export type SignInForm =
  | { readonly username: string; readonly password: string; readonly fingerprint: string }
  | { readonly mfa_token: string; readonly code: string; readonly trusted_device?: NewTrustedDevice }
  | {
      readonly mfa_token: string;
      readonly credential: AuthenticationCredential;
      readonly trusted_device?: NewTrustedDevice;
    };

/** What a right password is answered with where a second factor has to follow. */
export interface SecondFactorQuestion {
  readonly mfaToken: string;
  readonly methods: readonly MfaMethod[];
}

/** Follows who is signed in. */
export const sessionStore = createStore<SessionState>({ status: 'starting' });

const path = '/portal/session';
/** How long before its end a token is renewed, in milliseconds. */
const marginMs = 60_000;
const retryMs = 5000;

/** Where the token lives: here and nowhere else. Its end is on this machine's clock, whatever the server's says. */
let held: { readonly token: string; readonly endsAt: number } | undefined;
let renewal: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let start: Promise<void> | undefined;

/** Finds out whether somebody is signed in already; resolves once that is known. */
export function startSession(): Promise<void> {
  start ??= begin();
  return start;
}

async function begin(): Promise<void> {
  listenToOtherTabs((message) => {
    if (message.kind === 'token') hold(message.token, { isFromElsewhere: true });
    else if (sessionStore.get().status === 'signed-in') drop(message.kind);
  });
  document.addEventListener('visibilitychange', () => {
    // Timers of pages in the background come late, and not at all while the machine sleeps.
    if (document.visibilityState === 'visible' && held !== undefined && isDue()) void renewQuietly();
  });
  while (sessionStore.get().status === 'starting') {
    await renew().catch(async (error: unknown) => {
      if (error instanceof ConnectionError) await whenConnected();
      else await waitMs((isApiError(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0) || retryMs);
    });
  }
}

/** A token that is good for the next call; asks for one where there is none or it is about to end. */
export async function bearerToken(): Promise<string | undefined> {
  await startSession();
  if (held !== undefined && isDue()) await renew();
  return held?.token;
}

/** Whether a token is the one that is held: another one may have come while a call was under way. */
export function isHeld(token: string | undefined): boolean {
  return token !== undefined && token === held?.token;
}

/**
 * Gets a new token, once for all who ask at the same time, in this tab and in others.
 *
 * @throws ConnectionError; ApiError where the server could not say whether the session goes on
 */
export function renew(): Promise<void> {
  renewal ??= renewOnce().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function renewOnce(): Promise<void> {
  const before = held?.token;
  await exclusively(async () => {
    // Another tab may have been faster, and have passed its token on.
    if (held !== undefined && held.token !== before && !isDue()) return;
    // Or somebody has signed out meanwhile.
    if (before !== undefined && held === undefined) return;
    try {
      accept(await readToken(await send({ method: 'POST', path: `${path}/refresh` })));
    } catch (error) {
      if (!isApiError(error) || (error.status !== 401 && error.status !== 403)) throw error;
      drop(sessionStore.get().status === 'signed-in' ? 'ended' : 'none');
      // The cookie is theirs too.
      tellOtherTabs({ kind: 'ended' });
    }
  });
}

/**
 * Signs in, or goes one step on.
 *
 * @returns the question for the second step, where there is one
 * @throws ApiError, ConnectionError
 */
export async function signIn(form: SignInForm): Promise<SecondFactorQuestion | undefined> {
  let question: SecondFactorQuestion | undefined;
  // Not while another tab finds out that the session before has ended: it would end this one for all.
  await exclusively(async () => {
    const answer: PortalSession = await (await send({ method: 'POST', path, body: form })).json();
    if ('mfa_token' in answer) question = { mfaToken: answer.mfa_token, methods: answer.methods };
    else accept(answer.auth_token);
  });
  return question;
}

/**
 * Ends the session, in every tab.
 *
 * @throws ConnectionError; ApiError, where it goes on
 */
export async function signOut(): Promise<void> {
  // Not while another tab renews: the token that it is given would sign everybody in again.
  await exclusively(async () => {
    try {
      await send({ method: 'DELETE', path });
    } catch (error) {
      // It has ended already.
      if (!isApiError(error) || error.status !== 401) throw error;
    }
    drop('signed-out');
    tellOtherTabs({ kind: 'signed-out' });
  });
}

/** Takes a token that the server gave otherwise than at a sign-in: for another workspace. */
export function accept(token: string): void {
  hold(token, { isFromElsewhere: false });
  tellOtherTabs({ kind: 'token', token });
}

function hold(token: string, { isFromElsewhere }: { readonly isFromElsewhere: boolean }): void {
  const claims = readClaims<SessionClaims>(token);
  held = { token, endsAt: Date.now() + (claims.exp - claims.iat) * 1000 };
  clearTimeout(timer);
  timer = setTimeout(() => void renewQuietly(), Math.max(held.endsAt - Date.now() - marginMs, retryMs));
  sessionStore.set({ status: 'signed-in', claims, isFromElsewhere });
}

function drop(reason: SignedOutReason): void {
  held = undefined;
  clearTimeout(timer);
  sessionStore.set({ status: 'signed-out', reason });
}

function isDue(): boolean {
  return held === undefined || held.endsAt - Date.now() < marginMs;
}

/** Renews where nobody waits for it: what fails now is tried again later. */
async function renewQuietly(): Promise<void> {
  try {
    await renew();
  } catch {
    clearTimeout(timer);
    timer = setTimeout(() => void renewQuietly(), retryMs);
  }
}

async function readToken(response: Response): Promise<string> {
  return (await response.json()).auth_token;
}

function waitMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
