import { Agent } from 'node:http';
import { join } from 'node:path';
import { type CommandOutcome, runCommandLine, startServing } from './command-line.ts';
import { call } from './http-call.ts';
import { createProcessFolder } from './process-folder.ts';
import { waitUntil } from './wait-until.ts';

/** Longer than a start takes on the busiest machine. */
const startTimeoutSeconds = 60;

/** Settings by their variables: `{ KEYWRIGHT_RATE_LIMIT: 'off' }`. */
export type KeywrightSettings = Readonly<Record<string, string>>;

/** A data folder and settings, on which servers and commands are started as an operator would. */
export interface KeywrightInstallation {
  readonly dataDir: string;
  /** A folder for the test's own files, which goes with the rest. */
  readonly scratchDir: string;
  /** The file of the embedded database. */
  readonly databaseFile: string;
  /** Starts a server on a free port, and returns once `/readyz` answers 200. */
  start(): Promise<KeywrightServer>;
  /** Runs a command to its end, or a server that is expected to end by itself; `input` is its standard input. */
  run(args: readonly string[], input?: string): Promise<CommandOutcome>;
  /** As `run`, for a command that must work. Throws an Error with what it said where it does not. */
  runWell(args: readonly string[], input?: string): Promise<CommandOutcome>;
  /** Kills whatever still runs, and removes the folders. */
  remove(): Promise<void>;
}

/** A server in a process of its own, which ends with this one however that ends. */
export interface KeywrightServer {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to the first 200 of `/readyz`, in milliseconds. */
  readonly readyAfterMs: number;
  /** What it has written so far: JSON lines on standard output, and text for people on standard error. */
  readonly written: { readonly out: string; readonly err: string };
  readonly isRunning: boolean;
  /** What `/readyz` answers now; 0 where nobody answers. */
  readiness(): Promise<number>;
  /** Sends the signal, and resolves when the process has ended: with the exit code, or the name of the signal. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ readonly code: number | string; readonly tookMs: number }>;
}

/**
 * Makes an empty installation.
 *
 * Its public URL stays the same from start to start, although the port does not: a free port that clients keep trying
 * while nobody listens could be given to one of them.
 */
export async function createInstallation(settings: KeywrightSettings = {}): Promise<KeywrightInstallation> {
  const folder = await createProcessFolder();
  const dataDir = join(folder.path, 'data');
  const env = { KEYWRIGHT_PUBLIC_URL: 'http://keywright.test', ...settings };
  // On the command line rather than in the environment, where the watch over the folder finds it.
  const place = ['--data-dir', dataDir];
  const { watch } = folder;
  const run: KeywrightInstallation['run'] = (args, input = '') =>
    runCommandLine([...args, ...place], { input, env, watch });
  return {
    dataDir,
    scratchDir: folder.path,
    databaseFile: join(dataDir, 'keywright.db'),
    async start() {
      const startedAt = performance.now();
      const serving = await startServing(place, env);
      watch(serving.child);
      return observe(serving, startedAt);
    },
    run,
    async runWell(args, input) {
      const outcome = await run(args, input);
      if (outcome.code !== 0) throw new Error(`keywright ${args.join(' ')} ended with ${outcome.code}: ${outcome.err}`);
      return outcome;
    },
    remove: () => folder.remove(),
  };
}

async function observe(
  { child, written, ended, url }: Awaited<ReturnType<typeof startServing>>,
  startedAt: number,
): Promise<KeywrightServer> {
  const { pid } = child;
  if (pid === undefined) throw new Error('the process could not be started');
  let isRunning = true;
  void ended.then(() => {
    isRunning = false;
  });
  const agent = new Agent();
  const readiness = async (): Promise<number> => {
    const answer = await call(agent, url, { method: 'GET', path: '/readyz' }).catch(() => undefined);
    return answer?.status ?? 0;
  };
  await waitUntil('the server is ready', startTimeoutSeconds, async () => (await readiness()) === 200);
  return {
    url,
    pid,
    readyAfterMs: performance.now() - startedAt,
    written,
    get isRunning() {
      return isRunning;
    },
    readiness,
    async end(signal) {
      const askedAt = performance.now();
      child.kill(signal);
      return { code: await ended, tookMs: performance.now() - askedAt };
    },
  };
}
