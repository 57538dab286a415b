import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageLinks } from './collection-answer.ts';

test('a page in the middle links to the first, the previous, the next and the last', () => {
  assert.equal(
    pageLinks('/api/v1/event?per_page=2&page=3&sort=-id', 3, 5),
    [
      '</api/v1/event?per_page=2&page=1&sort=-id>; rel="first"',
      '</api/v1/event?per_page=2&page=2&sort=-id>; rel="prev"',
      '</api/v1/event?per_page=2&page=4&sort=-id>; rel="next"',
      '</api/v1/event?per_page=2&page=5&sort=-id>; rel="last"',
    ].join(', '),
  );
});

test('the only page has neither a previous nor a next one', () => {
  assert.equal(pageLinks('/x', 1, 1), '</x?page=1>; rel="first", </x?page=1>; rel="last"');
});

test('every other query parameter is kept, with its value unchanged', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text !== 'page');
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 4 }), (parameters) => {
      const links = pageLinks(`/api/v1/event?${new URLSearchParams(parameters)}`, 1, 2) ?? '';
      const [, reference = ''] = /<([^>]*)>; rel="next"/.exec(links) ?? [];
      const kept = [...new URL(reference, 'http://host').searchParams].filter(([key]) => key !== 'page');
      assert.deepEqual(kept, parameters);
    }),
  );
});

test('nothing in a URL can end a reference or the header', () => {
  const url = '/api/v1/user/"><evil>/event?q=a>b;rel="next",<http://evil>\u00ff';
  const links = pageLinks(url, 1, 1) ?? '';
  assert.equal(links.match(/</g)?.length, 2);
  assert.equal(links.match(/>/g)?.length, 2);
  assert.doesNotMatch(links, /[^\x20-\x7e]/);
});

test('the longer the query, the fewer links there are, the next page the last to go', () => {
  const relations = (length: number) =>
    [...(pageLinks(`/x?q=${'a'.repeat(length)}`, 3, 5) ?? '').matchAll(/rel="(\w+)"/g)].map(([, relation]) => relation);
  assert.deepEqual(relations(700), ['first', 'prev', 'next', 'last']);
  assert.deepEqual(relations(1400), ['prev', 'next']);
  assert.deepEqual(relations(2800), ['next']);
  assert.deepEqual(relations(4000), []);
  assert.ok((pageLinks(`/x?q=${'a'.repeat(2800)}`, 3, 5) ?? '').length <= 3072);
});
