import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../domain/errors.ts';
import { parseJsonBody } from './json-body.ts';

const isBadRequest = (error: unknown) => error instanceof Refusal && error.token === 'BadRequest';

test('a body that is not UTF-8, not JSON or no object is refused', () => {
  const wrong = ['{', '{"a":1}}', "{'a':1}", '[]', '"text"', '1', 'null', 'true', ' ', 'NaN', '{"a":"\u0001"}'];
  for (const text of wrong) assert.throws(() => parseJsonBody(Buffer.from(text)), isBadRequest, text);
  assert.throws(() => parseJsonBody(Buffer.from('{"a":"\xff"}', 'latin1')), isBadRequest);
});

test('an empty body is none', () => {
  assert.equal(parseJsonBody(Buffer.alloc(0)), undefined);
});

test('a byte order mark before the object is passed over', () => {
  assert.deepEqual(parseJsonBody(Buffer.from('\ufeff{"a":1}')), { a: 1 });
});

test('a body can not reach the prototype of anything', () => {
  const body = parseJsonBody(
    Buffer.from('{"__proto__":{"username":"x"},"constructor":{"prototype":{"username":"y"}}}'),
  );
  assert.equal(Object.getPrototypeOf(body), Object.prototype);
  assert.equal('username' in Object(body), false);
  assert.equal('username' in {}, false);
});

test('a body nested as deeply as fits is answered or refused, never a crash', () => {
  const depth = 10_000;
  assert.throws(() => parseJsonBody(Buffer.from('['.repeat(65_000))), isBadRequest);
  assert.ok(parseJsonBody(Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)));
});

test('every JSON object comes through as it was sent', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseJsonBody(Buffer.from(text)), JSON.parse(text));
    }),
  );
});

test('no bytes make the parser do anything but answer or refuse', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        parseJsonBody(Buffer.from(bytes));
      } catch (error) {
        assert.ok(isBadRequest(error), String(error));
      }
    }),
  );
});
