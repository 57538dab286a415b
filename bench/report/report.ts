import { availableParallelism } from 'node:os';
import { median } from './statistics.ts';

/** Prints rows in columns; the first column is text, the others are numbers. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  for (const row of all) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(cells.join('   ').trimEnd());
  }
}

/** A whole number with its thousands apart. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** The median of several rounds, and in brackets the least and the most: how steady the machine was. */
export function spread(values: readonly number[], format: (value: number) => string = whole): string {
  return `${format(median(values))} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** Milliseconds with as many digits as tell something. */
export function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

/** Says on what the figures were taken. */
export function printMachine(): void {
  console.log(`Node.js ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`);
}

/** What a figure must be. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number } | { readonly below: number };

/** Prints whether a requirement holds; where one does not, the process ends with 1. */
export function requireFigure(what: string, value: number, bound: Bound): void {
  const [holds, wanted] = judge(value, bound);
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
  console.log(`${holds ? 'PASS' : 'FAIL'}  ${what}: ${shown} (required: ${wanted})`);
  if (!holds) process.exitCode = 1;
}

function judge(value: number, bound: Bound): [holds: boolean, wanted: string] {
  if ('atLeast' in bound) return [value >= bound.atLeast, `≥ ${bound.atLeast}`];
  if ('atMost' in bound) return [value <= bound.atMost, `≤ ${bound.atMost}`];
  return [value < bound.below, `< ${bound.below}`];
}
