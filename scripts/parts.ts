import { globSync } from 'node:fs';

/** Test files that run in the same way. */
export interface TestPart {
  readonly name: string;
  readonly patterns: readonly string[];
  /** How many of its files run at the same time. */
  readonly concurrency: number;
  /** How long one file may take. */
  readonly timeoutSeconds: number;
  /** Whether one PostgreSQL server is started for all of its files. */
  readonly sharesPostgres: boolean;
  /** Whether it runs only where it is named: it needs what comes from neither npm nor Debian. */
  readonly isOnDemand?: boolean;
}

/** The checks of the source as it stands: scripts of package.json, in the order in which they run. */
export const staticParts: readonly string[] = [
  'types',
  'lint',
  'directions',
  'dead-code',
  'lockfile',
  'generated',
  'portal-weight',
];

const sideBySide = { concurrency: 2, timeoutSeconds: 900, sharesPostgres: true };
// Each file crashes, starves or measures something of the machine.
const oneByOne = { concurrency: 1, timeoutSeconds: 900, sharesPostgres: true };

const unitTests = ['packages/*/{src,test}/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'];

/** The tests, in the order in which they run. */
export const testParts: readonly TestPart[] = [
  { ...sideBySide, name: 'unit', patterns: unitTests, sharesPostgres: false },
  { ...sideBySide, name: 'stores', patterns: ['test/support/**/*.test.ts', 'test/stores/**/*.test.ts'] },
  { ...sideBySide, name: 'flows', patterns: ['test/flows/**/*.test.ts'] },
  { ...oneByOne, name: 'faults', patterns: ['test/faults/**/*.test.ts'] },
  { ...oneByOne, name: 'package', patterns: ['test/package/**/*.test.ts'] },
  { ...oneByOne, name: 'browser', patterns: ['test/browser/**/*.test.ts'] },
  { ...oneByOne, name: 'other-registries', patterns: ['test/other-registries/**/*.test.ts'], isOnDemand: true },
];

/** The test files of a part, sorted, relative to the repository. */
export function findTestFiles(part: TestPart): string[] {
  return globSync([...part.patterns], { exclude: (name) => name.endsWith('node_modules') }).sort();
}
