import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredLanguage } from './preferred-language.ts';

test('the language with the highest weight of those that we have is preferred, the first of equals', () => {
  for (const header of [
    'de',
    'de-AT',
    'DE',
    'fr, de;q=0.8, en;q=0.7',
    'en;q=0.5,de;q=0.9',
    'de,en',
    'en;q=0, de;q=0.1',
  ]) {
    assert.equal(preferredLanguage(header), 'de', header);
  }
  const others = ['en', 'en-GB,de;q=0.9', 'en,de', 'de;q=0', 'fr', '*', '', 'de;q=x', ',;,', 'deutsch', undefined];
  for (const header of others) assert.equal(preferredLanguage(header), 'en', String(header));
});
