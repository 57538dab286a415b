import MailComposer from 'nodemailer/lib/mail-composer';
import { DeliveryError, type OutgoingMail } from '../domain/mail-port.ts';
import { renderMail } from './render-mail.ts';

/** Whom mails come from. */
export interface MailSender {
  readonly name: string;
  readonly address: string;
}

/** What is the same for every mail of a service. */
export interface MailOrigin {
  readonly sender: MailSender;
  /** The service's public URL. */
  readonly serviceUrl: string;
}

/** A message as it travels (RFC 5322), and whom it travels to. */
export interface ComposedMail {
  readonly from: string;
  readonly to: string;
  readonly message: Buffer;
}

// One address and nothing that could make a second one, or end a line, of it.
const singleAddress = /^[^\s\p{C}@()<>[\]:;,\\"]+@[^\s\p{C}@()<>[\]:;,\\"]+$/u;
/** A line may have 998 bytes (RFC 5322 §2.1.1). */
const maxLineBytes = 990;

/**
 * Composes a mail: text and HTML that say the same. Everything that people wrote stands in the body or, encoded, in the
 * subject.
 *
 * @param options.for `file` keeps the text readable as it is, whatever its language, with a line feed at the end of each
 *   line; `server` keeps it to seven bits, for servers that take no more
 * @throws DeliveryError where the recipient is not exactly one address
 */
export async function composeMail(
  mail: OutgoingMail,
  origin: MailOrigin,
  options: { readonly for: 'file' | 'server' },
): Promise<ComposedMail> {
  const { sender, serviceUrl } = origin;
  const { recipient: to } = mail;
  if (!singleAddress.test(to))
    throw new DeliveryError('the recipient is not one e-mail address', { isPermanent: true });
  const { subject, text, html } = renderMail(mail, serviceUrl);
  const isFile = options.for === 'file';
  const composer = new MailComposer({
    from: { ...sender },
    to: { name: '', address: to },
    subject,
    messageId: `<${mail.messageKey}@${sender.address.split('@')[1] ?? 'localhost'}>`,
    date: new Date(mail.createdAt),
    headers: {
      // RFC 3834 §5: no out-of-office reply to this.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    text: textPart(text, isFile),
    html,
    newline: isFile ? 'linux' : 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { from: sender.address, to, message: await composer.compile().build() };
}

/** The text as it is wherever that may be; a link then stands whole on its line. The library would fold it. */
function textPart(lines: readonly string[], isFile: boolean): string | { raw: string } {
  const isAscii = lines.every((line) => /^[\t\x20-\x7e]*$/.test(line));
  const fits = lines.every((line) => Buffer.byteLength(line) <= maxLineBytes);
  const newline = isFile ? '\n' : '\r\n';
  if (!fits || (!isAscii && !isFile)) return lines.join('\r\n');
  const head = [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${isAscii ? '7bit' : '8bit'}`,
    '',
  ];
  return { raw: [...head, ...lines, ''].join(newline) };
}
