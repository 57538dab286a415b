/**
 * Characters that show nothing, or turn the order of what stands around them, so that one text passes for another (UAX #9,
 * UTS #39 §5.4). Those are spared without which scripts and emoji can't be written: the joiners U+200C and U+200D, variation
 * selectors, and U+034F, which keeps marks in their order.
 */
export const hiddenCharacter =
  /[[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]--[\u034f\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\u{e0100}-\u{e01ef}]]/v;

/** What is left of a text that nobody can see. */
const unseen = /^[\s\p{Default_Ignorable_Code_Point}]*$/v;

const unprintable = new RegExp(`[\\p{Cc}\\p{Zl}\\p{Zp}]|${hiddenCharacter.source}`, 'gv');

/** Whether a text shows nothing at all. */
export function isUnseen(text: string): boolean {
  return unseen.test(text);
}

/** A text from anyone as it may stand in a message or an event: on one line, and nothing in it hidden. */
export function toPrintable(text: string): string {
  return text.toWellFormed().replace(unprintable, '\ufffd');
}
