// Normalising sorts each run of combining marks in quadratic time: 50 000 of them take a second. Unicode's stream-safe
// format (UAX #15 §13) has at most 30 in a row, and no name or password is as long as this.
const maxLength = 8192;
const longMarkRun = /\p{M}{31}/u;

/**
 * Normalises a text that may come from anyone; one that only an attack would look like is handed back as it is.
 *
 * @param form NFC keeps the characters' looks, NFKC also takes compatibility forms for one (UAX #15).
 */
export function normaliseUnicode(text: string, form: 'NFC' | 'NFKC'): string {
  return text.length > maxLength || longMarkRun.test(text) ? text : text.normalize(form);
}
