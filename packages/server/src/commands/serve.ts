import { type Config, readConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { outboxFolder } from '../config-mail.ts';
import { findListeningConflict, localUrl, nameDatabase } from '../config-rules.ts';
import { makeDataDir } from '../data-dir.ts';
import { issueSetupKey } from '../domain/setup.ts';
import { createLog } from '../log.ts';
import { makeThrowAwayFolder } from '../throw-away-store.ts';
import { version } from '../version.ts';
import { formatBanner } from './banner.ts';
import { defineCommand, type Terminal } from './command.ts';
import { demoSettings, requireLoopback, seedDemo } from './demo.ts';
import { settingOptionsOf } from './setting-options.ts';
import { adviseOnStart } from './start-advice.ts';
import { type StopRequest, watchStopSignals } from './stop-request.ts';
import { createActor } from './with-service.ts';

/** The process is gone by then, whatever hangs. */
const stopWithinMs = 9_500;

type ServerLog = ReturnType<typeof createLog>;

/** `keywright serve`: the server itself. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Run the service',
  details: [
    'Logs JSON lines on standard output. While there is no user, the one-time link for the first administrator is printed on standard error.',
    'SIGTERM and SIGINT stop it in order, within 10 seconds; a second one at once.',
  ],
  examples: [
    'keywright serve',
    'keywright serve --demo',
    'KEYWRIGHT_PUBLIC_URL=https://auth.example.com KEYWRIGHT_TRUSTED_PROXIES=127.0.0.1 keywright serve',
  ],
  arguments: {},
  options: {
    port: { value: 'PORT', meaning: 'The port to listen on, instead of KEYWRIGHT_PORT; 0 takes any free one' },
    host: { value: 'HOST', meaning: 'The address to listen on, instead of KEYWRIGHT_HOST' },
    demo: { meaning: 'Serve a throw-away store on loopback, with a user whose password is known' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const stopping = watchStopSignals();
    const isDemo = options.demo === true;
    const given = { env: terminal.env, options: settingOptionsOf(options) };
    const { env, options: chosen } = isDemo ? demoSettings(given, makeThrowAwayFolder('demo')) : given;
    const config = readConfig(env, chosen);
    if (isDemo) requireLoopback(config);
    const conflict = findListeningConflict(config);
    if (conflict !== undefined) throw new ConfigError(conflict);
    for (const line of adviseOnStart(env, config)) terminal.err(`keywright: ${line}\n`);
    await serveUntilStopped(config, { isDemo, terminal, stopping });
    return 0;
  },
});

async function serveUntilStopped(
  config: Config,
  context: { readonly isDemo: boolean; readonly terminal: Terminal; readonly stopping: StopRequest },
): Promise<void> {
  const { isDemo, terminal, stopping } = context;
  const log = createLog({ level: config.logLevel });
  endOnUnexpectedErrors(log);
  void stopping.requested.then((signal) => endInTime(log, signal));
  // Only the server needs these modules, and the other commands need not wait for them.
  const { startServer } = await import('./server-process.ts');
  const { claimServer } = await import('../storage/server-claim.ts');
  if ('file' in config.database) await makeDataDir(config.dataDir);
  const claim = 'file' in config.database ? claimServer(config.dataDir) : undefined;
  try {
    const server = await startServer(config, log, async ({ service }) => {
      if (isDemo) await seedDemo(service, createActor('demo'));
    });
    const url = localUrl(config, server.port);
    const database = nameDatabase(config);
    log.info({ url, public_url: config.publicUrl, database, version, node: process.version }, 'serving');
    const setupKey = await issueSetupKey(server.opened.service);
    const outbox = config.smtp === undefined ? outboxFolder(config.dataDir) : undefined;
    const publicUrl = config.publicUrl ?? url;
    const demoDataDir = isDemo ? config.dataDir : undefined;
    terminal.err(formatBanner({ version, publicUrl, localUrl: url, setupKey, outbox, demoDataDir }));
    const signal = await stopping.requested;
    log.info({ signal }, 'stopping');
    await server.stop();
    log.info({}, 'stopped');
  } finally {
    claim?.release();
  }
}

/** The state of the process is unknown after an error that nobody expected: it ends, and is started again. */
function endOnUnexpectedErrors(log: ServerLog): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'an unexpected error ended the process');
    process.exit(1);
  });
}

function endInTime(log: ServerLog, signal: string): void {
  setTimeout(() => {
    log.fatal({ signal }, 'stopping took too long and was cut short');
    process.exit(1);
  }, stopWithinMs).unref();
}
