import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameSchemas } from './openapi-schemas.ts';

const role = { type: 'object', title: 'User role', properties: { title: { type: 'string' } } };

test('a schema with a title stands once, and is referred to where it was, with the description of the place', () => {
  const document = {
    paths: { '/a': { schema: { type: 'object', properties: { one: role, all: { type: 'array', items: role } } } } },
    b: { ...role, description: 'Here' },
    components: { securitySchemes: {} },
  };
  assert.deepEqual(nameSchemas(document), {
    paths: {
      '/a': {
        schema: {
          type: 'object',
          properties: {
            one: { $ref: '#/components/schemas/UserRole' },
            all: { type: 'array', items: { $ref: '#/components/schemas/UserRole' } },
          },
        },
      },
    },
    b: { description: 'Here', $ref: '#/components/schemas/UserRole' },
    components: { securitySchemes: {}, schemas: { UserRole: role } },
  });
});

test('two different schemas under one title are an error, not a mix-up', () => {
  const document = { components: {}, a: role, b: { ...role, properties: {} } };
  assert.throws(() => nameSchemas(document), /User role/);
});

test('a body that may be absent is not required', () => {
  const document = { components: {}, post: { requestBody: { required: true, content: {} }, 'x-body-optional': true } };
  assert.deepEqual(nameSchemas(document), {
    components: { schemas: {} },
    post: { requestBody: { required: false, content: {} } },
  });
});
