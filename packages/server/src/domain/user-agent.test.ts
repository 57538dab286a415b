import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUserAgent } from './user-agent.ts';

const examples: readonly (readonly [header: string | null, browser: string, operatingSystem: string])[] = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0',
    'Edge 148',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
    'Safari 26',
    'macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/147.0 Mobile/15E148 Safari/604.1',
    'Chrome 147',
    'iOS',
  ],
  ['Mozilla/5.0 (Android 16; Mobile; rv:146.0) Gecko/146.0 Firefox/146.0', 'Firefox 146', 'Android'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/148.0.0.0 Safari/537.36', 'Chrome 148', 'Linux'],
  ['curl/8.14.1', 'curl/8.14.1', 'Unknown'],
  ['', 'Unknown', 'Unknown'],
  [null, 'Unknown', 'Unknown'],
  ['<script>alert(1)</script>', 'Unknown', 'Unknown'],
];

for (const [header, browser, operatingSystem] of examples) {
  test(`${JSON.stringify(header)} is ${browser} on ${operatingSystem}`, () => {
    assert.deepEqual(readUserAgent(header), { browser, operatingSystem });
  });
}

test('a very long header is read in bounded time and space', () => {
  const { browser } = readUserAgent(`${'a'.repeat(100_000)}/1`);
  assert.equal(browser.length, 40);
});
