const dayMs = 86_400_000;

/** The beginning of the seven days that end with this one, as filters take it. */
export function weekAgo(now: number): string {
  return new Date(now - 7 * dayMs).toISOString().slice(0, 10);
}
