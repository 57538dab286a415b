/** Text as both databases can keep it: PostgreSQL takes neither NUL nor unpaired surrogates, so U+FFFD stands for them. */
export function storableText(text: string): string {
  const wellFormed = text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}
