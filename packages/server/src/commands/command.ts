import type { Environment } from '../config.ts';

/** An option of a command, as help shows it. */
export interface Option {
  /** What stands for its value in help (`--role NAME`); absent where it takes none. */
  readonly value?: string;
  readonly meaning: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** What a command expects after its name, in order, by the name that stands for it in help. */
export type Arguments = Readonly<Record<string, string>>;

type OptionValue<O extends Option> = O extends { value: string; multiple: true }
  ? readonly string[]
  : O extends { value: string }
    ? string
    : boolean;

export type OptionValues<O extends Options> = { readonly [Name in keyof O]?: OptionValue<O[Name]> };

export type ArgumentValues<A extends Arguments> = { readonly [Name in keyof A]: string };

/** Where a command reads and writes. */
export interface Terminal {
  readonly env: Environment;
  /** Writes to standard output: what was asked for. */
  out(text: string): void;
  /** Writes to standard error: what a person should know besides. */
  err(text: string): void;
  /** Standard input, to its end. */
  readInput(): Promise<Uint8Array>;
  /** Asks for secrets without showing them; absent where nobody is there to be asked, since standard input is no terminal. */
  readonly askHidden?: (prompts: readonly string[]) => Promise<readonly string[]>;
}

/** One use of a command. */
export interface Invocation<O = Readonly<Record<string, unknown>>, A = Readonly<Record<string, string>>> {
  readonly options: O & OptionValues<typeof commonOptions>;
  readonly args: A;
  readonly terminal: Terminal;
}

/** A command of the command line; help and parsing follow from it. */
export interface Command {
  /** One or two words: `migrate`, `user add`. */
  readonly name: string;
  /** One line, for lists of commands. */
  readonly summary: string;
  /** More that one should know, in paragraphs. */
  readonly details?: readonly string[];
  /** Names with their meanings, under a heading. */
  readonly lists?: readonly { readonly heading: string; readonly entries: Readonly<Record<string, string>> }[];
  /** Lines to be pasted into a shell, as they are. */
  readonly examples?: readonly string[];
  readonly arguments: Arguments;
  readonly options: Options;
  /** Resolves to the exit code; 0 where it says nothing. */
  run(invocation: Invocation): Promise<number | undefined>;
}

interface TypedCommand<O extends Options, A extends Arguments> extends Omit<Command, 'run'> {
  readonly arguments: A;
  readonly options: O;
  run(invocation: Invocation<OptionValues<O>, ArgumentValues<A>>): Promise<number | undefined>;
}

/** Declares a command whose `run` knows the types of its options and arguments. */
export function defineCommand<const O extends Options, const A extends Arguments>(
  command: TypedCommand<O, A>,
): Command {
  return command;
}

/** What every command takes. */
export const commonOptions = {
  'data-dir': { value: 'DIR', meaning: 'The data folder, instead of KEYWRIGHT_DATA_DIR' },
  json: { meaning: 'Print JSON, for programs' },
  verbose: { meaning: 'Say which database is used, and what goes on, on standard error' },
  help: { meaning: 'Show this help' },
} as const satisfies Options;

/** The command line was not understood: exit code 2. The message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for can't be done: exit code 1. The message is one line that says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
