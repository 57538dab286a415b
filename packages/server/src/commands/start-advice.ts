import { type Config, type Environment, findUnknownSettings } from '../config.ts';
import { mailSettings } from '../config-mail.ts';
import { localUrl } from '../config-rules.ts';
import { settings } from '../config-settings.ts';
import { isLoopbackHost } from '../domain/loopback.ts';

/** What an operator should know of the settings although the server starts with them, a line each. */
export function adviseOnStart(env: Environment, config: Config): string[] {
  return [...findUnknownSettings(env), ...adviseOnPublicUrl(env, config), ...adviseOnSignUp(env, config)];
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
