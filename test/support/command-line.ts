import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

const sourceBin = path.resolve(import.meta.dirname, '../../packages/server/bin/keywright.js');

/** Settings, and what the process needs besides; nothing of the test's own environment. */
export type CommandEnvironment = Readonly<Record<string, string>>;

/** A running `keywright`, and what it has written so far. */
export interface RunningCommand {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly written: { out: string; err: string };
  /** Resolves with the match once the text is written; rejects where the process ends before. */
  waitFor(stream: 'out' | 'err', pattern: RegExp): Promise<RegExpExecArray>;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts `keywright` with arguments as an operator types them, as a process of its own. */
function startCommand(argv: readonly string[], env: CommandEnvironment = {}, bin: string = sourceBin): RunningCommand {
  const { PATH = '', TMPDIR = '' } = process.env;
  const child = spawn(process.execPath, [bin, ...argv], {
    env: { PATH, ...(TMPDIR === '' ? {} : { TMPDIR }), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  const waiting = new Set<() => void>();
  const lookAgain = (): void => {
    for (const look of waiting) look();
  };
  for (const [name, stream] of [['out', child.stdout] as const, ['err', child.stderr] as const]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      lookAgain();
    });
  }
  // A command that reads no input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  let isOver = false;
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      isOver = true;
      resolve(code ?? signal ?? 'unknown');
      lookAgain();
    });
  });
  return {
    child,
    written,
    ended,
    waitFor: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(written[stream]);
          if (match === null && !isOver) return;
          waiting.delete(look);
          if (match !== null) resolve(match);
          else reject(new Error(`keywright ended without ${pattern} on ${stream}:\n${written.out}${written.err}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What a command came to. */
export interface CommandOutcome {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export async function runCommandLine(
  argv: readonly string[],
  given: {
    readonly input?: string;
    readonly env?: CommandEnvironment;
    /** Is told of the process, to end it should it go on for ever. */
    readonly watch?: (child: RunningCommand['child']) => void;
    /** The command's file, where it is not the one in the repository. */
    readonly bin?: string;
  } = {},
): Promise<CommandOutcome> {
  const { child, written, ended } = startCommand(argv, given.env, given.bin);
  given.watch?.(child);
  child.stdin.end(given.input ?? '');
  const code = await ended;
  return { code, ...written };
}

/** `keywright serve`, listening. */
export interface ServingCommand extends RunningCommand {
  readonly url: string;
}

/** Starts `keywright serve` on a free port, and resolves once it serves. */
export async function startServing(
  argv: readonly string[],
  env: CommandEnvironment = {},
  bin: string = sourceBin,
): Promise<ServingCommand> {
  const started = startCommand(['serve', '--port', '0', ...argv], env, bin);
  const [, url = ''] = await started.waitFor('out', /"url":"([^"]+)".*"msg":"serving"/);
  // The banner is the last thing that is written before it waits.
  await started.waitFor('err', /API reference/);
  return { ...started, url };
}

/** Ends a process in whatever state it is. */
export async function endCommand(command: RunningCommand | undefined): Promise<void> {
  command?.child.kill('SIGKILL');
  await command?.ended;
}
