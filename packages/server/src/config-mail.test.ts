import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';
import { defaultSender, mailSettings, maskSmtpUrl } from './config-mail.ts';

test('an SMTP URL says host, port, whether TLS comes first, and who signs in', () => {
  const { parse } = mailSettings.smtp.parser;
  assert.deepEqual(parse('smtp://mail.example.com'), { host: 'mail.example.com', port: 587, secure: false });
  assert.deepEqual(parse('smtps://u%40x:p%3A%2F@[::1]/'), {
    host: '::1',
    port: 465,
    secure: true,
    user: 'u@x',
    password: 'p:/',
  });
});

test("an SMTP URL is never shown with its password, and not at all where it can't be read", () => {
  assert.equal(maskSmtpUrl('smtp://user:hunter2@mail.example.com:25'), 'smtp://user:********@mail.example.com:25');
  assert.equal(maskSmtpUrl('smtp://mail.example.com'), 'smtp://mail.example.com');
  for (const text of ['smtp://user:hun/ter2@mail', 'user:hunter2@mail', 'smpt://u:hunter2@x']) {
    assert.equal(maskSmtpUrl(text), '********', text);
  }
});

test('mails come from whom the operator says, with or without a name', () => {
  const { parse } = mailSettings.mailFrom.parser;
  assert.deepEqual(parse('no-reply@example.com'), { name: 'Keywright', address: 'no-reply@example.com' });
  assert.deepEqual(parse('"Acme, Inc." <a.b+c@example.com>'), { name: 'Acme, Inc.', address: 'a.b+c@example.com' });
});

test("where nothing is said, mails come from the public URL's host, or localhost where that is an address", () => {
  assert.equal(defaultSender('https://auth.example.com/x').address, 'keywright@auth.example.com');
  assert.equal(defaultSender('http://127.0.0.1:8080').address, 'keywright@localhost');
  assert.equal(defaultSender('http://[::1]:8080').address, 'keywright@localhost');
});

test('sign-up is open by default while only this machine can reach the service, else for the invited', () => {
  assert.equal(readConfig({}).signUp, 'open');
  assert.equal(readConfig({ KEYWRIGHT_HOST: '::1' }).signUp, 'open');
  assert.equal(readConfig({ KEYWRIGHT_HOST: '0.0.0.0' }).signUp, 'invite');
  assert.equal(readConfig({ KEYWRIGHT_HOST: '10.0.0.1', KEYWRIGHT_SIGNUP: 'open' }).signUp, 'open');
  assert.equal(readConfig({ KEYWRIGHT_SIGNUP: 'closed' }).signUp, 'closed');
});
