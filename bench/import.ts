/**
 * How long 100 000 users take to be imported when no hash has to be computed: a minute at most on two cores, on SQLite.
 *
 *   node bench/import.ts [--rows 100000]
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const allowedSeconds = 60;
const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });
const rows = Number(values.rows);
const folder = mkdtempSync(path.join(tmpdir(), 'keywright-bench-import-'));
const bin = path.resolve(import.meta.dirname, '../packages/server/bin/keywright.js');

function keywright(...args: readonly string[]): void {
  execFileSync(process.execPath, [bin, ...args, '--data-dir', path.join(folder, 'data')], { stdio: 'ignore' });
}

try {
  const file = path.join(folder, 'users.csv');
  const stream = createWriteStream(file);
  stream.write('username,name,organisation,roles,password_hash\n');
  // One hash for all: nothing of it is computed, and reading it costs the same.
  const hash = `$2b$10$${'a'.repeat(53)}`;
  for (let row = 0; row < rows; row++) stream.write(`user${row}@example.com,User ${row},Bench,User,${hash}\n`);
  stream.end();
  await finished(stream);
  keywright('organisation', 'add', 'Bench');
  const startedAt = performance.now();
  keywright('import', 'users', file, '--apply');
  const seconds = (performance.now() - startedAt) / 1000;
  const isWithin = seconds <= (allowedSeconds * rows) / 100_000;
  console.log(`${rows} users in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} a second`);
  console.log(`${isWithin ? 'PASS' : 'FAIL'}: 100 000 in at most ${allowedSeconds} s`);
  process.exitCode = isWithin ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
