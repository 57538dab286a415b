import type { Config } from './config.ts';
import { defaultSender, outboxFolder } from './config-mail.ts';
import { makeFolder } from './data-dir.ts';
import { isLoopbackHost } from './domain/loopback.ts';
import { createMailDelivery, type MailDelivery } from './domain/mail-delivery.ts';
import type { Mailer } from './domain/mail-port.ts';
import { answerMailRequests } from './domain/mail-request-answer.ts';
import type { Service } from './domain/service.ts';
import type { MailerOptions } from './mail/mailer.ts';

/** How long mails that are on their way may take at the end, in milliseconds, and what was broken off after that. */
const lastMailsMs = 2_000;
const brokenOffMs = 500;

/** Sees to it that mails leave the house. */
export interface MailCare {
  /** Takes what is due, and does not wait until it is handed over; answers how much it was. */
  begin(): Promise<number>;
  /** Hands over everything that is due now. */
  deliverAll(): Promise<void>;
  /** Gives the mails that are due a little time, and leaves the rest to those who come after. */
  close(): Promise<void>;
}

/** Makes the care of mails for a process; what it needs for them is loaded when there is the first thing to do. */
export function createMailCare(service: Service, config: Config): MailCare {
  let parts: Promise<{ mailer: Mailer; delivery: MailDelivery }> | undefined;

  async function makeParts() {
    const { createMailer } = await import('./mail/mailer.ts');
    const mailer = createMailer(mailerOptions(config));
    return { mailer, delivery: createMailDelivery(service, mailer) };
  }

  async function take(): Promise<number> {
    parts ??= makeParts();
    const { delivery } = await parts;
    const answered = await answerMailRequests(service);
    return answered + (await delivery.begin());
  }

  return {
    begin: take,
    async deliverAll() {
      while ((await take()) > 0) await (await parts)?.delivery.settle();
    },
    async close() {
      if (parts === undefined) return;
      const { mailer, delivery } = await parts;
      // The store may be what is being stopped for: then nothing is to be had from it.
      await within(
        lastMailsMs,
        take().then(delivery.settle, () => undefined),
      );
      delivery.stop();
      mailer.close();
      await within(brokenOffMs, delivery.settle());
    },
  };
}

function mailerOptions(config: Config): MailerOptions {
  const { smtp, smtpCertificate } = config;
  return {
    server: smtp && { ...smtp, startTls: startTlsOf(smtp), verifiesCertificate: smtpCertificate === 'verify' },
    outboxFolder: outboxFolder(config.dataDir),
    makeFolder,
    origin: () => {
      if (config.publicUrl === undefined) throw new Error('the public URL is asked for before the port is known');
      return { serviceUrl: config.publicUrl, sender: config.mailFrom ?? defaultSender(config.publicUrl) };
    },
  };
}

/** A password crosses no network readable; on this machine there is nobody to read. */
function startTlsOf(smtp: NonNullable<Config['smtp']>): 'required' | 'offered' | 'none' {
  if (isLoopbackHost(smtp.host)) return 'none';
  return smtp.user === undefined ? 'offered' : 'required';
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeUp]);
  clearTimeout(timer);
}
