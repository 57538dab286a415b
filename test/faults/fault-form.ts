import type { TestContext } from 'node:test';

/** `KEYWRIGHT_TEST_FAULTS=long` runs the faults for as long as their pass figures ask; otherwise a few rounds. */
const isLongForm = process.env['KEYWRIGHT_TEST_FAULTS'] === 'long';

/** Picks what the form at hand asks for. */
export function inForm<T>(form: { readonly short: T; readonly long: T }): T {
  return isLongForm ? form.long : form.short;
}

/** Prints what a fault came to, in one line. */
export function printFigure(test: TestContext, figure: Readonly<Record<string, string | number>>): void {
  const parts = Object.entries(figure).map(([name, value]) => `${name}: ${formatValue(value)}`);
  test.diagnostic(`${isLongForm ? 'long form' : 'short form'}, ${parts.join(', ')}`);
}

function formatValue(value: string | number): string {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(1) : String(value);
}
