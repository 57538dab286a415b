import { invalidFormat } from './errors.ts';

// RFC 3339 §5.6, of which the seconds may be left out; the offset may not.
const dateForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2})))?$/i;
const maxQuotedCharacters = 40;
const minuteMs = 60_000;
// An offset can carry a date-time into the year 10000, which ISO 8601 writes otherwise.
const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What was sent, fit to be shown: a line of its beginning, without what a terminal or a log would obey. */
function quote(text: string): string {
  const shown = text
    .slice(0, 2 * maxQuotedCharacters)
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  const characters = [...shown];
  const isCut = characters.length > maxQuotedCharacters || text.length > 2 * maxQuotedCharacters;
  return `"${characters.slice(0, maxQuotedCharacters).join('')}${isCut ? '…' : ''}"`;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A date that will do: a year from now. */
function exampleOf(now: number): string {
  const example = new Date(now);
  example.setUTCFullYear(example.getUTCFullYear() + 1);
  return dateOf(example.getTime());
}

/** The instant that a text of the right form means; undefined where the calendar or the clock has none such. */
function readInstant(match: RegExpExecArray): number | undefined {
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.map((part) => Number(part ?? 0));
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have is taken for one of another month.
  const isInCalendar = date.getUTCMonth() === month - 1;
  if (!isInCalendar || hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59)
    return undefined;
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));
  const offsetMs = (offsetHours * 60 + offsetMinutes) * minuteMs;
  return date.getTime() - (match[8] === '-' ? -offsetMs : offsetMs);
}

/**
 * Reads when an application token is to expire: a date, meaning that day's 00:00 UTC, or a date-time with its offset
 * (RFC 3339), up to the year 9999.
 *
 * @param now Milliseconds since the Unix epoch.
 * @returns Milliseconds since the Unix epoch.
 * @throws Refusal InputValidationFailed: no such date, or one that is not in the future; the message names what was
 *   given and a date that will do.
 */
export function parseExpiryDate(text: string, now: number): number {
  const match = dateForm.exec(text);
  const example = exampleOf(now);
  if (match === null) {
    throw invalidFormat(
      `expiry_date ${quote(text)} is not a date such as ${example}, nor a date-time with offset such as ${example}T10:00:00Z`,
    );
  }
  const expiresAt = readInstant(match);
  if (expiresAt === undefined) {
    throw invalidFormat(`expiry_date ${quote(text)} does not exist in the calendar; a valid one is ${example}`);
  }
  if (expiresAt <= now) {
    const meaning = match[4] === undefined ? ' (00:00 UTC of that day)' : '';
    throw invalidFormat(
      `expiry_date ${quote(text)}${meaning} is not in the future: today is ${dateOf(now)}; a valid one is ${example}`,
    );
  }
  if (expiresAt > lastInstant)
    throw invalidFormat(`expiry_date ${quote(text)} is after the year 9999; a valid one is ${example}`);
  return expiresAt;
}

/** Whether the time of an application token is over, which one without an end never is. */
export function isPastExpiry({ expiresAt }: { readonly expiresAt: number | null }, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}
