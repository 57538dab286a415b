import { ClientError } from './client-error.ts';
import { type Environment, platform } from './environment.ts';
import type { ClientOptions, Secret } from './options.ts';
import { parseUrl } from './parse-url.ts';
import { isBearer, readClaims } from './read-token.ts';
import type { SecondFactorHandler, TrustedDevice } from './second-factor.ts';
import { createMemoryStorage, type Owner, type TokenStorage } from './token-storage.ts';

/** How a client authenticates: undefined where only a session that the storage holds may go on. */
export type Credentials =
  | { readonly kind: 'application_token'; readonly applicationToken: Secret }
  | { readonly kind: 'user'; readonly username: string; readonly password: Secret }
  | undefined;

/** The options, checked and completed. */
export interface Settings {
  /** Ends in a slash. */
  readonly baseUrl: URL;
  readonly origins: ReadonlySet<string>;
  readonly credentials: Credentials;
  readonly refreshToken: string | undefined;
  readonly onSecondFactor: SecondFactorHandler | undefined;
  readonly trustedDevice: TrustedDevice | undefined;
  readonly storage: TokenStorage;
  readonly owner: Owner;
  readonly maxWaitSeconds: number;
  readonly timeoutSeconds: number;
  readonly environment: Environment;
}

/** As many letters of an application token as Keywright shows in its list. */
const prefixLength = 12;
const defaultSeconds = 30;

/** @throws ClientError InvalidOptions; its message holds none of the values but origins */
export function readOptions(options: ClientOptions): Settings {
  const isInsecureAllowed = options.allowInsecureHttp === true;
  const baseUrl = readBaseUrl(options.baseUrl, isInsecureAllowed);
  const credentials = readCredentials(options);
  const { refreshToken, storage } = options;
  if (refreshToken !== undefined && !isBearer(refreshToken)) throw invalid('refreshToken is no refresh token');
  if (credentials === undefined && refreshToken === undefined && storage === undefined) {
    throw invalid('applicationToken, username and password, or refreshToken is missing');
  }
  if (credentials?.kind === 'application_token' && refreshToken !== undefined) {
    throw invalid('applicationToken and refreshToken exclude each other');
  }
  const origins = (options.allowedOrigins ?? []).map((origin) => readOrigin(origin, isInsecureAllowed));
  return {
    baseUrl,
    origins: new Set([baseUrl.origin, ...origins]),
    credentials,
    refreshToken,
    onSecondFactor: options.onSecondFactor,
    trustedDevice: options.trustedDevice,
    storage: storage ?? createMemoryStorage(),
    owner: { service: baseUrl.href, name: nameOwner(credentials, refreshToken) },
    maxWaitSeconds: readSeconds('maxWaitSeconds', options.maxWaitSeconds),
    timeoutSeconds: readSeconds('timeoutSeconds', options.timeoutSeconds),
    environment: { ...platform, ...options.environment },
  };
}

function invalid(message: string): ClientError {
  return new ClientError('InvalidOptions', message);
}

function readCredentials({ applicationToken, username, password }: ClientOptions): Credentials {
  if (applicationToken !== undefined) {
    if (username !== undefined || password !== undefined) {
      throw invalid('applicationToken and username with password exclude each other');
    }
    if (applicationToken === '') throw invalid('applicationToken is empty');
    return { kind: 'application_token', applicationToken };
  }
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || username === '') throw invalid('username is missing');
  if (password === undefined || password === '') throw invalid('password is missing');
  return { kind: 'user', username, password };
}

function readBaseUrl(given: string | URL, isInsecureAllowed: boolean): URL {
  const url = readUrl('baseUrl', given, isInsecureAllowed);
  if (url.search !== '' || url.hash !== '') throw invalid('baseUrl has a query or a fragment');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function readOrigin(given: string | URL, isInsecureAllowed: boolean): string {
  const url = readUrl('allowedOrigins', given, isInsecureAllowed);
  if (url.href !== `${url.origin}/`) throw invalid('allowedOrigins has something that is more than an origin');
  return url.origin;
}

function readUrl(what: string, given: string | URL, isInsecureAllowed: boolean): URL {
  const url = parseUrl(String(given));
  if (url === undefined) throw invalid(`${what} has something that is no absolute URL`);
  if (url.username !== '' || url.password !== '') throw invalid(`${what} has a username or a password in a URL`);
  const isInsecure = url.protocol === 'http:' && !isLoopback(url.hostname);
  if (isInsecure && !isInsecureAllowed) {
    throw invalid(`${what} has ${url.origin}, where secrets would go unencrypted: use https, or allowInsecureHttp`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid(`${what} has a URL that is not of HTTP`);
  return url;
}

function isLoopback(hostname: string): boolean {
  return /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(hostname);
}

function readSeconds(name: string, given: number | undefined): number {
  if (given === undefined) return defaultSeconds;
  if (!(given >= 0 && given <= 86_400)) throw invalid(`${name} is from 0 to 86400`);
  return given;
}

/** Whose tokens these are, as far as that tells them from another's: it is kept beside them, so it is no secret. */
function nameOwner(credentials: Credentials, refreshToken: string | undefined): string | undefined {
  if (credentials?.kind === 'user') return `user:${credentials.username.normalize('NFKC').toLowerCase()}`;
  if (credentials?.kind === 'application_token') {
    const { applicationToken } = credentials;
    return `application_token:${typeof applicationToken === 'string' ? applicationToken.slice(0, prefixLength) : ''}`;
  }
  return refreshToken === undefined ? undefined : `session:${String(readClaims(refreshToken)?.['sid'])}`;
}
