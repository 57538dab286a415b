/** How long a token is to work: a number of days, until a day that is named, or until it is revoked. */
export type ExpiryChoice = '7' | '30' | '90' | '365' | 'date' | 'none';

/** The choices, in the order in which they are offered. */
export const expiryChoices: readonly ExpiryChoice[] = ['7', '30', '90', '365', 'date', 'none'];

const dayMs = 86_400_000;

/**
 * What to send as `expiry_date`.
 *
 * @param date the day that is named: its 00:00 UTC is meant
 * @returns undefined where a day is to be named and is not yet
 */
export function expiryDateOf(choice: ExpiryChoice, date: string, now: number): string | null | undefined {
  if (choice === 'none') return null;
  if (choice === 'date') return date === '' ? undefined : date;
  return new Date(now + Number(choice) * dayMs).toISOString();
}

/** The first day that may be named: tomorrow, in UTC. */
export function firstExpiryDay(now: number): string {
  return new Date(now + dayMs).toISOString().slice(0, 10);
}
