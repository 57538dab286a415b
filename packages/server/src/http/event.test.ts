import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFields } from '../domain/event-list.ts';
import { parsePageQuery } from './collection.ts';
import { limitTime } from './event.ts';

test('from and until bound the timestamp, and the whole day that until names is within', () => {
  const query = limitTime(parsePageQuery({ q: 'from:2027-10,until:2027-10-31,type:6' }, eventFields));
  assert.deepEqual(query.filters, [
    { field: 'timestamp', kind: 'time', from: Date.UTC(2027, 9, 1) },
    { field: 'timestamp', kind: 'time', until: Date.UTC(2027, 10, 1) },
    { field: 'type', kind: 'number', value: 6 },
  ]);
});
