import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type MailSink, type SinkLogin, type SinkOptions, startMailSink } from '../../../../test/support/mail-sink.ts';
import { sampleMail } from '../../../../test/support/sample-mail.ts';
import { DeliveryError, type Mailer } from '../domain/mail-port.ts';
import { createSmtpMailer, type SmtpServer } from './smtp-mailer.ts';

const origin = () => ({
  sender: { name: 'Keywright', address: 'no-reply@example.com' },
  serviceUrl: 'https://auth.example.com',
});

async function startSink(t: TestContext, login?: SinkLogin, options?: SinkOptions): Promise<MailSink> {
  const sink = await startMailSink(login, options);
  t.after(() => sink.stop());
  return sink;
}

function createMailer(t: TestContext, url: string, change: Partial<SmtpServer> = {}): Mailer {
  const { hostname, port } = new URL(url);
  const server: SmtpServer = {
    host: hostname,
    port: Number(port),
    secure: false,
    startTls: 'none',
    verifiesCertificate: true,
    ...change,
  };
  const mailer = createSmtpMailer({ server, origin });
  t.after(() => mailer.close());
  return mailer;
}

/** What a delivery failed with. */
async function failureOf(delivery: Promise<void>): Promise<DeliveryError> {
  try {
    await delivery;
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error));
    return error;
  }
  throw new Error('the mail was delivered');
}

test('a mail arrives once at its one recipient, whatever bytes are in it', async (t) => {
  const sink = await startSink(t);
  const mailer = createMailer(t, sink.url);
  await mailer.deliver(sampleMail({ language: 'de', name: 'Jané 🦦' }));
  assert.deepEqual(sink.envelopes, ['jane@example.com']);
  assert.match(sink.mails[0]?.text ?? '', /^Guten Tag Jané 🦦,$/m);
  assert.equal(sink.mails[0]?.messageId, '<abc@example.com>');
});

test('a line that is a full stop does not end the mail', async (t) => {
  const sink = await startSink(t);
  const data = { name: 'Jane', organisation: 'Acme', link: '.' };
  await createMailer(t, sink.url).deliver(sampleMail({ data }));
  assert.match(sink.mails[0]?.text ?? '', /^\.$[\s\S]*72 hours/m);
});

test('the service signs in at the mail server where it is told to', async (t) => {
  const login = { user: 'keywright', password: 'p:/ß' };
  const sink = await startSink(t, login);
  await createMailer(t, sink.url, login).deliver(sampleMail());
  assert.equal(sink.mails.length, 1);
  const failure = await failureOf(createMailer(t, sink.url, { ...login, password: 'wrong' }).deliver(sampleMail()));
  assert.equal(failure.isPermanent, false, 'an operator can put that right');
  assert.equal(failure.message.includes('wrong'), false);
  await failureOf(createMailer(t, sink.url).deliver(sampleMail()));
  assert.equal(sink.mails.length, 1);
});

test('a password is sent to no server that offers no TLS, where TLS is required', async (t) => {
  const login = { user: 'keywright', password: 'secret' };
  const sink = await startSink(t, login);
  const failure = await failureOf(createMailer(t, sink.url, { ...login, startTls: 'required' }).deliver(sampleMail()));
  assert.equal(failure.isPermanent, false);
  assert.equal(sink.mails.length, 0);
});

test('a certificate that nobody vouches for is refused, where TLS is only offered too, unless any will do', async (t) => {
  const sink = await startSink(t, undefined, { offersTls: true });
  for (const startTls of ['offered', 'required'] as const) {
    const failure = await failureOf(createMailer(t, sink.url, { startTls }).deliver(sampleMail()));
    assert.equal(failure.isPermanent, false, 'an operator can put that right');
    assert.match(failure.message, /certificate/);
  }
  assert.equal(sink.mails.length, 0, 'nor does it go without TLS');
  await createMailer(t, sink.url, { startTls: 'offered', verifiesCertificate: false }).deliver(sampleMail());
  assert.deepEqual([sink.mails.length, sink.encrypted], [1, 1]);
});

test('a server that offers no TLS is handed mails all the same where it need not', async (t) => {
  const sink = await startSink(t);
  await createMailer(t, sink.url, { startTls: 'offered' }).deliver(sampleMail());
  assert.deepEqual([sink.mails.length, sink.encrypted], [1, 0]);
});

test('a refusal for now and a refusal for good are told apart', async (t) => {
  const sink = await startSink(t);
  const mailer = createMailer(t, sink.url);
  sink.judge(() => ({ code: 451, text: 'try again later' }));
  assert.equal((await failureOf(mailer.deliver(sampleMail()))).isPermanent, false);
  sink.judge(() => ({ code: 550, text: 'no such mailbox' }));
  const failure = await failureOf(mailer.deliver(sampleMail()));
  assert.equal(failure.isPermanent, true);
  assert.match(failure.message, /no such mailbox.*550/);
});

test('what a server quotes of the message is not kept', async (t) => {
  const sink = await startSink(t);
  const { link } = sampleMail().data as { link: string };
  sink.judge(() => ({ code: 554, text: `spam: ${link}\r\nsecond line` }));
  const { message } = await failureOf(createMailer(t, sink.url).deliver(sampleMail()));
  assert.equal(message.includes('xxxx'), false);
  assert.equal(/[\r\n]/.test(message), false);
});

test('a server that is down, one that says nothing, and one that hangs up fail the delivery, not for good', async (t) => {
  const sink = await startSink(t);
  await sink.stop();
  assert.equal((await failureOf(createMailer(t, sink.url).deliver(sampleMail()))).isPermanent, false);
  const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  t.after(() => rude.close());
  await once(rude, 'listening');
  const { port } = rude.address() as AddressInfo;
  assert.equal((await failureOf(createMailer(t, `smtp://127.0.0.1:${port}`).deliver(sampleMail()))).isPermanent, false);
});

test('closing breaks off what a slow server keeps waiting, and begins nothing more', async (t) => {
  const sink = await startSink(t);
  let reached: () => void = () => undefined;
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let go: () => void = () => undefined;
  sink.judge(async () => {
    reached();
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    return undefined;
  });
  const mailer = createMailer(t, sink.url);
  const delivery = failureOf(mailer.deliver(sampleMail()));
  await isReached;
  mailer.close();
  assert.equal((await delivery).isPermanent, false);
  assert.equal((await failureOf(mailer.deliver(sampleMail()))).isPermanent, false);
  go();
});
