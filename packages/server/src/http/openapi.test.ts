import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeOf, type OpenApiDocument } from './openapi.ts';

test('what is made of the API reference is made once, however often anybody asks, and anew for another document', () => {
  const documentAt = (url: string): OpenApiDocument => ({
    info: { title: 'Keywright', version: '0.0.0', description: '' },
    servers: [{ url }],
    tags: [],
    paths: {},
    components: { schemas: {} },
  });
  let document = documentAt('http://one.test');
  let count = 0;
  const read = madeOf(
    () => document,
    ({ servers }) => {
      count += 1;
      return servers[0]?.url;
    },
  );
  assert.deepEqual([read(), read(), count], ['http://one.test', 'http://one.test', 1]);
  document = documentAt('http://other.test');
  assert.deepEqual([read(), read(), count], ['http://other.test', 'http://other.test', 2]);
});
