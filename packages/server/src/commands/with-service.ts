import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { readConfig } from '../config.ts';
import { type Config, nameDatabase, settlePublicUrl } from '../config-rules.ts';
import { Refusal } from '../domain/errors.ts';
import { loopback } from '../domain/loopback.ts';
import type { Log } from '../domain/ports.ts';
import type { Actor, Client, Service } from '../domain/service.ts';
import { isErrorCode } from '../error-code.ts';
import { requireStoreFile } from '../existing-store.ts';
import { loadMasterKey } from '../master-key.ts';
import { CommandError, type Invocation } from './command.ts';
import { settingOptionsOf } from './setting-options.ts';

/** What a command works with. */
export interface CommandContext {
  readonly service: Service;
  readonly config: Config;
  /** The command line as the one who changes something. */
  readonly actor: Actor;
}

/** The configuration of a command; what it decides for a server only (host, TLS) is not checked. */
export function readCommandConfig(invocation: Invocation): Config {
  const { options, terminal } = invocation;
  const config = readConfig(terminal.env, settingOptionsOf(options));
  settlePublicUrl(config, config.port);
  if (options.verbose === true) terminal.err(`keywright: the database is ${nameDatabase(config)}\n`);
  return config;
}

/**
 * Opens the service beside a server that may be running, does the work, and closes it.
 *
 * @param options `mayMakeStore` for those few commands with which one begins: where there is no store, any other says so
 * @throws ConfigError, CommandError where the operator has to put something right
 */
export async function withService<T>(
  invocation: Invocation,
  work: (context: CommandContext) => Promise<T>,
  options: { readonly mayMakeStore?: boolean } = {},
): Promise<T> {
  const config = readCommandConfig(invocation);
  const mustExist = options.mayMakeStore !== true;
  if (mustExist) await requireStoreFile(config);
  // Help and the like need not wait for the server's modules.
  const { openService } = await import('../app.ts');
  const opened = await namingDatabase(config, async () => {
    const log = terminalLog(invocation);
    const metrics = { countAuthentication: () => undefined, countSha1SignIn: () => undefined };
    const masterKey = await loadMasterKey(config);
    return openService(config, { log, metrics, masterKey, role: 'command', mustExist });
  });
  try {
    return await namingDatabase(config, () => work({ service: opened.service, config, actor: createActor() }));
  } finally {
    await opened.close();
  }
}

/** What PostgreSQL refuses a user or a database with (SQLSTATEs, appendix A): for the operator to put right. */
const accessRefused = ['28000', '28P01', '3D000', '42501'];

/** Says which database it is that can't be used. */
export async function namingDatabase<T>(config: Config, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = databaseFault(error);
    if (fault === undefined) throw error;
    const advice =
      config.databaseUrl === undefined ? '' : '; see that it runs, and that KEYWRIGHT_DATABASE_URL is right';
    throw new CommandError(`the database can't be used now (${fault}): ${nameDatabase(config)}${advice}`, {
      cause: error,
    });
  }
}

function databaseFault(error: unknown): string | undefined {
  if (error instanceof Refusal && error.token === 'Unavailable') return error.reason ?? 'it does not answer';
  return isErrorCode(error, ...accessRefused) ? error.message : undefined;
}

/** A command prints what it did; log lines are for those who ask for more. */
export function terminalLog({ terminal, options }: Invocation): Log {
  const write = (_fields: object, message: string): void => {
    if (options.verbose === true) terminal.err(`keywright: ${message}\n`);
  };
  return { debug: () => undefined, info: write, warn: write, error: write };
}

/** A command as the one who changes something; events name it, and whose it is: `command line (alice)`. */
export function createActor(name = `command line${loginName()}`): Actor {
  const client: Client = {
    address: loopback,
    requestId: randomUUID(),
    source: 4,
    userAgent: null,
  };
  return { client, userId: null, name };
}

function loginName(): string {
  try {
    return ` (${userInfo().username})`;
  } catch {
    // Containers run under numbers that have no name.
    return '';
  }
}
