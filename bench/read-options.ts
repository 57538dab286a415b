import { parseArgs } from 'node:util';

/** An option of a benchmark: a number and what it means, or a switch. */
export interface NumberOption {
  readonly default: number;
  readonly meaning: string;
}

/**
 * Reads a benchmark's options: numbers, and switches (false where absent). With `--help` it prints them and ends.
 *
 * @param summary what the benchmark measures
 */
export function readOptions<const N extends string, const S extends string = never>(
  summary: string,
  numbers: Readonly<Record<N, NumberOption>>,
  switches?: Readonly<Record<S, string>>,
): Record<N, number> & Record<S, boolean> {
  const numberEntries = Object.entries<NumberOption>(numbers);
  const switchEntries = Object.entries<string>(switches ?? {});
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(numberEntries.map(([name]) => [name, { type: 'string' }] as const)),
      ...Object.fromEntries(switchEntries.map(([name]) => [name, { type: 'boolean' }] as const)),
    },
  });
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  if (given['help'] === true) {
    console.log(summary);
    for (const [name, option] of numberEntries) console.log(`  --${name} N   ${option.meaning} (${option.default})`);
    for (const [name, meaning] of switchEntries) console.log(`  --${name}   ${meaning}`);
    process.exit(0);
  }
  const read = [
    ...numberEntries.map(([name, option]) => [name, readNumber(name, given[name], option)] as const),
    ...switchEntries.map(([name]) => [name, given[name] === true] as const),
  ];
  return Object.fromEntries(read) as Record<N, number> & Record<S, boolean>;
}

function readNumber(name: string, text: string | boolean | undefined, option: NumberOption): number {
  if (text === undefined) return option.default;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
  return value;
}
