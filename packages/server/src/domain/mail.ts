import { type Language, type MailContent, sealedMailPurpose } from './mail-port.ts';
import type { Stores } from './ports.ts';
import { drawId } from './random-id.ts';
import type { User } from './records.ts';
import type { Service } from './service.ts';

/** A mail to be sent. */
export type NewMail = MailContent & {
  /** Whom it is for; null where the recipient is no user. */
  readonly userId: number | null;
  readonly to: string;
  readonly language: Language;
};

/**
 * Puts a mail into the store's queue, in the transaction of the change that it tells of: either both are there or neither.
 * It is delivered within about a second, and tried again until it is.
 */
export async function enqueueMail(service: Service, stores: Stores, mail: NewMail): Promise<void> {
  await stores.insertMail({
    userId: mail.userId,
    recipient: mail.to,
    template: mail.template,
    language: mail.language,
    sealedData: service.box.seal(JSON.stringify(mail.data), sealedMailPurpose),
    messageKey: drawId(service.random),
    createdAt: service.clock.now(),
  });
}

/** Whom a mail to a user is for, and in which language: `{ ...mailTo(user), template, data }`. */
export function mailTo(user: Pick<User, 'id' | 'username' | 'language'>): Pick<NewMail, 'userId' | 'to' | 'language'> {
  return { userId: user.id, to: user.username, language: user.language };
}
