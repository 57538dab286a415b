import path from 'node:path';
import type { Network } from '@keywright/verifier';
import type { SignUpMode } from './config-mail.ts';
import type { RateLimits } from './config-parse.ts';
import type { SettingValues } from './config-settings.ts';
import { maskDatabaseUrl } from './config-settings.ts';
import { isLoopbackHost } from './domain/loopback.ts';

/** The configuration of one process: the settings, and what follows from them. */
export interface Config
  extends Omit<SettingValues, 'trustedProxies' | 'corsOrigins' | 'insecureHttp' | 'rateLimits' | 'signUp'> {
  readonly trustedProxies: readonly Network[];
  readonly corsOrigins: readonly string[];
  readonly insecureHttp: boolean;
  readonly rateLimits: RateLimits;
  readonly signUp: SignUpMode;
  /** Which store: a PostgreSQL database by its URL, or a SQLite file by its path. */
  readonly database: { readonly url: string } | { readonly file: string };
  /**
   * Without a trailing slash. Undefined until {@link settlePublicUrl} where neither it nor the port is known before the
   * service listens.
   */
  publicUrl: string | undefined;
  /** Undefined as long as the public URL is, unless it is set. */
  audience: string | undefined;
}

/** Works out what follows from the settings. */
export function deriveConfig(values: SettingValues): Config {
  const config: Config = {
    ...values,
    trustedProxies: values.trustedProxies ?? [],
    corsOrigins: values.corsOrigins ?? [],
    insecureHttp: values.insecureHttp === 'allow',
    signUp: values.signUp ?? (isLoopbackHost(values.host) ? 'open' : 'invite'),
    database:
      values.databaseUrl === undefined
        ? { file: path.join(values.dataDir, 'keywright.db') }
        : { url: values.databaseUrl },
  };
  if (config.port !== 0) settlePublicUrl(config, config.port);
  return config;
}

/** Fills in the public URL and the audience once the port is known, where they are not set. */
export function settlePublicUrl(config: Config, port: number): void {
  config.publicUrl ??= localUrl(config, port);
  config.audience ??= config.publicUrl;
}

/** Where the service answers, by the address that it listens on. */
export function localUrl(config: Pick<Config, 'host' | 'tlsCert'>, port: number): string {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `${config.tlsCert === undefined ? 'http' : 'https'}://${host}:${port}`;
}

/** The first contradiction between settings, in one line; undefined where they fit together. */
export function findConflict(config: Config): string | undefined {
  if (config.masterKey !== undefined && config.masterKeyFile !== undefined) {
    return 'KEYWRIGHT_MASTER_KEY and KEYWRIGHT_MASTER_KEY_FILE are both set: unset one of them';
  }
  if (config.databaseUrl !== undefined && config.masterKey === undefined && config.masterKeyFile === undefined) {
    return 'KEYWRIGHT_MASTER_KEY is not set: on PostgreSQL it must be, and the same for every instance; make one with openssl rand -base64 32';
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    const missing = config.tlsCert === undefined ? 'KEYWRIGHT_TLS_CERT' : 'KEYWRIGHT_TLS_KEY';
    return `${missing} is not set: TLS needs both KEYWRIGHT_TLS_CERT and KEYWRIGHT_TLS_KEY`;
  }
  return undefined;
}

/** Why the service must not listen as configured: off loopback it speaks TLS or stands behind a proxy. */
export function findListeningConflict(config: Config): string | undefined {
  const isProtected = config.tlsCert !== undefined || config.trustedProxies.length > 0 || config.insecureHttp;
  if (isLoopbackHost(config.host) || isProtected) return undefined;
  return `KEYWRIGHT_HOST is "${config.host}", where passwords and tokens would cross the network readable: set KEYWRIGHT_TLS_CERT and KEYWRIGHT_TLS_KEY, or KEYWRIGHT_TRUSTED_PROXIES to the proxy in front, or KEYWRIGHT_INSECURE_HTTP=allow to start all the same`;
}

/** Which database this is, for people: never with its password. */
export function nameDatabase(config: Pick<Config, 'database'>): string {
  const { database } = config;
  return 'url' in database ? `PostgreSQL ${maskDatabaseUrl(database.url)}` : `SQLite ${database.file}`;
}
