import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMail } from '../../../../test/support/received-mail.ts';
import { sampleMail } from '../../../../test/support/sample-mail.ts';
import { DeliveryError, type OutgoingMail } from '../domain/mail-port.ts';
import { composeMail } from './compose-mail.ts';

const origin = {
  sender: { name: 'Acme, Inc. "Mail"', address: 'no-reply@example.com' },
  serviceUrl: 'https://auth.example.com',
};

const compose = async (mail: OutgoingMail, target: 'file' | 'server' = 'file'): Promise<string> =>
  (await composeMail(mail, origin, { for: target })).message.toString('utf8');

test('a mail in a file has its link whole on one line, readable as it is, in either language', async () => {
  for (const language of ['en', 'de'] as const) {
    const mail = sampleMail({ language });
    const raw = await compose(mail);
    const { link } = mail.data as { link: string };
    assert.ok(raw.split('\n').includes(link), language);
    const [textPart = ''] = raw.split('Content-Type: text/html');
    assert.match(textPart, /Content-Transfer-Encoding: [78]bit/);
    assert.equal(/base64|quoted-printable/i.test(textPart), false);
    assert.equal(raw.includes('\r'), false, 'lines end as files have them');
  }
});

test('a mail for a server has lines as RFC 5322 wants them, within 998 bytes, and only seven bits', async () => {
  for (const language of ['en', 'de'] as const) {
    const raw = await compose(sampleMail({ language, name: 'Jané Doe 🦦' }), 'server');
    for (const line of raw.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 998 && !line.includes('\n'));
    assert.match(raw, /^[\t\r\n\x20-\x7e]*$/);
  }
});

test('a link too long for a line arrives whole all the same', async () => {
  const link = `https://auth.example.com/activation?activationKey=${'y'.repeat(3000)}`;
  for (const target of ['file', 'server'] as const) {
    const raw = await compose(sampleMail({ data: { name: 'Jane', organisation: 'Acme', link } }), target);
    assert.ok(raw.split(/\r?\n/).every((line) => Buffer.byteLength(line) <= 998));
    assert.ok((await parseMail(raw)).text.split('\n').includes(link));
  }
});

test('text and HTML say the same, to one recipient, from whom the operator says', async () => {
  const mail = await parseMail(await compose(sampleMail({ language: 'de', name: 'Jané' })));
  assert.equal(mail.to, 'jane@example.com');
  assert.equal(mail.from, '"Acme, Inc. \\"Mail\\"" <no-reply@example.com>');
  assert.match(mail.text, /^Guten Tag Jané,$/m);
  assert.match(mail.html, /Guten Tag Jané,/);
  assert.equal(mail.subject, 'Aktivieren Sie Ihr Konto');
});

test('the Message-ID and the date are the same at each attempt', async () => {
  const [one, other] = [await compose(sampleMail()), await compose(sampleMail())];
  for (const raw of [one, other]) {
    assert.match(raw, /^Message-ID: <abc@example\.com>$/m);
    assert.match(raw, /^Date: Wed, 10 Mar 2027 12:00:00 \+0000$/m);
  }
});

test('no out-of-office reply is asked for', async () => {
  assert.match(await compose(sampleMail()), /^Auto-Submitted: auto-generated$/m);
});

test('nothing that people wrote begins a header, or ends the headers', async () => {
  const attack = 'Acme\r\nBcc: eve@example.com\r\n\r\nBody\n.\r\nX: y';
  const data = { name: attack, organisation: attack, inviter: attack, link: 'https://x.example/y' };
  const raw = await compose(sampleMail({ template: 'invitation', data } as never));
  const [head = ''] = raw.split('\n\n');
  assert.equal(/^(?:bcc|x):/im.test(head), false);
  assert.equal((await parseMail(raw)).to, 'jane@example.com');
  assert.match((await parseMail(raw)).subject, /^Invitation to Acme Bcc/);
});

test('what is not exactly one address gets no mail, for good', async () => {
  const addresses = [
    'a@example.com, b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\nb@example.com',
    'A <a@example.com>',
    'a@example.com;b@example.com',
    'a b@example.com',
    'a@b@example.com',
    'a',
    '',
  ];
  for (const recipient of addresses) {
    await assert.rejects(compose(sampleMail({ recipient })), (error) => {
      assert.ok(error instanceof DeliveryError && error.isPermanent, recipient);
      return true;
    });
  }
});
