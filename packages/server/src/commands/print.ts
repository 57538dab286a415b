import type { Invocation } from './command.ts';

/** Prints a result: as JSON where that was asked for, else as text for people. */
export function print(invocation: Invocation, result: unknown, text: () => string): void {
  const { options, terminal } = invocation;
  terminal.out(options.json === true ? `${JSON.stringify(result, undefined, 2)}\n` : text());
}

/** A moment as people and programs read it; `-` where there is none. */
export function formatMoment(ms: number | null): string {
  return ms === null ? '-' : isoMoment(ms);
}

export function isoMoment(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoMomentOrNull(ms: number | null): string | null {
  return ms === null ? null : isoMoment(ms);
}
