import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatBanner } from './banner.ts';

const content = {
  version: '1.2.3',
  publicUrl: 'http://127.0.0.1:8080',
  localUrl: 'http://127.0.0.1:8080',
  setupKey: undefined,
  outbox: undefined,
  demoDataDir: undefined,
};

test('the banner says where the service is', () => {
  const banner = formatBanner(content);
  assert.match(banner, /serves http:\/\/127\.0\.0\.1:8080\n/);
  assert.match(banner, /http:\/\/127\.0\.0\.1:8080\/docs/);
  assert.equal(banner.includes('setup'), false);
  const behind = formatBanner({ ...content, publicUrl: 'https://auth.example.com' });
  assert.match(behind, /serves https:\/\/auth\.example\.com \(listening on http:\/\/127\.0\.0\.1:8080\)/);
});

test('while there is no user, the banner has the one-time link on a line of its own', () => {
  const banner = formatBanner({ ...content, publicUrl: 'https://auth.example.com', setupKey: 'a-b_c' });
  assert.match(banner, /^ {2}https:\/\/auth\.example\.com\/setup\?setup_key=a-b_c$/m);
});

test("the demo's banner has the first request of the public guide, ready to be pasted, and says where its store is", () => {
  const banner = formatBanner({ ...content, demoDataDir: '/tmp/demo' });
  const sha1 = createHash('sha1').update('The quick brown fox jumps over the lazy dog').digest('hex');
  const body = `{"username":"user@domain.com","password":"${sha1}"}`;
  const line = `curl -s http://127.0.0.1:8080/api/v1/authenticate -H 'Content-Type: application/json' -d '${body}'`;
  assert.ok(banner.split('\n').some((candidate) => candidate.trim() === line));
  assert.match(banner, /^ {2}Commands work on it with --data-dir \/tmp\/demo$/m);
});

test('without a mail server the banner says where mails go', () => {
  assert.match(
    formatBanner({ ...content, outbox: '/var/lib/keywright/outbox' }),
    /^ {2}Mails go nowhere but to \/var\/lib\/keywright\/outbox,/m,
  );
  assert.equal(formatBanner(content).includes('Mails'), false);
});
