import { ConfigError } from '../config-error.ts';
import { Refusal } from '../domain/errors.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { formatCommandHelp, formatOverview } from './help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { printable } from './text-table.ts';

/**
 * Runs what a command line asks for.
 *
 * @param argv what stands after the program's name
 * @returns the exit code: 0 done, 1 not done, 2 not understood
 */
export async function runCommand(
  commands: readonly Command[],
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    const line = parseCommandLine(commands, argv);
    if (line.kind === 'run') {
      return (await line.command.run({ options: line.options, args: line.args, terminal })) ?? 0;
    }
    if (line.kind === 'help') {
      terminal.out(formatCommandHelp(line.command));
      return 0;
    }
    const overview = formatOverview(commands, line.group);
    if (line.asked) terminal.out(overview);
    else terminal.err(overview);
    return line.asked ? 0 : 2;
  } catch (error) {
    terminal.err(`keywright: ${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** One line for what was to be expected; a stack for what was not. */
function explain(error: unknown): string {
  if (error instanceof Refusal) {
    const problems = error.problems.map(({ message }) => message);
    return printable(problems.length > 0 ? problems.join('; ') : error.message);
  }
  if (isExpected(error)) return printable(error.message);
  return `this is a bug in Keywright: ${error instanceof Error ? error.stack : String(error)}`;
}

/** Errors whose message is one line for the operator. StartupError is told by its name: its module loads the database's driver. */
function isExpected(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof CommandError || error instanceof ConfigError) return true;
  return error instanceof Error && error.name === 'StartupError';
}
