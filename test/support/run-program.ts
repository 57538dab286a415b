import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** Nothing of the test's own environment but where programs are. */
const environment = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };

/** A program that runs. */
type RunningProgram = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts a program with these variables, and none of the test's own but `PATH`. */
export function startProgram(
  program: string,
  given: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningProgram {
  return spawn(program, given, { env: { ...environment, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** What a program came to. */
interface ProgramOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end: see {@link startProgram}. */
export async function runProgram(
  program: string,
  given: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<ProgramOutcome> {
  const child = startProgram(program, given, env);
  child.stdin.on('error', () => undefined).end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out: out.trim(), err: err.trim() };
}
