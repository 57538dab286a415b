import { open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DeliveryError, type Mailer, type OutgoingMail } from '../domain/mail-port.ts';
import { composeMail, type MailOrigin } from './compose-mail.ts';

interface OutboxOptions {
  readonly folder: string;
  /** Makes the folder, for this user alone, unless it is there. */
  readonly makeFolder: (folder: string) => Promise<void>;
  readonly origin: () => MailOrigin;
}

/**
 * Writes each mail as a file that mail programs open, for a service without a mail server. A file appears whole, under
 * its name, or not at all; nobody but the service's own user can read it.
 */
export function createOutboxMailer(options: OutboxOptions): Mailer {
  return {
    async deliver(mail) {
      const { message } = await composeMail(mail, options.origin(), { for: 'file' });
      try {
        await options.makeFolder(options.folder);
        await writeWhole(options.folder, fileName(mail), message);
      } catch (cause) {
        const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
        throw new DeliveryError(`the mail could not be written to the outbox: ${code}`, { isPermanent: false, cause });
      }
    },
    close: () => undefined,
  };
}

/** The same at each attempt, so that one mail is one file. */
function fileName(mail: OutgoingMail): string {
  const time = new Date(mail.createdAt).toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${String(mail.id).padStart(6, '0')}-${mail.template}.eml`;
}

async function writeWhole(folder: string, name: string, content: Buffer): Promise<void> {
  const unfinished = path.join(folder, `.${name}.unfinished`);
  // What a killed process left must not lend the new file its rights.
  await unlink(unfinished).catch(() => undefined);
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path.join(folder, name));
}
