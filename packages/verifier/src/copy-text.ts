/**
 * A copy of an ASCII text that holds on to nothing else: a text that was cut out of another one, or joined from
 * several, keeps those in memory for as long as it lives.
 */
export function copyText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
