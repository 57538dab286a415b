import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normaliseUnicode } from './normalise-unicode.ts';

fc.configureGlobal({ seed: 1 });

describe('normaliseUnicode', () => {
  it('text is normalised as the standard says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('NFC', 'NFKC'), (text, form) => {
        assert.equal(normaliseUnicode(text, form), text.normalize(form));
        assert.equal(normaliseUnicode(text.normalize('NFD'), form), text.normalize(form));
      }),
    );
  });

  it('text made to keep the machine busy is left alone', () => {
    const marks = '\u0301\u0323'.repeat(2000);
    assert.notEqual(marks.normalize('NFC'), marks);
    assert.equal(normaliseUnicode(marks, 'NFC'), marks);
    const long = 'e\u0301'.repeat(5000);
    assert.equal(normaliseUnicode(long, 'NFKC'), long);
  });

  it('thirty marks in a row are still normalised', () => {
    const marks = `a${'\u0301\u0323'.repeat(15)}`;
    assert.equal(normaliseUnicode(marks, 'NFC'), marks.normalize('NFC'));
    assert.notEqual(normaliseUnicode(marks, 'NFC'), marks);
  });
});
