import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
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
    if (isErrorCode(error, 'EISDIR')) throw new CommandError(`${file} is a folder: name a file`, { cause: error });
    if (isErrorCode(error, 'EACCES')) throw new CommandError(`${file} can't be read by this user`, { cause: error });
    if (isErrorCode(error, 'ERR_ENCODING_INVALID_ENCODED_DATA')) {
      throw new CommandError(`${file} is not in UTF-8: save it so, and try again`, { cause: error });
    }
    if (error instanceof CsvError) throw new CommandError(`${file} is no CSV file: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * The text of a file. Bytes that are no UTF-8 end it with an error, rather than becoming other letters: such a name would
 * be imported wrong, and nobody would know.
 */
function readText(file: string): Readable {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Readable.from(decodeChunks(createReadStream(file), decoder), { objectMode: false });
}

async function* decodeChunks(chunks: AsyncIterable<Uint8Array>, decoder: TextDecoder): AsyncGenerator<string> {
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* readCsv(file: string): AsyncGenerator<FileRow> {
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true });
  const input = readText(file);
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let names: readonly string[] | undefined;
  for await (const { record, info } of parser) {
    if (names === undefined) names = checkColumns(file, record);
    else yield { line: info.lines, ...readRecord(names, record) };
  }
}

/** A value with a comma that is not in quotes is two: what stands in the columns then is not what was meant. */
function readRecord(names: readonly string[], values: readonly string[]): { row: ImportRow } | { fault: string } {
  if (values.length > names.length) {
    return { fault: `has ${values.length} values for ${names.length} columns: put values with a comma into quotes` };
  }
  return { row: Object.fromEntries(names.map((name, index) => [name, values[index]])) };
}

function checkColumns(file: string, names: readonly string[]): readonly string[] {
  const fault = findColumnFault(names);
  if (fault !== undefined) {
    throw new CommandError(
      `${file} ${fault}: its first line names the columns, of which there are ${columnNames.join(', ')}`,
    );
  }
  return names;
}

function findColumnFault(names: readonly string[]): string | undefined {
  const unknown = names.filter((name) => !columnNames.includes(name));
  if (unknown.length > 0) {
    // Spreadsheets write semicolons where a comma is the decimal sign.
    if (names.length === 1 && unknown[0]?.includes(';')) return 'separates its columns by semicolons, not by commas';
    if (names.length === 1 && unknown[0]?.includes('\t')) return 'separates its columns by tabs, not by commas';
    return `has the unknown columns ${unknown.map((name) => JSON.stringify(name.slice(0, 40))).join(', ')}`;
  }
  return names.includes('username') ? undefined : 'has no column username';
}

async function* readNdjson(file: string): AsyncGenerator<FileRow> {
  const lines = createInterface({ input: readText(file), crlfDelay: Number.POSITIVE_INFINITY });
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
