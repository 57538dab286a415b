import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { type ApiOperation, readApiOperations } from './api-operations.ts';

interface KnownOperation extends ApiOperation {
  readonly pattern: RegExp;
}

const documents = new Map<string, Promise<readonly KnownOperation[]>>();

/** Where answers are gathered, which tells what the tests leave uncovered: see scripts/answer-coverage.ts. */
const answersVariable = 'KEYWRIGHT_TEST_ANSWERS';

/** Fails the test where the API answers a status that its own reference does not declare for the operation. */
export async function checkDeclared(url: string, method: string, where: string, status: number): Promise<void> {
  const path = where.split('?', 1)[0] ?? '';
  const operations = await operationsOf(url);
  const find = (one: string) =>
    operations.find((operation) => operation.method === method && operation.pattern.test(one));
  // What v2 has no operation of its own for is v1's.
  const operation = find(path) ?? find(path.replace(/^\/api\/v2\//, '/api/v1/'));
  // Unknown paths and methods have no operation that could declare anything.
  if (operation === undefined) return;
  // A path that can't be decoded never reaches its operation.
  if (status === 404 && !isDecodable(path)) return;
  assert.ok(
    operation.statuses.has(status),
    `${method} ${operation.path} answered ${status}, which the API reference does not declare`,
  );
  await gather(`${method} ${operation.path} ${status}`);
}

async function gather(line: string): Promise<void> {
  const file = process.env[answersVariable];
  if (file !== undefined) await appendFile(file, `${line}\n`);
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function operationsOf(url: string): Promise<readonly KnownOperation[]> {
  let operations = documents.get(url);
  if (operations === undefined) {
    operations = readOperations(url);
    documents.set(url, operations);
  }
  return operations;
}

async function readOperations(url: string): Promise<readonly KnownOperation[]> {
  const operations = await readApiOperations(url);
  for (const { method, path, statuses } of operations)
    await gather(`${method} ${path} declares ${[...statuses].join()}`);
  return (
    operations
      .map((operation) => ({
        ...operation,
        pattern: new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      }))
      // Fixed paths first: /status is no id.
      .sort((one, other) => one.path.split('{').length - other.path.split('{').length)
  );
}
