import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MailContent, MailData, MailTemplate } from '../domain/mail-port.ts';
import { renderMail } from './render-mail.ts';

const serviceUrl = 'https://auth.example.com';
const link = `${serviceUrl}/activation?activationKey=${'x'.repeat(400)}`;
const name = 'Jane Doe';
const time = '2027-03-10T12:30:00.000Z';
const address = '2001:db8::1';

/** What each template is given; every value has to come out again, but for those that choose words. */
const samples: { readonly [Template in MailTemplate]: MailData[Template] } = {
  activation: { name, organisation: 'Acme', link },
  signup: { name, organisation: 'Acme', link },
  signup_existing: { name },
  invitation: { name, organisation: 'Acme', inviter: 'Joe Roe', link },
  password_reset: { name, link },
  username_change: { name, link },
  username_changed: { name, username: 'new@example.com', time },
  email_code: { name, code: '012345', minutes: '10' },
  token_expiry: { name, token: 'CI (kwt_abcdefgh…)', organisation: 'Acme', days: '14', expires: time, link },
  new_network: { name, address, device: 'Firefox 140, Linux', time },
  account_locked: { name, address, minutes: '5', time },
  application_token_created: { name, token: 'CI (kwt_abcdefgh…)', organisation: 'Acme', address, time },
  application_token_rotated: { name, token: 'CI (kwt_abcdefgh…)', organisation: 'Acme', address, time },
  factor_changed: { name, factor: 'totp', change: 'added', address, time },
  password_changed: { name, address, time },
};

function contentOf(template: MailTemplate, change: Record<string, string> = {}): MailContent {
  return { template, data: { ...samples[template], ...change } } as MailContent;
}

const templates = Object.keys(samples) as MailTemplate[];
const wordsFor = new Set(['factor', 'change', 'days']);
const times = new Set(['time', 'expires']);

for (const language of ['en', 'de'] as const) {
  describe(`mails in ${language}`, () => {
    for (const template of templates) {
      const mail = renderMail({ ...contentOf(template), language }, serviceUrl);
      const text = mail.text.join('\n');

      test(`${template} greets by name and says everything that it is given, as text and as HTML`, () => {
        assert.match(mail.text[0] ?? '', /Jane Doe,$/);
        for (const [key, value] of Object.entries(samples[template])) {
          if (wordsFor.has(key) || times.has(key)) continue;
          assert.ok(text.includes(value), `${key} in the text`);
          assert.ok(mail.html.includes(value), `${key} in the HTML`);
        }
        if ('time' in samples[template] || 'expires' in samples[template]) {
          assert.match(text, language === 'en' ? /10 March 2027 at 12:30 UTC/ : /10\. März 2027 um 12:30 UTC/);
        }
      });

      test(`${template} has its link whole on a line of its own`, () => {
        if ('link' in samples[template]) assert.ok(mail.text.includes(link));
        else assert.equal(text.includes('activationKey'), false);
      });

      test(`${template} says what to do if one did not ask for it, and who writes`, () => {
        const saysIf = language === 'en' ? /\b[Ii]f (?:it|you|nothing)\b/ : /\bWenn (?:Sie|nichts)/;
        assert.match(text.replaceAll('\n', ' '), saysIf);
        assert.ok(text.includes(serviceUrl));
        assert.ok(mail.html.includes(serviceUrl));
      });

      test(`${template} loads nothing from anywhere, and runs nothing`, () => {
        assert.equal(
          /<(?:img|script|iframe|link|object|form|video|audio)\b|\burl\(|@import|\bsrc=/i.test(mail.html),
          false,
        );
        const links = [...mail.html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
        assert.deepEqual(new Set(links), new Set('link' in samples[template] ? [link] : []));
      });

      test(`${template} shows what people wrote as text, whatever it is`, () => {
        const nasty = '<q onclick="x">&amp;\'</q>';
        const changed = Object.fromEntries(Object.keys(samples[template]).map((key) => [key, nasty]));
        const content = contentOf(template, {
          ...changed,
          link,
          ...('days' in samples[template] ? { days: '1' } : {}),
        });
        const { html } = renderMail({ ...content, language }, serviceUrl);
        assert.equal(html.includes('<q'), false);
        assert.equal(html.includes('onclick="'), false);
        assert.ok(html.includes('&lt;q onclick=&quot;x&quot;&gt;&amp;amp;&#39;'));
      });
    }
  });
}

test('a mail in German is not one in English', () => {
  for (const template of templates) {
    const [english, german] = (['en', 'de'] as const).map((language) =>
      renderMail({ ...contentOf(template), language }, serviceUrl),
    );
    assert.notEqual(english?.subject, german?.subject, template);
    assert.match(german?.text.join('\n') ?? '', /\b(?:Sie|Ihr)\b/, template);
  }
});

test('what somebody else did is told by their name, in the place of an address', () => {
  for (const template of ['factor_changed', 'password_changed', 'application_token_rotated'] as const) {
    const { address: _, ...data } = samples[template] as MailData['password_changed'] & { readonly address: string };
    const content = { template, data: { ...data, by: 'admin@example.com' } } as MailContent;
    const read = (language: 'en' | 'de') => renderMail({ ...content, language }, serviceUrl).text;
    assert.ok(read('en').includes('By: admin@example.com'));
    assert.ok(read('de').includes('Durch: admin@example.com'));
  }
});

test('a name that looks like an address or a link is no link, and stays readable', () => {
  const nasty = 'Win at evil.example/now or http://evil.example or me@evil.example';
  const { text, html } = renderMail({ ...contentOf('signup', { name: nasty }), language: 'en' }, serviceUrl);
  for (const whole of ['evil.example', 'http://', 'me@evil']) {
    assert.equal(text.join('\n').includes(whole), false, whole);
    assert.equal(html.includes(whole), false, whole);
  }
  assert.ok(text.join('\n').replaceAll('\u2060', '').includes(nasty));
});

test('nor is one whose dots stand behind a digit or a mark, or are those of another script', () => {
  for (const host of [
    'win4.example',
    'cafe\u0301.example',
    '\u{1f381}.example',
    'evil\u3002example',
    'evil\uff0eexample',
  ]) {
    const { text, html } = renderMail(
      { ...contentOf('signup', { name: `Win at ${host}` }), language: 'en' },
      serviceUrl,
    );
    assert.equal(text.join('\n').includes(host), false, host);
    assert.equal(html.includes(host), false, host);
    assert.ok(text.join('\n').replaceAll('\u2060', '').includes(host));
  }
  const { text } = renderMail({ ...contentOf('signup', { name: 'Version 4.2, 3 p.m.' }), language: 'en' }, serviceUrl);
  assert.ok(text.join('\n').includes('Version 4.2'), 'a number stays whole');
});

test('line breaks in a name, and a name without an end, make no lines of their own', () => {
  const change = { organisation: `A\r\nBcc: x@example.com\u2028B${'c'.repeat(1000)}` };
  const { subject, text } = renderMail({ ...contentOf('invitation', change), language: 'en' }, serviceUrl);
  assert.equal(/[\r\n\u2028]/.test(subject), false);
  assert.ok(subject.length < 300);
  assert.equal(
    text.some((line) => /[\r\n\u2028]/.test(line)),
    false,
  );
});

test('the last notice before a token expires says a day', () => {
  const change = { days: '1' };
  assert.match(
    renderMail({ ...contentOf('token_expiry', change), language: 'en' }, serviceUrl).subject,
    /within a day$/,
  );
  assert.match(
    renderMail({ ...contentOf('token_expiry', change), language: 'de' }, serviceUrl).subject,
    /eines Tages ab$/,
  );
});
