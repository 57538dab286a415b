import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedEncodings } from './accepted-encodings.ts';

test('a client gets what it takes, and nothing compressed where it does not say', () => {
  const cases: [string | undefined, string[]][] = [
    [undefined, ['identity']],
    ['', ['identity']],
    ['gzip, deflate, br, zstd', ['br', 'gzip', 'identity']],
    ['GZIP', ['gzip', 'identity']],
    ['br;q=0, gzip;q=0.5', ['gzip', 'identity']],
    ['br; q=0.000', ['identity']],
    ['*', ['br', 'gzip', 'identity']],
    ['*;q=0, gzip', ['gzip']],
    ['identity;q=0, br', ['br']],
    ['brotli, gzi p', ['identity']],
    [`${' '.repeat(600)}, br`, ['identity']],
  ];
  for (const [header, expected] of cases) assert.deepEqual([...acceptedEncodings(header)], expected, String(header));
});
