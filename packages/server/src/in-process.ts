import type { AddressInfo } from 'node:net';
import { buildApp, type OpenService, openService } from './app.ts';
import { type Config, type Environment, readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { settlePublicUrl } from './config-rules.ts';
import type { Clock, Random } from './domain/ports.ts';
import type { Interceptor } from './http/interception.ts';
import { createMetrics } from './http/metrics.ts';
import { createLog } from './log.ts';
import { version } from './version.ts';

/** What a server in another program's process is started with. */
export interface InProcessOptions {
  /** Settings by their variables; they name the store. Nothing is taken from the environment of the process. */
  readonly env: Environment;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** A server follows the configured signing algorithm and tends its store by itself; a command does neither. */
  readonly role: 'server' | 'command';
  /** Takes each line of the log; nobody where absent. */
  readonly writeLog?: ((line: string) => void) | undefined;
  /** The folder of the built portal; none where absent. */
  readonly portalDir?: string | undefined;
  readonly intercept?: Interceptor | undefined;
}

/** A server in this process that listens on loopback. */
export interface InProcessServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly config: Config;
  readonly opened: OpenService;
  /** Answers what is in flight, writes what was gathered, and closes the store, which stays. */
  close(): Promise<void>;
}

/**
 * Starts a server in this process, on loopback, without what belongs to a process of its own: signals, TLS, the claim on
 * the store. For tests, ours and those of programs that use Keywright.
 *
 * @throws ConfigError where a setting is wrong, or names no master key
 */
export async function startInProcess(options: InProcessOptions): Promise<InProcessServer> {
  const { role, clock, random, writeLog, portalDir, intercept } = options;
  const config = readConfig({ KEYWRIGHT_PORT: '0', ...options.env });
  const { masterKey, trustedProxies, corsOrigins, metricsToken } = config;
  if (masterKey === undefined) throw new ConfigError('KEYWRIGHT_MASTER_KEY is not set');
  const log = createLog({ level: 'debug', destination: { write: (line: string) => writeLog?.(line) } });
  const metrics = createMetrics({ version, ofProcess: false });
  const opened = await openService(config, {
    log,
    metrics,
    masterKey,
    role,
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
  });
  const http = { version, metrics, trustedProxies, corsOrigins, metricsToken, portalDir, intercept };
  const app = await buildApp(opened.service, http);
  const listening: Promise<string> = app.listen({ host: '127.0.0.1', port: config.port });
  await listening;
  const { port } = app.server.address() as AddressInfo;
  settlePublicUrl(config, port);
  return {
    url: `http://127.0.0.1:${port}`,
    config,
    opened,
    async close() {
      await app.close();
      await opened.close();
    },
  };
}
