import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTimeSpan } from './time-span.ts';

const spans: readonly (readonly [text: string, from: string, until: string])[] = [
  ['2027', '2027-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'],
  ['2027-12', '2027-12-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ['2027-10-29T12:30Z', '2027-10-29T12:30:00.000Z', '2027-10-29T12:31:00.000Z'],
  ['2027-10-29T12:30:15', '2027-10-29T12:30:15.000Z', '2027-10-29T12:30:16.000Z'],
  ['2027-10-29T12:30:15.250Z', '2027-10-29T12:30:15.250Z', '2027-10-29T12:30:15.251Z'],
  ['2027-10-29T12:30:15.2Z', '2027-10-29T12:30:15.200Z', '2027-10-29T12:30:15.201Z'],
  ['2027-10-29T00:30:00.000+02:00', '2027-10-28T22:30:00.000Z', '2027-10-28T22:30:00.001Z'],
  // What a + of the query string has become.
  ['2027-10-29T00:30:00.000 02:00', '2027-10-28T22:30:00.000Z', '2027-10-28T22:30:00.001Z'],
  ['2027-10-29T23:30:00.000-01:00', '2027-10-30T00:30:00.000Z', '2027-10-30T00:30:00.001Z'],
];

for (const [text, from, until] of spans) {
  test(`a time filter of ${text} reaches from ${from} to just before ${until}`, () => {
    assert.deepEqual(parseTimeSpan(text), { from: Date.parse(from), until: Date.parse(until) });
  });
}

test('what is no time, or no day of the calendar, is not taken for another one', () => {
  const wrong = [
    '',
    'tomorrow',
    '27',
    '0001',
    '2027-13',
    '2027-00',
    '2027-02-30',
    '2027-10-29T24:00Z',
    '2027-10-29T10:60Z',
    '2027-10-29T10:00:60Z',
    '2027-10-29T10Z',
    '2027-10-29T10:00:00.1234Z',
    '2027-10-29T10:00:00+24:00',
    '2027-10-29 10:00',
    '2027-10-*',
  ];
  for (const text of wrong) assert.equal(parseTimeSpan(text), undefined, text);
});

test('every millisecond of these centuries is the span of its own ISO text', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2200, 0) }), (ms) => {
      assert.deepEqual(parseTimeSpan(new Date(ms).toISOString()), { from: ms, until: ms + 1 });
    }),
  );
});
