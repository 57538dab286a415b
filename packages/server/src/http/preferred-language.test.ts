import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredLanguage } from './preferred-language.ts';

test('the language with the highest weight of those that we have is preferred, the first of equals', () => {
  const german = ['de', 'de-AT', 'DE', 'fr, de;q=0.8, en;q=0.7', 'en;q=0.5,de;q=0.9', 'de,en', 'en;q=0, de;q=0.1'];
  for (const header of german) assert.equal(preferredLanguage(header), 'de', header);
  for (const header of ['en', 'en-GB,de;q=0.9', 'en,de', 'fr,en;q=0.1']) {
    assert.equal(preferredLanguage(header), 'en', header);
  }
});

test('a header that names none of our languages says nothing', () => {
  for (const header of ['fr', '*', '', 'de;q=0', 'de;q=x', ',;,', 'deutsch', undefined]) {
    assert.equal(preferredLanguage(header), undefined, String(header));
  }
});
