import { availableParallelism } from 'node:os';
import type { SigningAlgorithm } from '@keywright/contract';
import type { Network } from '@keywright/verifier';
import { type MailSettingValues, mailSettings } from './config-mail.ts';
import {
  baseUrl,
  filePath,
  hostName,
  masterKeyText,
  networks,
  oneOf,
  origins,
  postgresUrl,
  type RateLimits,
  rateLimits,
  wholeNumber,
  word,
} from './config-parse.ts';
import type { Setting } from './config-setting.ts';

/** The value of every setting; undefined where a setting without a default is not set. */
export interface SettingValues extends MailSettingValues {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly masterKey: Uint8Array | undefined;
  readonly masterKeyFile: string | undefined;
  readonly publicUrl: string | undefined;
  readonly audience: string | undefined;
  readonly trustedProxies: readonly Network[] | undefined;
  readonly corsOrigins: readonly string[] | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly insecureHttp: 'allow' | undefined;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly authTokenMinutes: number;
  readonly rateLimits: RateLimits;
  readonly logLevel: LogLevel;
  readonly metricsToken: string | undefined;
  readonly poolSize: number;
  readonly hashConcurrency: number;
  readonly hashQueue: number;
  readonly eventRetentionDays: number | undefined;
  readonly keyRotationDays: number | undefined;
  readonly refreshRotation: 'on' | 'off';
  readonly sessionIdleDays: number | undefined;
  readonly sha1Passwords: 'allow' | 'deny';
  readonly trustedDevices: 'any' | 'portal' | 'off';
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type SettingKey = keyof SettingValues;

/** A PostgreSQL URL without its passwords. */
export function maskDatabaseUrl(text: string): string {
  return text
    .replace(/^(\w+:\/\/[^/?#:@]*):[^/?#]*@/, '$1:********@')
    .replace(/([?&][^=&]*password=)[^&#]*/gi, '$1********');
}

/** Every setting, by its name in {@link SettingValues}. */
export const settings: { readonly [Key in SettingKey]: Setting<NonNullable<SettingValues[Key]>> } = {
  port: {
    name: 'KEYWRIGHT_PORT',
    option: '--port',
    meaning: 'The TCP port that the service listens on; 0 takes any free one.',
    default: '8080',
    parser: wholeNumber(0, 65_535),
  },
  host: {
    name: 'KEYWRIGHT_HOST',
    option: '--host',
    meaning:
      'The address or host name that the service listens on; 0.0.0.0 for every IPv4 address, :: for every address.',
    default: '127.0.0.1',
    parser: hostName,
  },
  dataDir: {
    name: 'KEYWRIGHT_DATA_DIR',
    option: '--data-dir',
    meaning: 'The folder of the SQLite file and of the master key made at first start.',
    default: './data',
    parser: filePath,
  },
  databaseUrl: {
    name: 'KEYWRIGHT_DATABASE_URL',
    meaning: 'The PostgreSQL database; where it is not set, a SQLite file in the data folder.',
    parser: postgresUrl,
    shown: maskDatabaseUrl,
  },
  masterKey: {
    name: 'KEYWRIGHT_MASTER_KEY',
    meaning:
      'The key under which signing keys rest encrypted, 32 bytes in Base64; needed on PostgreSQL, made at first start on SQLite.',
    parser: masterKeyText,
    shown: 'nothing',
  },
  masterKeyFile: {
    name: 'KEYWRIGHT_MASTER_KEY_FILE',
    meaning: 'A file that holds the master key in Base64, instead of KEYWRIGHT_MASTER_KEY.',
    parser: filePath,
  },
  publicUrl: {
    name: 'KEYWRIGHT_PUBLIC_URL',
    meaning:
      'Where clients reach the service, without a path: the issuer of its tokens and the start of its links; where it is not set, http(s)://{host}:{port}.',
    parser: baseUrl,
  },
  audience: {
    name: 'KEYWRIGHT_AUDIENCE',
    meaning: 'The audience (aud) of auth tokens; where it is not set, the public URL.',
    parser: word(1),
  },
  trustedProxies: {
    name: 'KEYWRIGHT_TRUSTED_PROXIES',
    meaning: 'The reverse proxies whose X-Forwarded-For is believed: networks, separated by commas.',
    parser: networks,
  },
  corsOrigins: {
    name: 'KEYWRIGHT_CORS_ORIGINS',
    meaning:
      'The origins whose web pages may call the API from a browser, separated by commas; none where it is not set.',
    parser: origins,
  },
  tlsCert: {
    name: 'KEYWRIGHT_TLS_CERT',
    meaning: 'A file with the TLS certificate and its chain in PEM, read again when it changes.',
    parser: filePath,
  },
  tlsKey: {
    name: 'KEYWRIGHT_TLS_KEY',
    meaning: 'A file with the private key of the TLS certificate in PEM, read again when it changes.',
    parser: filePath,
  },
  insecureHttp: {
    name: 'KEYWRIGHT_INSECURE_HTTP',
    meaning: 'Set to allow, the service starts off loopback without TLS and without a trusted proxy.',
    parser: oneOf('allow'),
  },
  signingAlgorithm: {
    name: 'KEYWRIGHT_SIGNING_ALGORITHM',
    meaning:
      'How auth tokens are signed. HS256 is one shared secret; with the others, verifiers need the public key alone.',
    default: 'HS256',
    parser: oneOf('HS256', 'EdDSA', 'ES256', 'RS256'),
  },
  authTokenMinutes: {
    name: 'KEYWRIGHT_AUTH_TOKEN_MINUTES',
    meaning: 'How many minutes an auth token lives.',
    default: '240',
    parser: wholeNumber(1, 1440),
  },
  rateLimits: {
    name: 'KEYWRIGHT_RATE_LIMIT',
    meaning:
      'How often in 5 minutes: attempts and failures per address, exchanges per token, other calls per address; and in an hour mails of a kind per username. Never the lock-out of accounts.',
    default: 'on',
    parser: rateLimits,
  },
  logLevel: {
    name: 'KEYWRIGHT_LOG_LEVEL',
    meaning: 'The least level that is logged.',
    default: 'info',
    parser: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
  metricsToken: {
    name: 'KEYWRIGHT_METRICS_TOKEN',
    meaning: 'The bearer token with which /metrics answers callers that are not on loopback.',
    parser: word(16),
    shown: 'nothing',
  },
  poolSize: {
    name: 'KEYWRIGHT_POOL_SIZE',
    meaning: 'How many connections to PostgreSQL the service keeps at most.',
    default: '10',
    parser: wholeNumber(1, 1000),
  },
  hashConcurrency: {
    name: 'KEYWRIGHT_HASH_CONCURRENCY',
    meaning: 'How many passwords are hashed at a time; by default one fewer than there are processor cores.',
    default: String(Math.max(1, availableParallelism() - 1)),
    parser: wholeNumber(1, 1024),
  },
  hashQueue: {
    name: 'KEYWRIGHT_HASH_QUEUE',
    meaning: 'How many sign-ins may wait for a hash; beyond that the service answers 503.',
    default: '512',
    parser: wholeNumber(1, 100_000),
  },
  refreshRotation: {
    name: 'KEYWRIGHT_REFRESH_ROTATION',
    meaning:
      'Whether each refresh also gives the next refresh token, and using an older one ends the session; clients of the public API use one token again and again.',
    default: 'off',
    parser: oneOf('on', 'off'),
  },
  sessionIdleDays: {
    name: 'KEYWRIGHT_SESSION_IDLE_DAYS',
    meaning: 'After how many days without use a session ends; where it is not set, after 30 days whether used or not.',
    parser: wholeNumber(1, 30),
  },
  sha1Passwords: {
    name: 'KEYWRIGHT_SHA1_PASSWORDS',
    meaning:
      'Whether a password may come as its SHA-1, as the public API asks for; the metric keywright_sha1_sign_ins_total says which programs still send one.',
    default: 'allow',
    parser: oneOf('allow', 'deny'),
  },
  trustedDevices: {
    name: 'KEYWRIGHT_TRUSTED_DEVICES',
    meaning:
      'Which devices may skip the second factor for 90 days: any that says so (published portals derive their fingerprints from the browser, which is no secret), only those of the portal (random), or none.',
    default: 'any',
    parser: oneOf('any', 'portal', 'off'),
  },
  eventRetentionDays: {
    name: 'KEYWRIGHT_EVENT_RETENTION_DAYS',
    meaning: 'For how many days events are kept; where it is not set, for good.',
    parser: wholeNumber(1, 36_500),
  },
  keyRotationDays: {
    name: 'KEYWRIGHT_KEY_ROTATION_DAYS',
    meaning:
      'After how many days the next key signs auth tokens; where it is not set, when you say so. With HS256, export the secrets again before each rotation.',
    parser: wholeNumber(1, 3_650),
  },
  ...mailSettings,
};
