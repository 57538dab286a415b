import { ClientError } from './client-error.ts';
import {
  type CredentialRequest,
  type CredentialSender,
  createStandingError,
  type StandingError,
} from './credential-sender.ts';
import type { Environment } from './environment.ts';
import { keepTokens } from './keep-tokens.ts';
import type { Secret } from './options.ts';
import { passSecondFactor, toWire } from './second-factor.ts';
import type { Credentials, Settings } from './settings.ts';
import type { KeptTokens } from './token-storage.ts';

/** How long credentials that were refused are not sent again: a wrong password locks its account at the third try. */
const refusedForSeconds = { user: 300, application_token: 60 } as const;

/**
 * Gets tokens for credentials.
 *
 * @param kept what the storage holds
 * @param signal ends the waiting between tries
 * @throws ClientError
 */
export type SignIn = (kept: KeptTokens, signal: AbortSignal) => Promise<KeptTokens>;

type Answer = Readonly<Record<string, unknown>>;

/** Makes the function that signs in; it remembers which credentials were refused. */
export function createSignIn(
  settings: Settings,
  send: CredentialSender,
  credentials: NonNullable<Credentials>,
): SignIn {
  const { environment } = settings;
  let refusal: { readonly secret: string; readonly standing: StandingError } | undefined;

  async function takeFirstStep(secret: string, fingerprint: string | undefined, signal: AbortSignal): Promise<Answer> {
    // Others, from a file that was replaced, may be right.
    if (refusal?.secret === secret) refusal.standing.throwWhileItStands(environment.now());
    try {
      return await send(firstStep(credentials, secret, fingerprint), signal);
    } catch (error) {
      if (isRefused(error)) {
        const until = environment.now() + refusedForSeconds[credentials.kind] * 1000;
        refusal = { secret, standing: createStandingError(error, until) };
      }
      throw error;
    }
  }

  return async (kept, signal) => {
    const secret = await readSecret(credentials.kind === 'user' ? credentials.password : credentials.applicationToken);
    const fingerprint = fingerprintOf(settings, kept);
    const tokens: KeptTokens = { owner: kept.owner, fingerprint };
    const sentAt = environment.now();
    const answer = await takeFirstStep(secret, fingerprint, signal);
    const { mfa_token: mfaToken } = answer;
    if (typeof mfaToken !== 'string') return keepTokens(answer, sentAt, tokens);
    return takeSecondStep(settings, send, { mfaToken, tokens, signal });
  };
}

function firstStep(
  credentials: NonNullable<Credentials>,
  secret: string,
  fingerprint: string | undefined,
): CredentialRequest {
  if (credentials.kind === 'application_token') {
    return { path: 'authenticate', body: { application_token: secret }, secrets: [secret] };
  }
  const body = { username: credentials.username, password: secret };
  return fingerprint === undefined
    ? { path: 'authenticate', body, secrets: [secret] }
    : { path: 'authenticate', body: { ...body, fingerprint }, secrets: [secret, fingerprint] };
}

async function takeSecondStep(
  { onSecondFactor, trustedDevice, environment }: Settings,
  send: CredentialSender,
  step: { readonly mfaToken: string; readonly tokens: KeptTokens; readonly signal: AbortSignal },
): Promise<KeptTokens> {
  const { mfaToken, tokens, signal } = step;
  const { fingerprint } = tokens;
  const device = trustedDevice && fingerprint !== undefined ? toWire(trustedDevice, fingerprint) : undefined;
  let sentAt = environment.now();
  const answer = await passSecondFactor(mfaToken, {
    handler: onSecondFactor,
    device,
    send(path, body) {
      sentAt = environment.now();
      const secrets = [mfaToken, body['code'], fingerprint].filter((value) => typeof value === 'string');
      // A code is used up by the first of two requests with it.
      return send({ path, body, secrets, isForOnce: true }, signal);
    },
  });
  return keepTokens(answer, sentAt, tokens);
}

/** Whether the service looked at what it was sent, and does not take it. */
export function isRefused(error: unknown): error is ClientError {
  if (!(error instanceof ClientError) || error.status === undefined) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 429;
}

async function readSecret(secret: Secret): Promise<string> {
  return typeof secret === 'string' ? secret : (await secret()).trim();
}

function fingerprintOf({ trustedDevice, environment }: Settings, kept: KeptTokens): string | undefined {
  if (trustedDevice === undefined) return undefined;
  return trustedDevice.fingerprint ?? kept.fingerprint ?? makeFingerprint(environment);
}

/** Of the form that is trusted even where operators trust no fingerprint that a browser could have: 256 random bits. */
function makeFingerprint({ randomBytes }: Environment): string {
  const text = btoa(String.fromCharCode(...randomBytes(32)));
  return `kwd_${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}
