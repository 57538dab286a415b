import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCountdown, formatRelativeTime, relativeTimeStepMs } from '../src/i18n/relative-time.ts';

const now = Date.UTC(2027, 2, 10, 12);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test('a time is told in the longest unit that says enough', () => {
  const cases: readonly (readonly [offset: number, text: string])[] = [
    [0, 'now'],
    [-44_000, 'now'],
    [-minute, '1 minute ago'],
    [-89 * minute, '89 minutes ago'],
    [-2 * hour, '2 hours ago'],
    [3 * day, 'in 3 days'],
    [59 * day, 'in 59 days'],
    [90 * day, 'in 3 months'],
    [-730 * day, '2 years ago'],
  ];
  for (const [offset, text] of cases) assert.equal(formatRelativeTime(now + offset, now, 'en-GB'), text);
});

test('a time is told in the language of the page', () => {
  assert.equal(formatRelativeTime(now + 3 * day, now, 'de-DE'), 'in 3 Tagen');
});

test('words about a time near by are looked at more often than those about one far away', () => {
  const steps = [minute, 10 * hour, 10 * day].map((offset) => relativeTimeStepMs(now + offset, now));
  assert.deepEqual(
    steps,
    [...steps].sort((one, other) => one - other),
  );
  assert.ok((steps[0] ?? 0) <= minute / 2);
});

test('a countdown shows every second, and never less than none', () => {
  const shown = [300, 299.2, 61, 60, 9, 0.1, 0, -5, 3723].map(formatCountdown);
  assert.deepEqual(shown, ['5:00', '5:00', '1:01', '1:00', '0:09', '0:01', '0:00', '0:00', '1:02:03']);
});
