import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { DeliveryError, type Mailer } from '../domain/mail-port.ts';
import { type ComposedMail, composeMail, type MailOrigin } from './compose-mail.ts';

/** The mail server that takes our mails. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on. */
  readonly secure: boolean;
  /** Where not from the first byte on: `required`, `offered` where the server can, `none` on this machine. */
  readonly startTls: 'required' | 'offered' | 'none';
  /** Whether the server's certificate must be a good one for its name, wherever TLS is spoken. */
  readonly verifiesCertificate: boolean;
  readonly user?: string;
  readonly password?: string;
}

/** How long each step may take, in milliseconds. */
const stepMs = 15_000;
/** How long one delivery may take, whatever the server does: less than a deliverer's lease. */
const deliveryMs = 60_000;

/** Hands mails to a mail server, over a connection for each. */
export function createSmtpMailer(options: { readonly server: SmtpServer; readonly origin: () => MailOrigin }): Mailer {
  const open = new Set<SMTPConnection>();
  let isClosed = false;
  return {
    async deliver(mail) {
      const composed = await composeMail(mail, options.origin(), { for: 'server' });
      if (isClosed) throw new DeliveryError('the service is stopping', { isPermanent: false });
      const connection = connect(options.server);
      open.add(connection);
      connection.once('end', () => open.delete(connection));
      try {
        await handOver(connection, options.server, composed);
      } catch (cause) {
        connection.close();
        throw deliveryError(cause);
      }
    },
    close() {
      isClosed = true;
      for (const connection of open) connection.close();
    },
  };
}

function connect({ host, port, secure, startTls, verifiesCertificate }: SmtpServer): SMTPConnection {
  return new SMTPConnection({
    host,
    port,
    secure,
    requireTLS: !secure && startTls === 'required',
    ignoreTLS: startTls === 'none',
    tls: { rejectUnauthorized: verifiesCertificate },
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    dnsTimeout: stepMs,
    socketCloseTimeout: 1000,
  });
}

/** Resolves once the server has taken the message on itself. */
async function handOver(connection: SMTPConnection, server: SmtpServer, mail: ComposedMail): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const broken = new Promise<never>((_resolve, reject) => {
    // Not once: an error without a listener would end the process, and after the last answer one may still come.
    connection.on('error', reject);
    connection.on('end', () => reject(new Error('the connection was closed')));
    timer = setTimeout(() => reject(new Error('the mail server took too long')), deliveryMs);
  });
  const done = talk(connection, server, mail);
  // Whichever comes second has nobody to tell.
  broken.catch(() => undefined);
  done.catch(() => undefined);
  try {
    await Promise.race([done, broken]);
  } finally {
    clearTimeout(timer);
  }
  connection.quit();
}

async function talk(connection: SMTPConnection, server: SmtpServer, mail: ComposedMail): Promise<void> {
  const { user, password = '' } = server;
  await step((callback) => connection.connect((error) => callback(error ?? null)));
  if (user !== undefined) {
    await step((callback) =>
      connection.login({ user, pass: password, credentials: { user, pass: password } }, callback),
    );
  }
  const envelope = { from: mail.from, to: [mail.to], size: mail.message.length };
  await step((callback) => connection.send(envelope, mail.message, callback));
}

function step(begin: (callback: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });
}

/** What went wrong, in one line. Of what the server says, nothing long is kept: it may quote the message, and so a link. */
function deliveryError(cause: unknown): DeliveryError {
  if (cause instanceof DeliveryError) return cause;
  const { code, responseCode, command, message } = cause as Error & Record<string, unknown>;
  const said = String(message ?? 'unknown')
    .replace(/\S{40,}/g, '…')
    .replace(/\s+/g, ' ')
    .slice(0, 200);
  const details = [code, command, responseCode].filter(
    (detail) => typeof detail === 'string' || typeof detail === 'number',
  );
  const isRefusal = command !== 'CONN' && (code === 'EENVELOPE' || code === 'EMESSAGE');
  const isPermanent = isRefusal && typeof responseCode === 'number' && responseCode >= 500;
  return new DeliveryError(`${said} (${details.join(' ')})`, { isPermanent, cause });
}
