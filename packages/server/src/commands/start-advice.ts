import { type Config, type Environment, findUnknownSettings } from '../config.ts';
import { mailSettings } from '../config-mail.ts';
import { localUrl } from '../config-rules.ts';
import { settings } from '../config-settings.ts';
import { isLoopbackHost } from '../domain/loopback.ts';

/** What an operator should know of the settings although the server starts with them, a line each. */
export function adviseOnStart(env: Environment, config: Config): string[] {
  return [
    ...findUnknownSettings(env),
    ...adviseOnDatabase(config),
    ...adviseOnPublicUrl(env, config),
    ...adviseOnSignUp(env, config),
  ];
}

/** On the way to another machine others could read names and hashes of passwords, unless it is said that none can. */
function adviseOnDatabase({ databaseUrl }: Config): string[] {
  const url = databaseUrl === undefined ? null : URL.parse(databaseUrl);
  if (url === null || url.searchParams.has('sslmode')) return [];
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  // A path is that of a socket.
  if (host === '' || host.startsWith('/') || isLoopbackHost(host)) return [];
  return [
    `${settings.databaseUrl.name} names ${host} without sslmode, so what the database holds crosses the network readable: add ?sslmode=verify-full, and &sslrootcert=FILE where its certificate is of your own authority; or ?sslmode=disable where nobody can read along`,
  ];
}

/** The default is for those who try things out on their own machine: others reach the service elsewhere. */
function adviseOnPublicUrl(env: Environment, config: Config): string[] {
  const isOnThisMachine = isLoopbackHost(config.host) && 'file' in config.database;
  if (isSet(env, settings.publicUrl.name) || isOnThisMachine) return [];
  const isWildcard = config.host === '0.0.0.0' || config.host === '::';
  const url = localUrl(config, config.port);
  const where = isWildcard ? `${url}, which no client can reach` : url;
  const instances =
    'url' in config.database ? ', and instances that call themselves otherwise refuse the tokens of this one' : '';
  return [
    `${settings.publicUrl.name} is not set, so tokens and links name ${where}${instances}: set it to where clients reach the service`,
  ];
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}

/** Behind a proxy the default for those who try things out on their own machine would be open to everybody. */
function adviseOnSignUp(env: Environment, config: Config): string[] {
  const isPublic = config.publicUrl !== undefined && !isLoopbackHost(new URL(config.publicUrl).hostname);
  if (
    isSet(env, mailSettings.signUp.name) ||
    config.signUp !== 'open' ||
    !(isPublic || config.trustedProxies.length > 0)
  )
    return [];
  return [`${mailSettings.signUp.name} is not set, so whoever reaches the service can make an organisation: set it`];
}
