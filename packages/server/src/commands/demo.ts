import type { Environment, SettingOptions } from '../config.ts';
import type { Config } from '../config-rules.ts';
import { settings } from '../config-settings.ts';
import { createUser } from '../domain/active-user.ts';
import { isLoopbackHost } from '../domain/loopback.ts';
import { createOrganisation } from '../domain/organisation.ts';
import type { Actor, Service } from '../domain/service.ts';
import { CommandError } from './command.ts';

/** Everybody knows these, so the demo is for this machine alone. */
export const demoUser = {
  username: 'user@domain.com',
  name: 'Demo User',
  password: 'The quick brown fox jumps over the lazy dog',
  /** The password's SHA-1, as the public guide's first request carries it. */
  passwordSha1: '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
} as const;

/** The settings of a demo: those of a real store do not touch it. */
export function demoSettings(
  given: { readonly env: Environment; readonly options: SettingOptions },
  dataDir: string,
): { env: Environment; options: SettingOptions } {
  if (given.options.dataDir !== undefined) {
    throw new CommandError('--demo keeps nothing, so it takes no --data-dir: leave one of them out');
  }
  const { databaseUrl, masterKey, masterKeyFile } = settings;
  const ignored = [databaseUrl, masterKey, masterKeyFile].map(({ name }) => name);
  const env = Object.fromEntries(Object.entries(given.env).filter(([name]) => !ignored.includes(name)));
  return { env, options: { ...given.options, dataDir } };
}

/**
 * Refuses to show the demo's known password to a network.
 *
 * @throws CommandError
 */
export function requireLoopback(config: Config): void {
  if (isLoopbackHost(config.host)) return;
  throw new CommandError(
    `--demo has a password that everybody knows, so it serves on loopback only: leave out --host and KEYWRIGHT_HOST (${config.host})`,
  );
}

/** Makes the demo's user, an administrator. */
export async function seedDemo(service: Service, actor: Actor): Promise<void> {
  const organisation = await createOrganisation(service, actor, { name: 'Demo', parentId: null });
  const { username, name, password } = demoUser;
  await createUser(service, actor, {
    username,
    name,
    password,
    role: 'Administrator',
    organisationId: organisation.id,
  });
}
