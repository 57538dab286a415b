import { parseArgs } from 'node:util';
import { nearestName } from '../nearest-name.ts';
import { type Command, commonOptions, type Options, UsageError } from './command.ts';

/** What someone typed, understood. */
export type CommandLine =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly options: Readonly<Record<string, unknown>>;
      readonly args: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'help'; readonly command: Command }
  | { readonly kind: 'overview'; readonly group?: string; readonly asked: boolean };

type OptionConfig = Record<string, { type: 'string' | 'boolean'; short?: string }>;

function toConfig(options: Options): OptionConfig {
  const entries = Object.entries(options).map(([name, option]) => {
    const type = option.value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, name === 'help' ? { type, short: 'h' } : { type }] as const;
  });
  return Object.fromEntries(entries);
}

function tokensOf(argv: readonly string[], options: Options) {
  return parseArgs({ args: [...argv], options: toConfig(options), strict: false, allowPositionals: true, tokens: true })
    .tokens;
}

/**
 * Reads a command line.
 *
 * @throws UsageError where there is no such command or option
 */
export function parseCommandLine(commands: readonly Command[], argv: readonly string[]): CommandLine {
  // Which words name the command is only known once the values of all options are told apart from them.
  const allOptions: Options = Object.assign({}, ...commands.map(({ options }) => options), commonOptions);
  const tokens = tokensOf(argv, allOptions);
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const asksHelp = tokens.some((token) => token.kind === 'option' && token.name === 'help') || words[0] === 'help';
  if (words[0] === 'help') words.shift();
  if (words.length === 0) return parseWordless(commands, argv, asksHelp);
  const found = findCommand(commands, words);
  if (found === undefined) return { kind: 'overview', group: words[0] ?? '', asked: asksHelp };
  if (asksHelp) return { kind: 'help', command: found };
  const nameLength = found.name.split(' ').length;
  return { kind: 'run', command: found, ...parseParameters(found, argv, nameLength) };
}

function parseWordless(commands: readonly Command[], argv: readonly string[], asked: boolean): CommandLine {
  const version = commands.find(({ name }) => name === 'version');
  if (argv.includes('--version') && version !== undefined)
    return { kind: 'run', command: version, options: {}, args: {} };
  return { kind: 'overview', asked };
}

/** Undefined where the words name a group of commands without saying which. */
function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  const [first = '', second] = words;
  const names = commands.map(({ name }) => name);
  const isGroup = names.some((name) => name.startsWith(`${first} `));
  if (isGroup && second === undefined) return undefined;
  const typed = isGroup ? `${first} ${second}` : first;
  const found = commands.find(({ name }) => name === typed);
  if (found !== undefined) return found;
  const groups = names.map((name) => name.split(' ')[0] ?? '');
  const nearest = nearestName(typed, isGroup ? names : [...names, ...groups]);
  throw new UsageError(
    nearest === undefined
      ? `there is no command "${typed}": see keywright help${isGroup ? ` ${first}` : ''}`
      : `there is no command "${typed}": did you mean "${nearest}"?`,
  );
}

function parseParameters(
  command: Command,
  argv: readonly string[],
  nameLength: number,
): { options: Readonly<Record<string, unknown>>; args: Readonly<Record<string, string>> } {
  const known: Options = { ...command.options, ...commonOptions };
  const options: Record<string, unknown> = {};
  const words: string[] = [];
  for (const token of tokensOf(argv, known)) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option') takeOption(command, known, options, token);
  }
  return { options, args: takeArguments(command, words.slice(nameLength)) };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function takeOption(command: Command, known: Options, options: Record<string, unknown>, token: OptionToken): void {
  const { name, rawName, value } = token;
  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  if (option === undefined) {
    const nearest = nearestName(name, Object.keys(known));
    const hint = nearest === undefined ? `see keywright help ${command.name}` : `did you mean --${nearest}?`;
    throw new UsageError(`${command.name} has no option ${rawName}: ${hint}`);
  }
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    options[name] = true;
    return;
  }
  // `--name --json` is a forgotten value rather than a name that begins with dashes.
  if (value === undefined || (token.inlineValue !== true && value.startsWith('-'))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  if (option.multiple === true) {
    const before = options[name];
    options[name] = [...(Array.isArray(before) ? before : []), value];
    return;
  }
  if (options[name] !== undefined) throw new UsageError(`${rawName} is given twice`);
  options[name] = value;
}

function takeArguments(command: Command, words: readonly string[]): Record<string, string> {
  const names = Object.keys(command.arguments);
  const missing = names[words.length];
  if (missing !== undefined) {
    throw new UsageError(`${command.name} needs ${missing}: keywright ${[command.name, ...names].join(' ')}`);
  }
  // What was typed is not repeated: it may be a secret that belongs on standard input.
  if (words.length > names.length) {
    const most = names.length === 0 ? 'no argument' : `no more than ${names.join(' ')}`;
    throw new UsageError(`${command.name} takes ${most}: see keywright help ${command.name}`);
  }
  return Object.fromEntries(names.map((name, index) => [name, words[index] ?? '']));
}
