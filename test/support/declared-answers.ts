import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly statuses: ReadonlySet<string>;
}

const documents = new Map<string, Promise<readonly Operation[]>>();

/**
 * Fails the test where the API answers a status that its own reference does not declare for the operation.
 *
 * With `KEYWRIGHT_TEST_ANSWERS=file` each answer is appended there, which tells what the tests leave uncovered.
 */
export async function checkDeclared(url: string, method: string, where: string, status: number): Promise<void> {
  const path = where.split('?', 1)[0] ?? '';
  const operations = await operationsOf(url);
  const find = (one: string) =>
    operations.find((operation) => operation.method === method && operation.pattern.test(one));
  // What v2 has no operation of its own for is v1's.
  const operation = find(path) ?? find(path.replace(/^\/api\/v2\//, '/api/v1/'));
  // Unknown paths and methods have no operation that could declare anything, and what can't be decoded is no path.
  if (operation === undefined || !isDecodable(path)) return;
  assert.ok(
    operation.statuses.has(String(status)),
    `${method} ${operation.path} answered ${status}, which the API reference does not declare`,
  );
  const file = process.env['KEYWRIGHT_TEST_ANSWERS'];
  if (file !== undefined) await appendFile(file, `${method} ${operation.path} ${status}\n`);
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function operationsOf(url: string): Promise<readonly Operation[]> {
  let operations = documents.get(url);
  if (operations === undefined) {
    operations = readOperations(url);
    documents.set(url, operations);
  }
  return operations;
}

async function readOperations(url: string): Promise<readonly Operation[]> {
  const response = await fetch(`${url}/openapi.json`);
  const document = (await response.json()) as {
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  };
  return (
    Object.entries(document.paths)
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { responses }]) => ({
          method: method.toUpperCase(),
          path,
          pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
          statuses: new Set(Object.keys(responses)),
        })),
      )
      // Fixed paths first: /status is no id.
      .sort((one, other) => one.path.split('{').length - other.path.split('{').length)
  );
}
