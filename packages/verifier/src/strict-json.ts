import { isObject } from './json-value.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * Reads a JSON object whose meaning no two parsers can disagree on: valid UTF-8 without a byte order mark, and no
 * member name twice in any object, however it is escaped (RFC 8259 §4, RFC 7515 §4, RFC 7519 §4).
 *
 * Every member, `__proto__` too, is an own property of the answer. Answers undefined for anything else.
 */
export function parseStrictJsonObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  return countMembersWritten(bytes) === countMembersKept(value) ? value : undefined;
}

/**
 * Counts the members that a valid JSON text spells out: in such a text each has one colon outside of strings.
 *
 * In UTF-8 the bytes of quotes, colons and backslashes stand for nothing else.
 */
function countMembersWritten(bytes: Uint8Array): number {
  const { length } = bytes;
  let count = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      at += 1;
      while (at < length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
    } else if (byte === colon) {
      count += 1;
    }
  }
  return count;
}

/** Counts the members that are left after parsing, where the last of several with one name has replaced the others. */
function countMembersKept(root: object): number {
  let count = 0;
  // A list instead of recursion: the nesting is the sender's choice.
  const containers: object[] = [root];
  for (const container of containers) {
    if (isList(container)) {
      addContainers(container, containers);
    } else {
      const values = Object.values(container);
      count += values.length;
      addContainers(values, containers);
    }
  }
  return count;
}

function isList(container: object): container is readonly unknown[] {
  return Array.isArray(container);
}

function addContainers(values: readonly unknown[], containers: object[]): void {
  for (const value of values) {
    if (typeof value === 'object' && value !== null) containers.push(value);
  }
}
