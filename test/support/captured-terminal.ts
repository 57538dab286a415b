import type { Command, Terminal } from '../../packages/server/src/commands/command.ts';
import { runCommand } from '../../packages/server/src/commands/run-command.ts';
import type { Environment } from '../../packages/server/src/config.ts';

/** A terminal that keeps what is written to it. */
export interface CapturedTerminal {
  readonly terminal: Terminal;
  readonly written: { out: string; err: string };
}

/** Makes a terminal of a test's own; nothing of the process's environment is seen in it. */
export function captureTerminal(given: { readonly env?: Environment; readonly input?: string } = {}): CapturedTerminal {
  const written = { out: '', err: '' };
  const terminal: Terminal = {
    env: given.env ?? {},
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    readInput: async () => new TextEncoder().encode(given.input ?? ''),
  };
  return { terminal, written };
}

/** Runs a command line in the test's own process. */
export async function runHere(
  commands: readonly Command[],
  argv: readonly string[],
  given: { readonly env?: Environment; readonly input?: string } = {},
): Promise<{ code: number; out: string; err: string }> {
  const { terminal, written } = captureTerminal(given);
  const code = await runCommand(commands, argv, terminal);
  return { code, ...written };
}
