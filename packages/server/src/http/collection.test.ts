import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CollectionFields } from '../domain/collection-fields.ts';
import { Refusal } from '../domain/errors.ts';
import { parsePageQuery } from './collection.ts';

const fields: CollectionFields = {
  id: { kind: 'number', sortable: true },
  description: { kind: 'text', sortable: true },
  created: { kind: 'time', sortable: true },
  status: { kind: 'lookup', sortable: true },
  alert: { kind: 'boolean' },
  last_used_ip: { kind: 'text' },
};

const filtersOf = (q: string) => parsePageQuery({ q }, fields).filters;
const refusal = (token: string, message: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.token === token && message.test(error.message);

test('without parameters the first page of a hundred is asked for, unfiltered and unsorted', () => {
  assert.deepEqual(parsePageQuery({}, fields), { page: 1, perPage: 100, filters: [], sort: [] });
});

test('page and per_page out of range are moved into it', () => {
  const paging = (page: string, perPage: string) => {
    const query = parsePageQuery({ page, per_page: perPage }, fields);
    return [query.page, query.perPage];
  };
  assert.deepEqual(paging('3', '50'), [3, 50]);
  assert.deepEqual(paging('0', '0'), [1, 100]);
  assert.deepEqual(paging('-7', '-1'), [1, 100]);
  assert.deepEqual(paging('', '1001'), [1, 1000]);
  assert.deepEqual(paging('9'.repeat(400), '9'.repeat(400)), [2 ** 31, 1000]);
});

test('a page that is no whole number, or comes twice, is refused and named', () => {
  const wrong = [{ page: 'two' }, { per_page: '1.5' }, { page: '0x10' }, { page: ['1', '2'] }];
  for (const query of wrong) {
    assert.throws(() => parsePageQuery(query, fields), refusal('InvalidQueryCriteria', /page/));
  }
});

test('the first colon of a filter separates, so times and IPv6 addresses are values', () => {
  assert.deepEqual(filtersOf('last_used_ip:2001:db8::1'), [
    { field: 'last_used_ip', kind: 'text', parts: ['2001:db8::1'] },
  ]);
  assert.deepEqual(filtersOf('created:2027-10-29T12:00:00.000Z'), [
    {
      field: 'created',
      kind: 'time',
      from: Date.UTC(2027, 9, 29, 12),
      until: Date.UTC(2027, 9, 29, 12) + 1,
    },
  ]);
});

test('an asterisk is a wildcard, and a backslash makes commas and asterisks plain', () => {
  const partsOf = (value: string) => {
    const [filter] = filtersOf(`description:${value}`);
    return filter?.kind === 'text' ? filter.parts : undefined;
  };
  assert.deepEqual(partsOf('Billing'), ['Billing']);
  assert.deepEqual(partsOf('*bill*ing'), ['', 'bill', 'ing']);
  assert.deepEqual(partsOf('a**b'), ['a', 'b']);
  assert.deepEqual(partsOf('a\\,b\\*c\\\\d\\e'), ['a,b*c\\d\\e']);
  assert.deepEqual(partsOf(''), ['']);
});

test('several filters all count, in one parameter or in several', () => {
  const expected = [
    { field: 'status', kind: 'number', value: 1 },
    { field: 'alert', kind: 'number', value: 1 },
  ];
  assert.deepEqual(filtersOf('status:1,alert:true,'), expected);
  assert.deepEqual(parsePageQuery({ q: ['status:1', 'alert:true'] }, fields).filters, expected);
});

test('a filter on an unknown field is refused, naming it and the fields that there are', () => {
  assert.throws(() => filtersOf('secret:x'), refusal('InvalidQueryCriteria', /"secret".*id, description, created/));
  for (const name of ['__proto__', 'constructor', 'toString']) {
    assert.throws(() => filtersOf(`${name}:1`), refusal('InvalidQueryCriteria', new RegExp(name)));
  }
});

test('a value that its field can not have is refused', () => {
  const wrong = ['id:one', 'status:Activated', 'status:1.5', 'id:9007199254740993', 'alert:2', 'created:soon', 'id'];
  for (const q of wrong) assert.throws(() => filtersOf(q), refusal('InvalidQueryCriteria', /./), q);
});

test('more filters or wildcards than a database should be asked for are refused', () => {
  assert.throws(() => filtersOf('id:1,'.repeat(17)), refusal('InvalidQueryCriteria', /16/));
  assert.throws(
    () => filtersOf('description:a*a*a*,prefix:a*a*a*,ip:a*a*a*'),
    refusal('InvalidQueryCriteria', /wildcards/),
  );
});

test('sort takes the fields in order, each once, downwards after a minus', () => {
  assert.deepEqual(parsePageQuery({ sort: '-created, id,created' }, fields).sort, [
    { field: 'created', descending: true },
    { field: 'id', descending: false },
  ]);
});

test('sorting by a field that is unknown or can not be sorted is refused, naming those that can', () => {
  for (const sort of ['nope', '-alert', '--id', '__proto__']) {
    assert.throws(
      () => parsePageQuery({ sort }, fields),
      refusal('InvalidSortCriteria', /id, description, created, status/),
    );
  }
});

test('no query string makes the parser do anything but answer or refuse', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('id:', 'created:', 'status:1', 'alert:true', ',', '\\', '*', ':', '-', '2027-02', '9'.repeat(30)),
  );
  const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const parameter = fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.constant(undefined));
  const query = fc.record({ q: parameter, sort: parameter, page: parameter, per_page: parameter });
  fc.assert(
    fc.property(query, (parameters) => {
      try {
        const parsed = parsePageQuery(parameters, fields);
        assert.ok(parsed.page >= 1 && parsed.perPage >= 1 && parsed.perPage <= 1000);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
