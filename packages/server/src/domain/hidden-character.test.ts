import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hiddenCharacter, isUnseen, toPrintable } from './hidden-character.ts';

describe('hiddenCharacter', () => {
  it('finds what turns the order of text, or shows nothing', () => {
    const hidden = [
      ...['\u200e', '\u200f', '\u061c', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2069'],
      ...['\u00ad', '\u200b', '\u2060', '\u2061', '\u2064', '\u206f', '\ufeff', '\u115f', '\u3164', '\uffa0', '\u180e'],
      ...['\ufff9', '\ufffb', '\u{e0001}', '\u{e0041}', '\u{1d173}'],
    ];
    for (const character of hidden) assert.ok(hiddenCharacter.test(`a${character}b`), JSON.stringify(character));
  });

  it('spares what scripts and emoji are written with', () => {
    const texts = [
      'می\u200cخواهم',
      'क्\u200dष',
      'ශ්\u200dරී',
      '👩\u200d👩\u200d👧',
      '❤\ufe0f',
      '葛\u{e0100}',
      'ᠮᠣᠩ\u180bᠭᠣᠯ',
      'שלום עולם',
      'السلام عليكم ۝ \u0600',
      'e\u034f\u0301',
    ];
    for (const text of texts) assert.equal(hiddenCharacter.test(text), false, text);
  });
});

describe('isUnseen', () => {
  it('knows a text of which nothing is seen from one of which anything is', () => {
    for (const text of ['', ' ', '\u200d', '\u200c \u200d\ufe0f', '\u3164'])
      assert.ok(isUnseen(text), JSON.stringify(text));
    for (const text of ['a', '\u200da', '👩', '.']) assert.equal(isUnseen(text), false, text);
  });
});

describe('toPrintable', () => {
  it('shows where something was hidden, and leaves the rest as it is', () => {
    assert.equal(toPrintable('a\u202eb\u0000c\u2028d\ud800e'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
    assert.equal(toPrintable('Zoë 👩\u200d👧 می\u200cخواهم'), 'Zoë 👩\u200d👧 می\u200cخواهم');
  });
});
