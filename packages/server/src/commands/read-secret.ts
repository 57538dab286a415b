import { CommandError, type Terminal, UsageError } from './command.ts';

/**
 * Reads a secret from standard input, where neither the process list nor the shell's history shows it; at a terminal it is
 * asked for. One trailing line break is dropped.
 *
 * @throws CommandError where there is none, or it is not UTF-8
 */
export async function readSecret(terminal: Terminal, name: string): Promise<string> {
  if (terminal.askHidden === undefined) return readPiped(terminal, name);
  const [typed = ''] = await terminal.askHidden([`The ${name}, which is not shown: `]);
  if (typed === '') throw new CommandError(`there is no ${name}: type or paste it, or pipe it into this command`);
  return typed;
}

async function readPiped(terminal: Terminal, name: string): Promise<string> {
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
 * Reads a new password: the one that `--password-stdin` announces, or else the one that a person at a terminal types twice.
 *
 * @throws UsageError without that option where there is no terminal; CommandError where what is typed differs
 */
export async function readPassword(
  terminal: Terminal,
  options: { readonly 'password-stdin'?: boolean },
): Promise<string> {
  if (options['password-stdin'] === true) return readPiped(terminal, 'password');
  if (terminal.askHidden === undefined) {
    throw new UsageError(
      `the password is read from standard input: add --password-stdin and pipe it in, as in printf %s "$PASSWORD" | keywright …`,
    );
  }
  const [password = '', again] = await terminal.askHidden(['The new password, which is not shown: ', 'Once more: ']);
  if (password === '') throw new CommandError('there is no password: nothing was changed');
  if (password !== again) throw new CommandError('the two passwords differ: nothing was changed');
  return password;
}

/** How `--password-stdin` reads in help. */
export const passwordOption = {
  'password-stdin': {
    meaning:
      'Read the password from standard input, less one trailing line break; without it, a person at a terminal is asked',
  },
} as const;
