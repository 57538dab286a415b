/**
 * Writes the typed calls of @keywright/client, from the OpenAPI document that the service gives.
 *
 *     npm run generate     writes them
 *     npm run generated    ends with 1 where they are not those of the service as it stands
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { errorCodes } from '@keywright/contract';
import { startTestServer } from '../test/support/test-server.ts';
import { type ApiDocument, formatCalls, formatErrorCodes, formatSchemas } from './typed-calls.ts';

const folder = path.join(import.meta.dirname, '../packages/client/src');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const document = await readDocument();
const files: Readonly<Record<string, string>> = {
  'schemas.generated.ts': formatSchemas(document),
  'calls.generated.ts': formatCalls(document),
  'error-codes.generated.ts': formatErrorCodes(Object.keys(errorCodes)),
};
for (const [name, text] of Object.entries(files)) {
  const file = path.join(folder, name);
  if (!values.check) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8')) !== text) {
    console.error(`packages/client/src/${name} is not what the API of today gives: run npm run generate`);
    process.exitCode = 1;
  }
}

async function readDocument(): Promise<ApiDocument> {
  const server = await startTestServer();
  try {
    const answer = await fetch(`${server.url}/openapi.json`);
    return (await answer.json()) as ApiDocument;
  } finally {
    await server.close();
  }
}
