import { type Command, commonOptions, type Options } from './command.ts';
import { wrapText } from './text-table.ts';

/** Aligned names and meanings. */
function formatList(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries
    .map(([name, meaning]) => {
      const text = wrapText(meaning, ' '.repeat(width + 4));
      return `  ${name.padEnd(width)}  ${text.slice(width + 4)}`;
    })
    .join('');
}

function formatOptions(options: Options): string {
  return formatList(
    Object.entries(options).map(([name, option]) => {
      const written = `--${name}${option.value === undefined ? '' : ` ${option.value}`}`;
      return [written, `${option.meaning}${option.multiple === true ? '; may be given several times' : ''}`];
    }),
  );
}

const beginning = wrapText(
  'To begin: keywright serve prints a link that makes the first administrator, once; keywright user add makes one from here.',
  '',
);
const exitCodes = wrapText('Exit codes: 0 done; 1 not done, or something is wrong; 2 not understood.', '');

/** Help on everything, or on the commands of one group such as `user`. */
export function formatOverview(commands: readonly Command[], group?: string): string {
  const shown = group === undefined ? commands : commands.filter(({ name }) => name.startsWith(`${group} `));
  const word = group === undefined ? '' : `${group} `;
  return [
    group === undefined ? 'Keywright issues authentication tokens: a self-hosted service.\n\n' : '',
    `Usage: keywright ${word}COMMAND [OPTIONS]\n\nCommands:\n`,
    formatList(shown.map(({ name, summary }) => [name, summary])),
    '\nOptions of every command:\n',
    formatOptions(commonOptions),
    `\nkeywright help ${word}COMMAND shows more about one; keywright config shows every setting.\n`,
    group === undefined ? `\n${beginning}${exitCodes}` : '',
  ].join('');
}

/** Help on one command. */
export function formatCommandHelp(command: Command): string {
  const args = Object.keys(command.arguments);
  const examples = command.examples ?? [];
  const hasOptions = Object.keys(command.options).length > 0;
  return [
    `${command.summary}.\n\n`,
    `Usage: keywright ${[command.name, ...args].join(' ')} [OPTIONS]\n`,
    ...(command.details ?? []).map((paragraph) => `\n${wrapText(paragraph, '')}`),
    args.length > 0 ? `\nArguments:\n${formatList(Object.entries(command.arguments))}` : '',
    ...(command.lists ?? []).map(({ heading, entries }) => `\n${heading}:\n${formatList(Object.entries(entries))}`),
    hasOptions ? `\nOptions:\n${formatOptions(command.options)}` : '',
    `\nOptions of every command:\n${formatOptions(commonOptions)}`,
    examples.length === 0 ? '' : `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`,
  ].join('');
}
