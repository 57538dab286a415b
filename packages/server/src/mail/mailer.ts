import type { Mailer } from '../domain/mail-port.ts';
import type { MailOrigin } from './compose-mail.ts';
import { createOutboxMailer } from './outbox-mailer.ts';
import { createSmtpMailer, type SmtpServer } from './smtp-mailer.ts';

/** What decides where mails go. */
export interface MailerOptions {
  /** The mail server; without one, mails are written to `outboxFolder`. */
  readonly server?: SmtpServer | undefined;
  readonly outboxFolder: string;
  /** Makes that folder, for this user alone, unless it is there. */
  readonly makeFolder: (folder: string) => Promise<void>;
  /** Asked for each mail, since the public URL may be known only once the service listens. */
  readonly origin: () => MailOrigin;
}

/** Makes what takes mails out of the house. */
export function createMailer({ server, outboxFolder, makeFolder, origin }: MailerOptions): Mailer {
  return server === undefined
    ? createOutboxMailer({ folder: outboxFolder, makeFolder, origin })
    : createSmtpMailer({ server, origin });
}
