import { parseArgs } from 'node:util';

const help = `keywright-testing: a Keywright for tests, whose clock can be turned

  --port PORT                  where it listens, on loopback; any free port where absent
  --control-port PORT          where its control endpoint listens, on loopback; any free port where absent
  --start-at TIME              where its clock stands at first, such as 2030-01-01T00:00:00Z; now, where absent
  --setting VARIABLE=VALUE     a setting of the service, such as KEYWRIGHT_SIGNING_ALGORITHM=EdDSA; may come again

It prints one line of JSON once it is ready, with its base_url and its control_url, and ends with SIGTERM, SIGINT, or
POST /close to the latter. Nothing is kept.
`;

/** A command line that can't be meant so. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`keywright-testing: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      'start-at': { type: 'string' },
      setting: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const port = readPort('port', values.port);
  const settings = { KEYWRIGHT_PORT: String(port), ...Object.fromEntries(values.setting.map(readSetting)) };
  const startAt = values['start-at'] === undefined ? undefined : readTime(values['start-at']);
  const controlPort = readPort('control-port', values['control-port']);
  // Help and mistakes need not wait for the server's modules.
  const { startKeywright } = await import('./start-keywright.ts');
  const { startControlServer } = await import('./control-server.ts');
  const { describe } = await import('./control-calls.ts');
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve());
  if (process.env['npm_lifecycle_event'] === 'npx') whenOrphaned(stopped.resolve);
  await using keywright = await startKeywright({ settings, startAt });
  const control = await startControlServer(keywright, controlPort);
  process.stdout.write(`${JSON.stringify({ ...describe(keywright), control_url: control.url })}\n`);
  await Promise.race([stopped.promise, control.closeRequested]);
  await control.close();
  return 0;
}

/** npx signals the shell that it starts commands with, and that does not pass it on: its end is what a command sees. */
function whenOrphaned(callBack: () => void): void {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    callBack();
  }, 250);
  timer.unref();
}

function readSetting(text: string): [string, string] {
  const [, name, value] = /^(KEYWRIGHT_[A-Z0-9_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--setting ${text} is no VARIABLE=VALUE`);
  return [name, value];
}

function readTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError(`--start-at ${text} is no time`);
  return time;
}

function readPort(option: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`--${option} ${text} is no port`);
  return port;
}
