import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { buildApp, type OpenService, openService } from '../app.ts';
import { ConfigError } from '../config-error.ts';
import { type Config, settlePublicUrl } from '../config-rules.ts';
import type { Log } from '../domain/ports.ts';
import { isErrorCode } from '../error-code.ts';
import { createMetrics } from '../http/metrics.ts';
import { takeWaitingConnections } from '../http/shutdown.ts';
import { loadMasterKey } from '../master-key.ts';
import { findPortalDir } from '../portal-dir.ts';
import { systemClock } from '../system.ts';
import { createTlsReloader, loadTlsCredentials, type TlsServer, tlsFilesOf } from '../tls.ts';
import { version } from '../version.ts';
import { namingDatabase } from './with-service.ts';

/** How long requests in flight may take once the process was asked to stop; writing and closing come after. */
const closeGraceSeconds = 6;
/** How long clients have to learn that their connection closes. */
const closeLingerMs = 500;
const tlsCheckIntervalMs = 5_000;

/** A service that listens. */
export interface ServerProcess {
  readonly opened: OpenService;
  readonly port: number;
  /** From now on `/readyz` answers 503; requests in flight are answered, and what was gathered is written. */
  stop(): Promise<void>;
}

/**
 * Opens the store and listens. `beforeListening` is done before anyone can connect.
 *
 * @throws ConfigError, CommandError where the operator has to put something right
 */
export async function startServer(
  config: Config,
  log: Log,
  beforeListening: (opened: OpenService) => Promise<void>,
): Promise<ServerProcess> {
  const tlsFiles = tlsFilesOf(config);
  const tls = tlsFiles === undefined ? undefined : await loadTlsCredentials(tlsFiles, systemClock.now());
  const metrics = createMetrics({ version });
  const opened = await namingDatabase(config, async () => {
    return openService(config, { log, metrics, masterKey: await loadMasterKey(config), role: 'server' });
  });
  try {
    let isReady = false;
    const { trustedProxies, corsOrigins, metricsToken } = config;
    const http = { version, metrics, trustedProxies, corsOrigins, metricsToken, tls, closeGraceSeconds, closeLingerMs };
    const app = await buildApp(opened.service, { ...http, portalDir: findPortalDir(), isReady: () => isReady });
    await beforeListening(opened);
    const port = await listen(app, config);
    settlePublicUrl(config, port);
    isReady = true;
    const watching = tlsFiles && (await watchTlsFiles(app, tlsFiles, log));
    return {
      opened,
      port,
      async stop() {
        isReady = false;
        clearInterval(watching);
        try {
          await takeWaitingConnections(app.server);
          await app.close();
        } finally {
          await opened.close();
        }
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function listen(app: FastifyInstance, config: Config): Promise<number> {
  const { host, port } = config;
  try {
    const listening: Promise<string> = app.listen({ host, port });
    await listening;
  } catch (error) {
    await app.close();
    throw explainListening(error, host, port);
  }
  return (app.server.address() as AddressInfo).port;
}

function explainListening(error: unknown, host: string, port: number): unknown {
  const choose = 'with --port or KEYWRIGHT_PORT';
  const failed = (reason: string): ConfigError => new ConfigError(reason, { cause: error });
  if (isErrorCode(error, 'EADDRINUSE')) {
    return failed(
      `port ${port} on ${host} is in use: stop the program that listens there, or choose another ${choose}`,
    );
  }
  if (isErrorCode(error, 'EACCES')) {
    return failed(`port ${port} on ${host} is not open to this user: choose one from 1024 up ${choose}`);
  }
  if (isErrorCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN')) {
    return failed(`${host} is no address of this machine: choose another with --host or KEYWRIGHT_HOST`);
  }
  return error;
}

async function watchTlsFiles(
  app: FastifyInstance,
  files: { readonly certFile: string; readonly keyFile: string },
  log: Log,
): Promise<NodeJS.Timeout> {
  const server = app.server as unknown as TlsServer;
  const reloader = await createTlsReloader(server, { files, log, now: systemClock.now });
  return setInterval(() => void reloader.check(), tlsCheckIntervalMs).unref();
}
