/** How many letters must be added, dropped, changed or swapped with their neighbour to make one text of another. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const changed = (last[column - 1] ?? 0) + (isSame ? 0 : 1);
      const added = Math.min(last[column] ?? 0, current[column - 1] ?? 0) + 1;
      const swapped = isSwapped ? (beforeLast[column - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(changed, added, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** The name that someone who typed `given` most likely meant; undefined where none is close to it. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  // What was left out at the end is no letter that is wrong.
  const longer = names.filter((name) => name.toLowerCase().startsWith(given.toLowerCase()) && given.length > 2);
  if (longer.length > 0) return longer.reduce((shortest, name) => (name.length < shortest.length ? name : shortest));
  let nearest: string | undefined;
  // A third of the letters may be wrong: beyond that a suggestion is a guess.
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      nearest = name;
      least = distance;
    }
  }
  return nearest;
}
