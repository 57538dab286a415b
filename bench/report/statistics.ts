/** The value that `share` (0 to 1) of the values lie at or below; NaN of none. */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

/**
 * How many times as much the one measured as the other: the median of the ratios of each round, since two turns that
 * follow one another find the machine in much the same state.
 */
export function pairedRatio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((value, round) => value / (to[round] ?? Number.NaN)));
}

/**
 * Compares two samples by rank, whatever their distributions are (Mann and Whitney, 1947), with a correction for ties.
 *
 * @returns how many standard deviations the ranks of `left` are above what chance alone would give; for samples of 20
 *   and more it is normally distributed where both come from one population
 */
export function rankZ(left: readonly number[], right: readonly number[]): number {
  const all = [...left.map((value) => ({ value, isLeft: true })), ...right.map((value) => ({ value, isLeft: false }))];
  all.sort((a, b) => a.value - b.value);
  let leftRanks = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start + 1;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const count = end - start;
    const meanRank = (start + 1 + end) / 2;
    for (const { isLeft } of all.slice(start, end)) leftRanks += isLeft ? meanRank : 0;
    ties += count ** 3 - count;
    start = end;
  }
  const n = all.length;
  const expected = (left.length * (n + 1)) / 2;
  const variance = ((left.length * right.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  return (leftRanks - expected) / Math.sqrt(variance);
}
