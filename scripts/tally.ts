/** What came of checks and tests; a check of the source counts as one. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** The tests that did not run, each with its reason. */
  readonly skipped: readonly string[];
  /** What failed, by name. */
  readonly failures: readonly string[];
}

/** The sum of several tallies. */
export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    failures: tallies.flatMap(({ failures }) => failures),
  };
}

/** The closing line: `12 passed, 0 failed`, with `, 1 skipped` where a test was skipped. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped.length === 0 ? counts : `${counts}, ${skipped.length} skipped`;
}
