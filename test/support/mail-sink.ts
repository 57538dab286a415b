import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { parseMail, type ReceivedMail } from './received-mail.ts';

/** What a mail server answers to a message: nothing where it takes it, else a reply code and a text. */
export type Verdict = { readonly code: number; readonly text: string } | undefined;

/** A mail server of a test's own, which keeps what it is given. */
export interface MailSink {
  /** For KEYWRIGHT_SMTP_URL. */
  readonly url: string;
  /** Whatever came in, in that order. */
  readonly mails: readonly ReceivedMail[];
  /** The recipients of the envelopes, one line for each message. */
  readonly envelopes: readonly string[];
  /** How many messages came over TLS. */
  readonly encrypted: number;
  /** Decides what becomes of each message from now on; it may take its time. */
  judge(verdict: (recipient: string) => Verdict | Promise<Verdict>): void;
  /** Stops listening, as a server that is down. */
  stop(): Promise<void>;
  /** Listens again, at the same port. */
  start(): Promise<void>;
}

/** What the sink asks its clients for, where it asks for anything. */
export interface SinkLogin {
  readonly user: string;
  readonly password: string;
}

export interface SinkOptions {
  /** Whether STARTTLS is offered, with a certificate that nobody vouches for; false where absent. */
  readonly offersTls?: boolean;
}

/** Starts a mail server on loopback. */
export async function startMailSink(login?: SinkLogin, { offersTls = false }: SinkOptions = {}): Promise<MailSink> {
  const mails: ReceivedMail[] = [];
  const envelopes: string[] = [];
  let judge: (recipient: string) => Verdict | Promise<Verdict> = () => undefined;
  let encrypted = 0;
  let port = 0;
  let server: SMTPServer | undefined;

  function createServer(): SMTPServer {
    return new SMTPServer({
      disabledCommands: [...(offersTls ? [] : ['STARTTLS']), ...(login === undefined ? ['AUTH'] : [])],
      authOptional: login === undefined,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, callback) {
        if (username === login?.user && password === login?.password) callback(null, { user: username });
        else callback(new Error('no'));
      },
      onData(stream, session, callback) {
        const recipients = session.envelope.rcptTo.map(({ address }) => address).join(', ');
        void (async () => {
          const raw = (await buffer(stream)).toString('utf8');
          const verdict = await judge(recipients);
          if (verdict !== undefined) {
            callback(Object.assign(new Error(verdict.text), { responseCode: verdict.code }));
            return;
          }
          mails.push(await parseMail(raw));
          envelopes.push(recipients);
          if (session.secure) encrypted += 1;
          callback();
        })();
      },
    });
  }

  const sink: MailSink = {
    get url() {
      const credentials =
        login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
      return `smtp://${credentials}127.0.0.1:${port}`;
    },
    mails,
    envelopes,
    get encrypted() {
      return encrypted;
    },
    judge(verdict) {
      judge = verdict;
    },
    async stop() {
      const closing = server;
      server = undefined;
      if (closing !== undefined) await new Promise<void>((resolve) => closing.close(resolve));
    },
    async start() {
      const starting = createServer();
      server = starting;
      await new Promise<void>((resolve, reject) => {
        starting.once('error', reject);
        starting.listen(port, '127.0.0.1', resolve);
      });
      port = (starting.server.address() as AddressInfo).port;
    },
  };
  await sink.start();
  return sink;
}
