import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { type ImportRow, importColumns } from '../domain/user-import.ts';
import { isErrorCode } from '../error-code.ts';
import { CommandError } from './command.ts';

/** A row of a file, with the line that it stands on; or why the line is no row. */
export type FileRow =
  | { readonly line: number; readonly row: ImportRow }
  | { readonly line: number; readonly fault: string };

const columnNames = Object.keys(importColumns);

/**
 * Reads the rows of a CSV or NDJSON file, which may be larger than the memory.
 *
 * @throws CommandError where the file can't be read, or is no such file
 */
export async function* readImportFile(file: string): AsyncGenerator<FileRow> {
  try {
    yield* /\.(?:ndjson|jsonl)$/i.test(file) ? readNdjson(file) : readCsv(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (isErrorCode(error, 'ENOENT')) throw new CommandError(`${file} does not exist`, { cause: error });
    if (isErrorCode(error, 'EACCES', 'EISDIR')) throw new CommandError(`${file} can't be read`, { cause: error });
    if (error instanceof CsvError) throw new CommandError(`${file} is no CSV file: ${error.message}`, { cause: error });
    throw error;
  }
}

async function* readCsv(file: string): AsyncGenerator<FileRow> {
  const parser = parse({
    bom: true,
    columns: (names: string[]) => checkColumns(file, names),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const input = createReadStream(file);
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  for await (const { record, info } of parser) {
    yield { line: info.lines, row: record };
  }
}

function checkColumns(file: string, names: readonly string[]): string[] {
  const unknown = names.filter((name) => !columnNames.includes(name));
  if (!names.includes('username') || unknown.length > 0) {
    const fault =
      unknown.length > 0
        ? `has the unknown columns ${unknown.map((name) => JSON.stringify(name.slice(0, 40))).join(', ')}`
        : 'has no column username';
    throw new CommandError(
      `${file} ${fault}: its first line names the columns, of which there are ${columnNames.join(', ')}`,
    );
  }
  return [...names];
}

async function* readNdjson(file: string): AsyncGenerator<FileRow> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== '') yield { line, ...readJsonLine(text) };
  }
}

function readJsonLine(text: string): { row: ImportRow } | { fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'is no JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'is no JSON object' };
  const row: Record<string, string> = {};
  for (const [name, item] of Object.entries(value)) {
    if (!columnNames.includes(name)) return { fault: `has the unknown property ${JSON.stringify(name.slice(0, 40))}` };
    if (item === null) continue;
    const texts: unknown[] = Array.isArray(item) ? item : [item];
    if (!texts.every((part) => typeof part === 'string' || typeof part === 'number'))
      return { fault: `${name} must be a text` };
    row[name] = texts.join('|');
  }
  return { row };
}

/** The SHA-256 of a file: what an import that is cut off is recognised by. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
