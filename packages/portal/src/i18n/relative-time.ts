const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Units from the longest to the shortest, and from how many milliseconds on each is used. */
const units: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number, from: number])[] = [
  ['year', 365 * day, 548 * day],
  ['month', 30.44 * day, 60 * day],
  ['day', day, 36 * hour],
  ['hour', hour, 90 * minute],
  ['minute', minute, 45 * second],
];

/** How far a time is from now, in words: `in 3 days`, `2 hours ago`, `now`. */
export function formatRelativeTime(time: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const distance = time - now;
  const found = units.find(([, , from]) => Math.abs(distance) >= from);
  if (found === undefined) return format.format(0, 'second');
  const [unit, ms] = found;
  return format.format(Math.round(distance / ms), unit);
}

/** How long it takes until such words may be others, in milliseconds. */
export function relativeTimeStepMs(time: number, now: number): number {
  const distance = Math.abs(time - now);
  if (distance < 90 * minute) return 15 * second;
  return distance < 36 * hour ? 5 * minute : hour;
}

/** How long is left, as a clock counts down: `4:59`; of an hour and more `1:02:03`. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(Math.ceil(seconds), 0);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(left % 60)}` : `${minutes}:${pad(left % 60)}`;
}
