const dayMs = 86_400_000;

/** The days for which a token is extended, or after which one without an end is to end. */
const extensionDays = 90;

/** When a token ends that is to work 90 days longer: than it would, or than now. */
export function extendedEnd(end: string | null, now: number): string {
  const from = end === null ? now : Math.max(Date.parse(end), now);
  return new Date(from + extensionDays * dayMs).toISOString();
}
