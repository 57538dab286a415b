import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countCodePoints, textProblem } from './well-formed-text.ts';

fc.configureGlobal({ seed: 1 });

const oneLine = { property: 'name', maxLength: 20 };
const lines = { property: 'description', maxLength: 20, allowNewlines: true };
const controlCharacters = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => character < ' ' || character >= '\u007f',
);

describe('textProblem', () => {
  it('text of any script, with spaces and emoji, is accepted', () => {
    for (const text of ['', 'Zoë Müller', 'ゆき', '👩‍👩‍👧 family', 'a\u0301\u0323', 'שלום', '\u00a0\u3000']) {
      assert.equal(textProblem(text, oneLine), undefined);
    }
  });

  it('every control character is refused, line breaks too unless they are allowed', () => {
    assert.equal(controlCharacters.length, 65);
    for (const character of controlCharacters) {
      const isLineBreak = character === '\n' || character === '\r';
      assert.match(textProblem(`a${character}b`, oneLine)?.message ?? '', /^name must not/);
      assert.equal(textProblem(`a${character}b`, lines) === undefined, isLineBreak, JSON.stringify(character));
    }
  });

  it("Unicode's own line and paragraph separators count as line breaks", () => {
    for (const character of ['\u2028', '\u2029']) {
      assert.match(textProblem(`a${character}b`, oneLine)?.message ?? '', /^name must not/);
      assert.equal(textProblem(`a${character}b`, lines), undefined);
    }
  });

  it('lone surrogates are refused', () => {
    for (const text of ['\ud83d', 'a\udc00', '\udc00\ud83d', '👩\ud83d']) {
      assert.deepEqual(textProblem(text, lines)?.token, 'InvalidFormat');
    }
  });

  it('length is counted in code points, up to the limit and no further', () => {
    assert.equal(textProblem('a'.repeat(20), oneLine), undefined);
    assert.equal(textProblem('👩'.repeat(20), oneLine), undefined);
    for (const text of ['a'.repeat(21), '👩'.repeat(21), `${'👩'.repeat(20)}a`, 'a'.repeat(1_000_000)]) {
      assert.deepEqual(textProblem(text, oneLine), {
        token: 'InvalidFormat',
        message: 'name must have at most 20 characters',
      });
    }
  });

  it('what is accepted survives UTF-8, keeps its lines and fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        if (textProblem(text, oneLine) !== undefined) return;
        assert.equal(Buffer.from(text, 'utf8').toString('utf8'), text);
        assert.doesNotMatch(text, /[\r\n\0]/);
        assert.ok([...text].length <= 20);
      }),
    );
  });
});

describe('countCodePoints', () => {
  it('a surrogate pair counts as one', () => {
    assert.equal(countCodePoints('a👩é'), 3);
    assert.equal(countCodePoints(''), 0);
  });
});
