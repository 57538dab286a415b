/**
 * How long to wait before the next attempt: twice as long after each failure up to a most, less up to a half by chance,
 * so that those who failed together don't all come back together.
 *
 * @param failures - how many attempts in a row have failed, from 1.
 * @param chance - a number from 0 up to, but not including, 1.
 */
export function backOffMilliseconds(
  failures: number,
  bounds: { readonly firstMs: number; readonly mostMs: number },
  chance: number,
): number {
  const longest = Math.min(bounds.mostMs, bounds.firstMs * 2 ** Math.min(failures - 1, 30));
  return longest * (1 - chance / 2);
}
