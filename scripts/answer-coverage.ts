/**
 * Holds the answers that the tests of test/flows got against those that the API reference declares: every status of every
 * operation must have been answered, but for those that no call can bring about.
 *
 *     node scripts/answer-coverage.ts answers.txt [--write]
 *
 * `npm test` calls it with what the tests wrote down; `npm run coverage` writes the table to docs/api-coverage.md as well.
 * Ends with 1 where something is untested, or the table is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const tableFile = 'docs/api-coverage.md';

/** They ask nothing that could be away, and do nothing that could go wrong. */
const neverAnswered: ReadonlySet<string> = new Set([
  'GET /healthz 500',
  'GET /healthz 503',
  'GET /.well-known/jwks.json 500',
  'GET /.well-known/jwks.json 503',
  'GET /.well-known/oauth-authorization-server 500',
  'GET /.well-known/oauth-authorization-server 503',
]);

/** How often each declared answer was seen, by operation. */
type Coverage = ReadonlyMap<string, ReadonlyMap<number, number>>;

export function readCoverage(lines: readonly string[]): Coverage {
  const coverage = new Map<string, Map<number, number>>();
  for (const line of lines) {
    const declared = /^(\S+ \S+) declares ([\d,]+)$/.exec(line);
    if (declared === null || coverage.has(declared[1] ?? '')) continue;
    const statuses = (declared[2] ?? '').split(',').map((status): [number, number] => [Number(status), 0]);
    coverage.set(declared[1] ?? '', new Map(statuses));
  }
  for (const line of lines) {
    const answered = /^(\S+ \S+) (\d{3})$/.exec(line);
    const counts = coverage.get(answered?.[1] ?? '');
    const status = Number(answered?.[2]);
    if (counts?.has(status)) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return coverage;
}

/** What is declared, can happen, and was never answered. */
export function findUntested(coverage: Coverage): string[] {
  return [...coverage].flatMap(([operation, counts]) =>
    [...counts]
      .filter(([, count]) => count === 0)
      .map(([status]) => `${operation} ${status}`)
      .filter((answer) => !neverAnswered.has(answer)),
  );
}

function formatTable(coverage: Coverage): string {
  const statuses = [...new Set([...coverage.values()].flatMap((counts) => [...counts.keys()]))].sort((a, b) => a - b);
  const cell = (operation: string, status: number): string => {
    const count = coverage.get(operation)?.get(status);
    if (count === undefined) return '';
    if (count > 0) return '✔';
    return neverAnswered.has(`${operation} ${status}`) ? '–' : '✘';
  };
  const rows = [...coverage.keys()]
    .sort((one, other) => one.split(' ')[1]?.localeCompare(other.split(' ')[1] ?? '') || one.localeCompare(other))
    .map((operation) => `| \`${operation}\` | ${statuses.map((status) => cell(operation, status)).join(' | ')} |`);
  return [
    '# What the tests have seen the API answer',
    '',
    'Each operation of the API reference by the statuses that it declares: ✔ answered in a test of `test/flows/`, – can not happen, ✘ untested. `npm test` fails where something is untested, or where an operation answers what it does not declare. Written by `npm run coverage`.',
    '',
    `| operation | ${statuses.join(' | ')} |`,
    `| --- | ${statuses.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
  ].join('\n');
}

function main(): void {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
  const [file = ''] = positionals;
  const coverage = readCoverage(readFileSync(file, 'utf8').split('\n'));
  const table = formatTable(coverage);
  if (values.write === true) writeFileSync(tableFile, table);
  const isCurrent = existsSync(tableFile) && readFileSync(tableFile, 'utf8') === table;
  if (!isCurrent) console.log(`${tableFile} is out of date: npm run coverage`);
  const untested = findUntested(coverage);
  for (const answer of untested) console.log(`untested: ${answer}`);
  console.log(`${coverage.size} operations, ${untested.length} answers untested`);
  process.exitCode = untested.length === 0 && coverage.size > 0 && isCurrent ? 0 : 1;
}

if (import.meta.main) main();
