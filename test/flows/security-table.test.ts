import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/security.md'), 'utf8');
/** The cells of each row but the headings' and the lines under them. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| |') && !line.startsWith('| ---'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));

test('the table of security statements has each of the 84 once, in order', () => {
  const numbers = rows.map(([number = '']) => number).filter((number) => /^\d+$/.test(number));
  assert.deepEqual(
    numbers.map(Number),
    Array.from({ length: 84 }, (_, index) => index + 1),
  );
});

test('every test that the table names exists under that name', () => {
  let named = 0;
  for (const [number, what, shown, ...rest] of rows) {
    assert.ok(what !== undefined && shown !== undefined && rest.length === 0, `the row of ${number} has three cells`);
    for (const [, file = '', name = ''] of shown.matchAll(/`([^`]+\.test\.ts)`: (.*?)(?=<br>|$)/g)) {
      const found = path.join(root, file.includes('/') ? file : `test/flows/${file}`);
      assert.ok(existsSync(found), `${number}: there is no ${file}`);
      const source = readFileSync(found, 'utf8').replaceAll('\\', '');
      assert.ok(source.includes(name), `${number}: ${file} has no test "${name}"`);
      named += 1;
    }
  }
  assert.ok(named > 100);
});
