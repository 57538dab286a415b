import { CommandError, type Terminal, UsageError } from './command.ts';

/**
 * Reads a secret from standard input, where neither the process list nor the shell's history shows it. One trailing line
 * break is dropped.
 *
 * @throws CommandError where there is none, or it is not UTF-8
 */
export async function readSecret(terminal: Terminal, name: string): Promise<string> {
  const bytes = await terminal.readInput();
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new CommandError(`the ${name} on standard input is not UTF-8 text`, { cause: error });
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new CommandError(`there is no ${name} on standard input: pipe it into this command`);
  return secret;
}

/**
 * Reads the password that `--password-stdin` announces.
 *
 * @throws UsageError without that option
 */
export async function readPassword(
  terminal: Terminal,
  options: { readonly 'password-stdin'?: boolean },
): Promise<string> {
  if (options['password-stdin'] !== true) {
    throw new UsageError(
      `the password is read from standard input: add --password-stdin and pipe it in, as in printf %s "$PASSWORD" | keywright …`,
    );
  }
  return readSecret(terminal, 'password');
}

/** How `--password-stdin` reads in help. */
export const passwordOption = {
  'password-stdin': { meaning: 'Read the password from standard input; one trailing line break is dropped' },
} as const;
