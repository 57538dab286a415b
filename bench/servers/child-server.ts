import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpConnection } from '../load/http-connection.ts';
import { writeRequest } from '../load/http-request.ts';

/** A server in a process of its own. */
export interface ChildServer {
  readonly port: number;
  /** How much processor time it has used so far, in seconds; NaN where the system doesn't tell. */
  cpuSeconds(): number;
  /** How much memory it holds, in bytes; NaN where the system doesn't tell. */
  residentBytes(): number;
  /** The first line that it printed. */
  readonly firstLine: Promise<string>;
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  /** What Node.js runs, and its arguments; `{port}` stands for the port. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The one core that it may use; any, where absent. */
  readonly core?: number | undefined;
}

const stopMs = 15_000;

// Otherwise the servers would go on when a benchmark is interrupted.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether processes can be given a core each. */
export const canPin: boolean = availableParallelism() > 1 && hasTaskset();

/** Lets this process run on one core only, so that it doesn't take from the server's; says so where it can't. */
export function pinSelf(core: number): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' });
  else console.log('note: there is one core, or no taskset: the load takes from what it measures');
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}

/** Starts a server. It need not answer yet when this returns. */
export async function spawnServer({ args, env = {}, core }: ChildServerOptions): Promise<ChildServer> {
  const port = await findFreePort();
  const nodeArgs = args.map((arg) => arg.replaceAll('{port}', String(port)));
  const [file, fileArgs] =
    core === undefined || !canPin
      ? [process.execPath, nodeArgs]
      : ['taskset', ['-c', String(core), process.execPath, ...nodeArgs]];
  const child = spawn(file, fileArgs, {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const output = gatherOutput(child);
  const ended = once(child, 'exit').finally(() => process.removeListener('exit', kill));
  void ended.then(([code]) => output.end(new Error(`the server ended with ${code}:\n${output.text()}`)));
  // Whoever waits for the first line is told; nobody has to.
  output.firstLine.catch(() => undefined);
  return {
    port,
    cpuSeconds: () => readCpuSeconds(child),
    residentBytes: () => readResidentBytes(child),
    firstLine: output.firstLine,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const stopping = new AbortController();
      await Promise.race([ended, delay(stopMs, undefined, { signal: stopping.signal }).catch(() => undefined)]);
      stopping.abort();
      kill();
      await ended;
    },
  };
}

const keptOutput = 8_192;

/** Reads what a process prints, so that it never waits, and keeps the first line and the end. */
function gatherOutput(child: ChildProcess): {
  readonly firstLine: Promise<string>;
  text(): string;
  end(error: Error): void;
} {
  const first = Promise.withResolvers<string>();
  let isFirst = true;
  let line = '';
  let kept = '';
  const keep = (text: string): void => {
    kept = (kept + text).slice(-keptOutput);
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (isFirst) {
      line += text;
      const end = line.indexOf('\n');
      if (end === -1) return;
      isFirst = false;
      first.resolve(line.slice(0, end));
    } else keep(text);
  });
  child.stderr?.setEncoding('utf8').on('data', keep);
  return { firstLine: first.promise, text: () => kept || line, end: first.reject };
}

/** Waits until a GET is answered with 200; asks again and again without a pause longer than `everyMs`. */
export async function waitUntilReady(
  server: ChildServer,
  path: string,
  { everyMs = 10, withinMs = 60_000 }: { readonly everyMs?: number; readonly withinMs?: number } = {},
): Promise<void> {
  const request = writeRequest('GET', path);
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await isOk(server.port, request)) return;
    if (performance.now() > deadline) throw new Error(`the server was not ready within ${withinMs} ms`);
    await delay(everyMs);
  }
}

async function isOk(port: number, request: Buffer): Promise<boolean> {
  const connection = new HttpConnection(port);
  try {
    await connection.opened;
    return (await connection.ask(request)).status === 200;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

function readCpuSeconds({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The fields after the command's name, which may hold anything: utime and stime are the 14th and 15th of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
}

function readResidentBytes({ pid }: ChildProcess): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes) * 1024;
  } catch {
    return Number.NaN;
  }
}
