import { Refusal } from './errors.ts';
import type { MailRequest } from './mail-request.ts';
import { limitKey } from './network.ts';
import type { Client, Service } from './service.ts';
import { normaliseUsername } from './username.ts';

/**
 * Counts a wish for a mail, per username and per address; a name that nobody has counts like any other.
 *
 * @throws Refusal TooManyRequests
 */
export function requireMailRoom(service: Service, kind: MailRequest['kind'], username: string, client: Client): void {
  const { mailsPerName, mailsPerAddress } = service.limits;
  const address = limitKey(client.address);
  // The address is counted only where the name has room: one name asked for again and again costs no others their mail.
  const retryAfterSeconds =
    mailsPerAddress.check(address) ||
    mailsPerName.hit(`${kind}:${normaliseUsername(username)}`) ||
    mailsPerAddress.hit(address);
  if (retryAfterSeconds > 0) {
    const message = 'Too many mails were asked for: look into the spam folder too';
    throw new Refusal('TooManyRequests', { message, retryAfterSeconds, reason: 'too many mails asked for' });
  }
}

/**
 * Counts a mail about an account that a signed-in user causes, per recipient: whoever makes, invites or renames users must
 * not fill anybody's mailbox. An address is not counted, since whoever brings a whole company in makes many.
 *
 * @param usernames who is mailed to
 * @throws Refusal TooManyRequests
 */
export function requireRecipientRoom(service: Service, usernames: readonly string[]): void {
  const { mailsPerName } = service.limits;
  const keys = [...new Set(usernames.map((username) => `account:${normaliseUsername(username)}`))];
  const waits = keys.map((key) => mailsPerName.check(key));
  const retryAfterSeconds = Math.max(0, ...waits);
  if (retryAfterSeconds > 0) {
    const message = 'Too many mails went to this address: tell them to look into the spam folder too';
    throw new Refusal('TooManyRequests', { message, retryAfterSeconds, reason: 'too many mails to one recipient' });
  }
  for (const key of keys) mailsPerName.hit(key);
}
