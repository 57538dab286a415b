/** Text as it is compared without regard to case, in SQLite and in the patterns sent to either database. */
export function foldCase(text: string): string {
  return text.toLowerCase();
}
