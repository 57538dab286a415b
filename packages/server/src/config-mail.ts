import path from 'node:path';
import { oneOf, type Parser } from './config-parse.ts';
import type { Setting } from './config-setting.ts';

/** The mail server that takes our mails. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on; otherwise STARTTLS. */
  readonly secure: boolean;
  readonly user?: string;
  readonly password?: string;
}

/** Whom mails come from. */
export interface MailSender {
  readonly name: string;
  readonly address: string;
}

/** Who may make an account. */
export type SignUpMode = 'open' | 'invite' | 'closed';

/** The values of the settings in this file. */
export interface MailSettingValues {
  readonly signUp: SignUpMode | undefined;
  readonly smtp: SmtpServer | undefined;
  readonly smtpCertificate: 'verify' | 'any';
  readonly mailFrom: MailSender | undefined;
}

const defaultPorts: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };
const defaultSenderName = 'Keywright';

function parseSmtpUrl(text: string): SmtpServer | undefined {
  const url = URL.parse(text);
  const defaultPort = defaultPorts[url?.protocol ?? ''];
  if (url === null || defaultPort === undefined || url.hostname === '') return undefined;
  const hasMore = (url.pathname !== '' && url.pathname !== '/') || /[?#\s]/.test(text);
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (hasMore || user === undefined || password === undefined || (user === '' && password !== '')) return undefined;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    secure: url.protocol === 'smtps:',
    ...(user === '' ? {} : { user, password }),
  };
}

/** Undefined where the text is badly encoded, or would end a line of the protocol. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text);
    return /[\r\n\0]/.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}

const smtpUrl: Parser<SmtpServer> = {
  expected:
    'an SMTP URL, such as smtp://user:password@mail.example.com:587 or smtps://mail.example.com, with % and two digits for what is special in URLs',
  parse: parseSmtpUrl,
};

/** An SMTP URL without its password. */
export function maskSmtpUrl(text: string): string {
  if (parseSmtpUrl(text) === undefined) return '********';
  return text.replace(/^(\w+:\/\/[^/?#:@]*):[^/?#]*@/, '$1:********@');
}

const senderForm = /^(?:"?(?<name>[^"<>\p{Cc}]*?)"?\s*<(?<bracketed>[^<>]+)>|(?<bare>[^<>]+))$/u;
// The local part in ASCII (RFC 5321 §4.1.2, dot-string), since not every server takes others.
const addressForm = /^[\w.!#$%&'*+/=?^`{|}~-]+@[^\s\p{C}@()<>[\]:;,\\"]+$/u;

const mailSender: Parser<MailSender> = {
  expected: 'an e-mail address, also with a name before it, such as Keywright <no-reply@example.com>',
  parse: (text) => {
    const { name = '', bracketed, bare } = senderForm.exec(text)?.groups ?? {};
    const address = (bracketed ?? bare ?? '').trim();
    if (!addressForm.test(address)) return undefined;
    return { name: name.trim() || defaultSenderName, address };
  },
};

/** Whom mails come from where nothing is said: an address of the service's own host. */
export function defaultSender(publicUrl: string): MailSender {
  const host = new URL(publicUrl).hostname;
  const isName = /[a-z]/i.test(host) && !host.startsWith('[');
  return { name: defaultSenderName, address: `keywright@${isName ? host : 'localhost'}` };
}

/** Where mails go without a mail server. */
export function outboxFolder(dataDir: string): string {
  return path.join(dataDir, 'outbox');
}

/** The settings of mail, and of who gets an account by it. */
export const mailSettings: {
  readonly [Key in keyof MailSettingValues]: Setting<NonNullable<MailSettingValues[Key]>>;
} = {
  signUp: {
    name: 'KEYWRIGHT_SIGNUP',
    meaning:
      'Who gets an account: open, whoever confirms an e-mail address; invite, whom an administrator makes or invites; closed, whom an administrator makes. Where it is not set, open while the service listens on loopback only, else invite.',
    parser: oneOf('open', 'invite', 'closed'),
  },
  smtp: {
    name: 'KEYWRIGHT_SMTP_URL',
    meaning:
      'The mail server that takes mails: smtp with STARTTLS (port 587), smtps with TLS at once (port 465). Where it is not set, mails are written to the folder outbox in the data folder.',
    parser: smtpUrl,
    shown: maskSmtpUrl,
  },
  smtpCertificate: {
    name: 'KEYWRIGHT_SMTP_CERTIFICATE',
    meaning:
      'What certificate the mail server must have: verify, one for its name that a known authority vouches for; any, whichever, so that somebody in between could read the mails.',
    parser: oneOf('verify', 'any'),
    default: 'verify',
  },
  mailFrom: {
    name: 'KEYWRIGHT_MAIL_FROM',
    meaning:
      "Whom mails come from, such as Keywright <no-reply@example.com>; where it is not set, keywright@ and the public URL's host.",
    parser: mailSender,
  },
};
