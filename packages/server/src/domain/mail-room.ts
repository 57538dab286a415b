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
