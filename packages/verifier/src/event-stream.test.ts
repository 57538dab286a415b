import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventStreamReader, type StreamEvent } from './event-stream.ts';

function readAll(...pieces: readonly string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = new EventStreamReader((event) => events.push(event));
  for (const piece of pieces) reader.read(piece);
  return events;
}

test('an event has its name, its data and the last id that was named', () => {
  assert.deepEqual(readAll('id: 7\nevent: revocation\ndata: {"sub":"user:1"}\n\nevent: current\ndata: {}\n\n'), [
    { event: 'revocation', data: '{"sub":"user:1"}', lastEventId: '7' },
    { event: 'current', data: '{}', lastEventId: '7' },
  ]);
});

test('the examples of the HTML Standard are read as it says', () => {
  assert.deepEqual(
    readAll('data: YHOO\ndata: +2\ndata: 10\n\n').map(({ data }) => data),
    ['YHOO\n+2\n10'],
  );
  assert.deepEqual(
    readAll(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n'),
    [
      { event: 'message', data: 'first event', lastEventId: '1' },
      { event: 'message', data: 'second event', lastEventId: '' },
    ],
  );
  assert.deepEqual(
    readAll('data\n\ndata\ndata\n\ndata:').map(({ data }) => data),
    ['', '\n'],
  );
  assert.deepEqual(
    readAll('data:test\n\ndata: test\n\n').map(({ data }) => data),
    ['test', 'test'],
  );
});

test('an event without data is none, and its name is forgotten', () => {
  assert.deepEqual(readAll('event: reset\n\ndata: x\n\n'), [{ event: 'message', data: 'x', lastEventId: '' }]);
});

test('an id with a NUL, retry, comments and unknown fields are passed over', () => {
  assert.deepEqual(readAll('id: 1\nid: 2\0\nretry: 5\n: comment\nunknown: x\ndata: y\n\n'), [
    { event: 'message', data: 'y', lastEventId: '1' },
  ]);
});

test('lines may end in LF, CR or both, wherever a stream is cut into pieces', () => {
  const events = [
    { event: 'a', data: 'one\ntwo', lastEventId: '1' },
    { event: 'message', data: '€', lastEventId: '1' },
  ];
  const lines = ['event: a', 'id: 1', 'data: one', 'data: two', '', 'data: €', '', ''];
  fc.assert(
    fc.property(fc.constantFrom('\n', '\r', '\r\n'), fc.array(fc.nat({ max: 60 })), (end, cuts) => {
      const text = lines.join(end);
      const at = [...new Set(cuts.map((cut) => cut % text.length))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length));
      // The last line's CR may yet become a CRLF, and that is no empty line.
      assert.deepEqual(readAll(...pieces), events);
    }),
    { seed: 31, numRuns: 500 },
  );
});

test('a line or an event that never ends is not gathered for ever', () => {
  assert.throws(() => readAll(...Array.from({ length: 100 }, () => 'x'.repeat(1000))), RangeError);
  const line = `data: ${'x'.repeat(10_000)}\n`;
  assert.throws(() => readAll(...Array.from({ length: 100 }, () => line)), RangeError);
});
