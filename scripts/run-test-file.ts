import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec as SpecReporter, type TestEvent } from 'node:test/reporters';
import type { Tally } from './tally.ts';

/** What one test file came to, and what to print of it. */
export interface TestFileResult {
  readonly tally: Tally;
  readonly report: string;
}

interface FileOutcome {
  passed: number;
  failed: number;
  /** Whether the file ran to its end and told its counts. */
  isComplete: boolean;
  /** Whether the file says that all is well: false too where a hook failed, which is not among the counts. */
  isGood: boolean;
  /** What went wrong with the file itself: it could not be loaded, hung, or ended itself. */
  fault: string | undefined;
  readonly skipped: string[];
  readonly failing: string[];
}

/**
 * Runs a test file in a process of its own.
 *
 * A file fails too where it can't be loaded, has no test, ends its process before its tests are through, leaves
 * something running until the time is up, or exits with another code than 0.
 *
 * @param timeoutSeconds how long the file may take
 * @param stopSignal ends it early
 */
export async function runTestFile(
  file: string,
  timeoutSeconds: number,
  stopSignal: AbortSignal,
): Promise<TestFileResult> {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const events = run({
    files: [resolve(file)],
    isolation: 'process',
    signal: AbortSignal.any([timeout, stopSignal]),
  });
  const reporter = new SpecReporter();
  const chunks: string[] = [];
  reporter.on('data', (chunk: unknown) => chunks.push(String(chunk)));
  const outcome: FileOutcome = {
    passed: 0,
    failed: 0,
    isComplete: false,
    isGood: false,
    fault: undefined,
    skipped: [],
    failing: [],
  };
  for await (const event of events as AsyncIterable<TestEvent>) {
    noteEvent(outcome, event, resolve(file));
    if (isWorthPrinting(event)) {
      reporter.write(event);
    }
  }
  await new Promise((done) => {
    reporter.once('close', done);
    reporter.end();
    reporter.resume();
  });
  const fault = timeout.aborted ? `was not through after ${timeoutSeconds} s` : findFault(outcome);
  return { tally: toTally(file, outcome, fault), report: formatReport(file, chunks.join(''), outcome, fault) };
}

function noteEvent(outcome: FileOutcome, event: TestEvent, path: string): void {
  if (event.type === 'test:summary' && event.data.file !== undefined) {
    const { counts, success } = event.data;
    outcome.isComplete = true;
    outcome.passed = counts.passed;
    outcome.failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    outcome.isGood = success;
  }
  if (event.type === 'test:fail') {
    if (event.data.name === path) {
      outcome.fault ??= 'did not end well';
    } else if (event.data.todo === undefined && !isForItsParts(event.data.details.error)) {
      outcome.failing.push(event.data.name);
    }
  }
  if (event.type === 'test:pass' || event.type === 'test:fail') {
    const reason = event.data.skip ?? event.data.todo;
    if (reason !== undefined && reason !== false) {
      outcome.skipped.push(reason === true ? event.data.name : `${event.data.name} (${reason})`);
    }
  }
}

/** Whether a suite, or a test with tests inside, fails for nothing but what failed inside of it. */
function isForItsParts(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

function findFault(outcome: FileOutcome): string | undefined {
  if (outcome.fault !== undefined && outcome.failing.length > 0) {
    // Its tests tell already: a file with a failed test exits with 1.
    return undefined;
  }
  if (outcome.fault !== undefined) {
    return outcome.fault;
  }
  if (!outcome.isComplete) {
    return 'has no test, or ended before its tests were through';
  }
  return outcome.passed + outcome.failed + outcome.skipped.length === 0 ? 'has no test' : undefined;
}

/** The counts at the end of each file would drown what matters: they are added up at the very end. */
function isWorthPrinting(event: TestEvent): boolean {
  return !(
    event.type === 'test:summary' ||
    (event.type === 'test:diagnostic' &&
      event.data.nesting === 0 &&
      /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(event.data.message))
  );
}

function toTally(file: string, outcome: FileOutcome, fault: string | undefined): Tally {
  const others = fault !== undefined || (!outcome.isGood && outcome.failed === 0) ? 1 : 0;
  const failed = outcome.failed + others;
  return {
    passed: outcome.passed,
    failed,
    skipped: outcome.skipped.map((name) => `${file}: ${name}`),
    failures: [
      ...outcome.failing.map((name) => `${file}: ${name}`),
      ...(fault === undefined ? [] : [`${file} ${fault}`]),
    ],
  };
}

function formatReport(file: string, text: string, outcome: FileOutcome, fault: string | undefined): string {
  const lines = [`── ${file}`, text.trimEnd()];
  lines.push(...outcome.skipped.map((name) => `SKIPPED: ${name}`));
  if (fault !== undefined) {
    lines.push(`FAILED: ${file} ${fault}`);
  }
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
