import type { Problem } from './errors.ts';
import { hiddenCharacter } from './hidden-character.ts';

// U+0000 to U+001F, U+007F to U+009F, and the separators of lines and paragraphs; the second spares what ends a line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacterInLines = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** How many code points a text has: what people count as characters, more nearly than UTF-16 units are. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Finds what keeps a text from being stored and shown as it is: lone surrogates, which UTF-8 can't carry; NUL, which
 * PostgreSQL can't; other control characters, which can forge lines and terminal output; characters that make it look like
 * another text; too many characters.
 *
 * @param options.property The property's name on the wire, with which the message begins.
 * @param options.maxLength The most code points it may have.
 * @param options.allowNewlines Whether CR and LF may stand in it.
 * @returns Undefined where nothing is wrong.
 */
export function textProblem(
  value: string,
  options: { readonly property: string; readonly maxLength: number; readonly allowNewlines?: boolean },
): Problem | undefined {
  const { property, maxLength, allowNewlines = false } = options;
  const refuse = (why: string): Problem => ({ token: 'InvalidFormat', message: `${property} ${why}` });
  // A code point has two units at most: of a text this long none need be counted.
  if (value.length > maxLength && (value.length > 2 * maxLength || countCodePoints(value) > maxLength)) {
    return refuse(`must have at most ${maxLength} characters`);
  }
  if (!value.isWellFormed()) return refuse('must be well-formed Unicode, without half surrogate pairs');
  if ((allowNewlines ? controlCharacterInLines : controlCharacter).test(value)) {
    return refuse(`must not have control characters${allowNewlines ? ' other than line breaks' : ' or line breaks'}`);
  }
  const hidden = hiddenCharacter.exec(value)?.[0].codePointAt(0);
  if (hidden !== undefined) {
    const name = `U+${hidden.toString(16).toUpperCase().padStart(4, '0')}`;
    return refuse(`must not have the character ${name}, which shows nothing or turns the order of others`);
  }
  return undefined;
}
