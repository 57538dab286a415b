import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkUsername, normaliseUsername } from './username.ts';

fc.configureGlobal({ seed: 1 });

const marks = fc.constantFrom('\u0307', '\u0323', '\u0345', '\u030c', '\u0331', 'Σ', 'ς', ' ', '\u00a0', 'İ', 'ı', 'ﬃ');
const trickyText = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), marks))
  .map((parts) => parts.join(''));

function isRefused(text: string): boolean {
  const [problem] = checkUsername(text);
  if (problem === undefined) return false;
  assert.equal(problem.token, 'InvalidFormat');
  assert.match(problem.message, /^username /);
  return true;
}

describe('normaliseUsername', () => {
  it('normalising twice changes nothing more, for any text', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        assert.equal(normaliseUsername(normaliseUsername(text)), normaliseUsername(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('normalising twice changes nothing more, for every character of the first two planes', () => {
    for (let code = 0; code < 0x20000; code++) {
      const character = String.fromCodePoint(code);
      const once = normaliseUsername(`${character}\u0345${character}\u030c`);
      assert.ok(normaliseUsername(once) === once, code.toString(16));
    }
  });

  it('the spellings of one name are one name', () => {
    const spellings = [
      ['jane.doe@example.com', 'Jane.Doe@EXAMPLE.com', '  jane.doe@example.com\n', '\u00a0JANE.DOE@example.com'],
      ['ｊａｎｅ＠example.com', 'jane@example.com', 'ＪＡＮＥ@example.com'],
      ['zoë@example.com', 'zoe\u0308@example.com', 'ZOE\u0308@example.com', 'ZOË@EXAMPLE.COM'],
      ['\u212aelvin@example.com', 'kelvin@example.com', 'KELVIN@example.com'],
      ['ΟΔΥΣΣΕΥΣ@example.gr', 'οδυσσευς@example.gr', 'οδυσσευσ@example.gr'],
      ['ΑΣ', 'ας', 'ασ', 'Ας'],
      ['straße@example.de', 'STRAẞE@example.de'],
      ['ﬁsh@example.com', 'fish@example.com', 'FISH@example.com'],
    ];
    for (const names of spellings) assert.equal(new Set(names.map(normaliseUsername)).size, 1, names.join(' '));
  });

  it('two mailboxes never become one name', () => {
    const names = [
      'straße@example.de',
      'strasse@example.de',
      'mike@example.com',
      'mıke@example.com',
      'mİke@example.com',
    ];
    assert.equal(new Set(names.map(normaliseUsername)).size, names.length);
  });

  it('a name in any case is the same name, wherever its capitals lead back to it', () => {
    const reversible = fc.string({ unit: 'grapheme' }).filter((text) => {
      const normalised = text.normalize('NFKC');
      return normalised.toUpperCase().toLowerCase() === normalised.toLowerCase();
    });
    fc.assert(
      fc.property(reversible, (text) => {
        assert.equal(normaliseUsername(text.toUpperCase()), normaliseUsername(text));
        assert.equal(normaliseUsername(text.toLowerCase()), normaliseUsername(text));
        assert.equal(normaliseUsername(text.normalize('NFD')), normaliseUsername(text));
      }),
    );
  });
});

describe('checkUsername', () => {
  it('an e-mail address of any script is accepted', () => {
    const accepted = ['a@b', 'jane.doe+tag@example.com', "o'brien@example.ie", 'ユキ@例え.jp', ' jane@example.com '];
    for (const text of [...accepted, `${'a'.repeat(242)}@example.com`]) assert.ok(!isRefused(text), text);
  });

  it('what does not look like an e-mail address is refused', () => {
    const refused = ['', '@', 'jane', 'jane@', '@example.com', 'jane@@example.com', 'a@b@c', 'jane doe@example.com'];
    for (const text of refused) assert.ok(isRefused(text), text);
  });

  it('control, invisible and unassigned characters and half pairs are refused', () => {
    for (const character of [
      '\0',
      '\n',
      '\r\n',
      '\t',
      '\u007f',
      '\u0085',
      '\u200b',
      '\u00ad',
      '\u202e',
      '\u2028',
      '\ud800',
      '\u0378',
    ]) {
      assert.ok(isRefused(`ja${character}ne@example.com`), JSON.stringify(character));
      assert.ok(isRefused(`jane@exa${character}mple.com`), JSON.stringify(character));
    }
  });

  it('a name that a mail header would read as several recipients, or as a comment, is refused', () => {
    for (const text of [
      'root,jane@example.com',
      'a;b@c',
      '<jane@example.com>',
      '"jane"@example.com',
      'a(b)@c',
      'a\\b@c',
      'a@[::1]',
      'to:a@b',
    ]) {
      assert.ok(isRefused(text), text);
    }
  });

  it('254 characters are accepted and 255 are not, counted as the name is stored', () => {
    assert.ok(!isRefused(`${'a'.repeat(248)}@b.com`));
    assert.ok(isRefused(`${'a'.repeat(249)}@b.com`));
    assert.ok(isRefused(`${'ﷺ'.repeat(100)}@b.com`));
    assert.ok(isRefused(`${'a'.repeat(1_000_000)}@b.com`));
  });
});
