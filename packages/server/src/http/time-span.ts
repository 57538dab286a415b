/** A span of time in milliseconds since the Unix epoch, the end not included. */
export interface TimeSpan {
  readonly from: number;
  readonly until: number;
}

// A year, and then as much of an ISO 8601 date-time as is given. A + of the query string has become a space.
const pattern =
  /^([1-9]\d{3})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(?:Z|([+ -])(\d\d):(\d\d))?)?)?)?$/i;

const minuteMs = 60_000;

/**
 * Reads how a filter names a time: `2027` is that year, `2027-10` that month, `2027-10-29` that day, and a date-time the
 * minute, the second or the millisecond that it says. Without an offset it is in UTC. Undefined for anything else.
 */
export function parseTimeSpan(text: string): TimeSpan | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const parts = [year, month ?? '1', day ?? '1', hour ?? '0', minute ?? '0', second ?? '0'].map(Number);
  const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] = parts;
  const start = new Date(Date.UTC(y, mo - 1, d, h, mi, s, Number((fraction ?? '0').padEnd(3, '0'))));
  // A part out of its range has moved the others: there is no 30 February.
  const read = [start.getUTCMonth() + 1, start.getUTCDate(), start.getUTCHours(), start.getUTCMinutes()];
  if (read.some((part, index) => part !== [mo, d, h, mi][index]) || s > 59) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * minuteMs * (sign === '-' ? -1 : 1);
  const end = endOf(start, { month, day, hour, second, fraction });
  return { from: start.getTime() - offsetMs, until: end - offsetMs };
}

/** The end of the span that begins at `start` and is as long as the smallest part that was given. */
function endOf(start: Date, given: Readonly<Record<string, string | undefined>>): number {
  const from = start.getTime();
  if (given['fraction'] !== undefined) return from + 1;
  if (given['second'] !== undefined) return from + 1000;
  if (given['hour'] !== undefined) return from + minuteMs;
  if (given['day'] !== undefined) return from + 24 * 60 * minuteMs;
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  return given['month'] === undefined ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month + 1, 1);
}
