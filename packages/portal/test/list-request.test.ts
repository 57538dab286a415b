import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePageQuery } from '../../server/src/http/collection.ts';
import { containing, listParameters, readListPage } from '../src/api/list-request.ts';

const fields = {
  id: { kind: 'number', sortable: true },
  status: { kind: 'lookup' },
  description: { kind: 'text' },
} as const;

/** What the server understands of a list's query. */
function understood(parameters: URLSearchParams): ReturnType<typeof parsePageQuery> {
  return parsePageQuery(Object.fromEntries(parameters), fields);
}

test('the server reads from a list what the page asks for', () => {
  const query = understood(
    listParameters({
      page: 3,
      perPage: 25,
      sort: { field: 'id', descending: true },
      filters: { status: '1', description: containing('cron') },
    }),
  );
  assert.deepEqual([query.page, query.perPage], [3, 25]);
  assert.deepEqual(query.sort[0], { field: 'id', descending: true });
  assert.deepEqual(query.filters, [
    { field: 'status', kind: 'number', value: 1 },
    { field: 'description', kind: 'text', parts: ['', 'cron', ''] },
  ]);
});

test('what means something in a filter is looked for as it was typed', () => {
  const text = 'a,b*c\\d:e';
  const { filters } = understood(listParameters({ page: 1, perPage: 25, filters: { description: containing(text) } }));
  assert.deepEqual(filters, [{ field: 'description', kind: 'text', parts: ['', text, ''] }]);
});

test('an empty filter is none', () => {
  const parameters = listParameters({ page: 1, perPage: 25, filters: { description: containing('  '), status: '' } });
  assert.equal(parameters.has('q'), false);
});

test('where a page stands among the others comes from the headers', () => {
  const headers = new Headers({ 'x-total-count': '51', 'x-total-pages': '3', 'x-current-page': '2' });
  assert.deepEqual(readListPage([1, 2], headers), { rows: [1, 2], total: 51, pages: 3, page: 2 });
});
