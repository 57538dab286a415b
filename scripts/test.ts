/**
 * Runs the checks and the tests: all of them, or the parts and the files that are named.
 *
 *     npm test
 *     npm test -- unit flows
 *     npm test -- test/stores/user-store.test.ts
 *
 * Ends with a line that counts them, and with 1 where one failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, matchesGlob, relative } from 'node:path';
import { startOwnPostgres, testDatabaseVariable } from '../test/support/postgres.ts';
import { findTestFiles, staticParts, type TestPart, testParts } from './parts.ts';
import { runTestFile } from './run-test-file.ts';
import { addTallies, formatTally, type Tally } from './tally.ts';

/** Where test servers write down what they answered: see answer-coverage.ts. */
const answersVariable = 'KEYWRIGHT_TEST_ANSWERS';

/** What is to run, in order. */
interface Plan {
  readonly checks: readonly string[];
  readonly tests: readonly { readonly part: TestPart; readonly files: readonly string[] }[];
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort());
}

process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const plan = makePlan(names);
  if (typeof plan === 'string') {
    console.error(plan);
    return 2;
  }
  const tally = addTallies([...(await runChecks(plan)), ...(await runTests(plan))]);
  printEnd(tally);
  return tally.failed > 0 || stop.signal.aborted ? 1 : 0;
}

/** The plan for these names, or what is wrong with them. */
function makePlan(names: readonly string[]): Plan | string {
  const found = testParts.map((part) => ({ part, files: findTestFiles(part) }));
  if (names.length === 0) {
    return {
      checks: staticParts,
      tests: found.filter(({ part, files }) => files.length > 0 && part.isOnDemand !== true),
    };
  }
  const files = new Set<string>();
  const checks = new Set<string>();
  for (const name of names) {
    const ofPart = found.find(({ part }) => part.name === name);
    const matching = ofPart?.files ?? found.flatMap((each) => each.files.filter((file) => isNamed(file, name)));
    if (staticParts.includes(name)) {
      checks.add(name);
    } else if (matching.length === 0) {
      const known = [...staticParts, ...testParts.map((part) => part.name)].join(', ');
      return `There is nothing to run by the name ${name}. Name a test file, a folder of them, or a part: ${known}.`;
    }
    for (const file of matching) {
      files.add(file);
    }
  }
  const tests = found.map(({ part, files: all }) => ({ part, files: all.filter((file) => files.has(file)) }));
  return { checks: [...checks], tests: tests.filter((each) => each.files.length > 0) };
}

function isNamed(file: string, name: string): boolean {
  const path = relative('.', name);
  return file === path || file.startsWith(`${path}/`) || matchesGlob(file, path);
}

async function runChecks({ checks }: Plan): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const name of checks) {
    console.log(`\n── ${name}`);
    const isOk = !stop.signal.aborted && (await runScript(name));
    tallies.push(tallyCheck(name, isOk));
  }
  return tallies;
}

/** Whether the script of package.json ends with 0. */
async function runScript(name: string): Promise<boolean> {
  const child = spawn('npm', ['run', '--silent', name], { stdio: 'inherit', shell: process.platform === 'win32' });
  const [code] = await once(child, 'exit');
  return code === 0;
}

async function runTests({ tests }: Plan): Promise<Tally[]> {
  // One server for all: to start one for each file would take longer than most files do.
  const isShared = process.env[testDatabaseVariable] === undefined && tests.some(({ part }) => part.sharesPostgres);
  const postgres = isShared ? await startOwnPostgres({ durable: false }) : undefined;
  try {
    if (postgres !== undefined) {
      process.env[testDatabaseVariable] = postgres.url;
    }
    const tallies: Tally[] = [];
    for (const { part, files } of tests) {
      console.log(`\n── ${part.name}: ${files.length} file${files.length === 1 ? '' : 's'}`);
      const isWhole = part.name === 'flows' && files.length === findTestFiles(part).length;
      tallies.push(...(await (isWhole ? runCovered(part, files) : runFiles(part, files))));
    }
    return tallies;
  } finally {
    await postgres?.destroy();
  }
}

/** Runs a part whole, and then holds what the API answered against what it declares. */
async function runCovered(part: TestPart, files: readonly string[]): Promise<Tally[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-answers-'));
  const answers = join(folder, 'answers.txt');
  process.env[answersVariable] = answers;
  try {
    const tallies = await runFiles(part, files);
    console.log('\n── coverage');
    const options = process.env['npm_lifecycle_event'] === 'coverage' ? ['--write'] : [];
    const child = spawn(process.execPath, ['scripts/answer-coverage.ts', answers, ...options], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    return [...tallies, tallyCheck('coverage', code === 0)];
  } finally {
    delete process.env[answersVariable];
    await rm(folder, { recursive: true });
  }
}

function tallyCheck(name: string, isOk: boolean): Tally {
  console.log(isOk ? `✔ ${name}` : `FAILED: ${name}`);
  return { passed: isOk ? 1 : 0, failed: isOk ? 0 : 1, skipped: [], failures: isOk ? [] : [name] };
}

async function runFiles(part: TestPart, files: readonly string[]): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const waiting = files.values();
  const worker = async (): Promise<void> => {
    for (const file of waiting) {
      if (stop.signal.aborted) {
        return;
      }
      const { tally, report } = await runTestFile(file, part.timeoutSeconds, stop.signal);
      process.stdout.write(report);
      tallies.push(tally);
    }
  };
  await Promise.all(Array.from({ length: part.concurrency }, worker));
  return tallies;
}

function printEnd(tally: Tally): void {
  console.log();
  for (const name of tally.skipped) {
    console.log(`SKIPPED: ${name}`);
  }
  for (const name of tally.failures) {
    console.log(`FAILED: ${name}`);
  }
  if (stop.signal.aborted) {
    console.log('Stopped before the end.');
  }
  console.log(formatTally(tally));
}
