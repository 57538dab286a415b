import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkNewPassword, readPassword } from './password.ts';

fc.configureGlobal({ seed: 1 });

const username = 'Jane.Doe@Example.com';
const sha1Of = (text: string) => createHash('sha1').update(text, 'utf8').digest('hex');

function check(text: string, property?: string): string[] {
  const problems = checkNewPassword(readPassword(text), property === undefined ? { username } : { username, property });
  assert.ok(problems.every((problem) => problem.token === 'InvalidFormat'));
  return problems.map((problem) => problem.message);
}

describe('readPassword', () => {
  const sha1 = '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12';

  it('40 hexadecimal digits are the SHA-1, in any case and as openssl prints them', () => {
    const forms = [
      sha1,
      sha1.toUpperCase(),
      `${sha1}\n`,
      `${sha1}\r\n`,
      `${sha1} `,
      `SHA1(stdin)= ${sha1}`,
      `SHA1(stdin)= ${sha1}\n`,
      `(stdin)= ${sha1}`,
      `SHA1(password.txt)= ${sha1}`,
      `SHA1(my (new) password.txt)= ${sha1.toUpperCase()}\n`,
      `SHA1()= ${sha1}`,
    ];
    for (const text of forms) assert.deepEqual(readPassword(text), { sha1 }, text);
  });

  it('anything else is the password itself', () => {
    const texts = [
      '',
      sha1.slice(1),
      `${sha1}0`,
      ` ${sha1}`,
      `${sha1} x`,
      sha1.replace('2', 'g'),
      `SHA256(stdin)= ${sha1}`,
      `SHA1(stdin)= ${sha1.slice(1)}`,
      `SHA1(stdin) ${sha1}`,
      `x SHA1(stdin)= ${sha1}`,
      `SHA1(${'x'.repeat(10_000)})= ${sha1}`,
      'correct horse battery staple',
    ];
    for (const text of texts) assert.deepEqual(readPassword(text), { sha1: sha1Of(text), plain: text });
  });

  it('a password and its SHA-1 are the same password', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const plain = readPassword(text);
        assert.equal(plain.sha1, sha1Of(text.normalize('NFC')));
        assert.equal(readPassword(plain.sha1).sha1, plain.sha1);
      }),
    );
  });

  it('the composed and the decomposed spelling are the same password', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.deepEqual(readPassword(text.normalize('NFD')), readPassword(text.normalize('NFC')));
      }),
    );
    assert.deepEqual(readPassword('Zoe\u0308 Müller'), readPassword('Zo\u00eb Müller'));
  });

  it('spaces, case and every last character count', () => {
    const long = '👩‍👩‍👧 naïve пароль '.repeat(10);
    const sha1s = [long, long.slice(0, -1), long.slice(1), long.toUpperCase(), `${long} `].map(
      (text) => readPassword(text).sha1,
    );
    assert.equal(new Set(sha1s).size, 5);
  });
});

describe('checkNewPassword', () => {
  it('seven characters are refused and eight accepted, counted as code points after NFC', () => {
    for (const text of ['', 'sevench', '👩👩👩👩👩👩👩', 'e\u0301'.repeat(7)]) {
      assert.deepEqual(check(text), ['password must have at least 8 characters']);
    }
    for (const text of ['eight ch', '👩👩👩👩👩👩👩👩', 'e\u0301'.repeat(8)]) assert.deepEqual(check(text), []);
  });

  it('64, 200 and 1024 characters of any kind are accepted, and more refused', () => {
    for (const length of [64, 200, 1024]) {
      for (const character of ['a', ' ', 'ß', '👩', 'e\u0301']) assert.deepEqual(check(character.repeat(length)), []);
    }
    for (const text of ['a'.repeat(1025), '👩'.repeat(1025), 'e\u0301'.repeat(1025), 'e\u0301'.repeat(100_000)]) {
      assert.deepEqual(check(text), ['password must have at most 1024 characters']);
    }
  });

  it('no rule of composition refuses a password', () => {
    for (const text of [
      'correcthorsebatterystaple',
      '            ',
      '12345678901',
      'ACCOUNTANTS',
      '\t\t\t\t\t\t\t\t',
    ]) {
      assert.deepEqual(check(text), []);
    }
  });

  it("the username, its local part and the product's name are refused in any case", () => {
    const names = [
      'jane.doe@example.com',
      'JANE.DOE@EXAMPLE.COM',
      'Jane.Doe@Example.com',
      'jane.doe',
      'JANE.Doe',
      'ｊａｎｅ.doe',
    ];
    for (const text of [...names, 'keywright', 'Keywright', 'KEYWRIGHT', 'KeyWright', ' keywright ']) {
      assert.equal(check(text).length, 1, text);
    }
    for (const text of ['jane.doe1', 'keywrights', 'example.com', 'doe.jane']) assert.deepEqual(check(text), [], text);
  });

  it('a SHA-1 is refused where it is that of such a name in a usual spelling, or of nothing', () => {
    const names = [
      'jane.doe@example.com',
      'JANE.DOE@EXAMPLE.COM',
      'Jane.Doe@Example.com',
      'Jane.doe@example.com',
      'jane.doe',
      'Jane.Doe',
    ];
    for (const text of [...names, 'keywright', 'Keywright', 'KEYWRIGHT', '']) {
      assert.equal(check(sha1Of(text)).length, 1, text);
      assert.equal(check(sha1Of(text).toUpperCase()).length, 1, text);
    }
    assert.deepEqual(check(sha1Of('correct horse')), []);
  });

  it('NUL and half surrogate pairs are refused', () => {
    for (const text of ['eight ch\0', '\ud83d eight ch', 'eight\udc00 ch']) {
      assert.match(check(text)[0] ?? '', /^password must be well-formed/);
    }
  });

  it('the message begins with the property that carried the password, and never repeats it', () => {
    assert.deepEqual(check('sevench', 'new_password'), ['new_password must have at least 8 characters']);
    assert.match(check('jane.doe', 'new_password')[0] ?? '', /^new_password must be neither/);
    assert.doesNotMatch(check('jane.doe', 'new_password')[0] ?? '', /jane/);
  });
});
