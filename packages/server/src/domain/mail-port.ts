import type { languages } from '@keywright/contract';

/** In which language a user is written to. */
export type Language = (typeof languages)[number];

/** Where a change came from: the recipient's own address, as far as anybody knows, or who else made it. */
export type MailOrigin = { readonly address: string } | { readonly by: string };

/** What is said of an application token that has a new secret. */
type ApplicationTokenNews = MailOrigin & {
  readonly name: string;
  readonly token: string;
  readonly organisation: string;
  readonly time: string;
};

/**
 * What each kind of mail is about, and what it says of its occasion. Every value is text; times are ISO 8601 in UTC and
 * come out in the recipient's language.
 */
export interface MailData {
  /** Somebody made the recipient an account, which the link activates. */
  readonly activation: { readonly name: string; readonly organisation: string; readonly link: string };
  /** Somebody, hopefully the recipient, signed up. */
  readonly signup: { readonly name: string; readonly organisation: string; readonly link: string };
  /** Somebody signed up with the recipient's address, who has an account already. */
  readonly signup_existing: { readonly name: string };
  readonly invitation: {
    readonly name: string;
    readonly organisation: string;
    /** The name of who invites. */
    readonly inviter: string;
    readonly link: string;
  };
  readonly password_reset: { readonly name: string; readonly link: string };
  /** To the new address. */
  readonly username_change: { readonly name: string; readonly link: string };
  /** To the address before. */
  readonly username_changed: { readonly name: string; readonly username: string; readonly time: string };
  readonly email_code: { readonly name: string; readonly code: string; readonly minutes: string };
  readonly token_expiry: {
    readonly name: string;
    /** The description, and where there is none the prefix. */
    readonly token: string;
    readonly organisation: string;
    readonly days: '14' | '3' | '1';
    readonly expires: string;
    readonly link: string;
  };
  readonly new_network: {
    readonly name: string;
    readonly address: string;
    /** What the client says it is. */
    readonly device: string;
    readonly time: string;
  };
  readonly account_locked: {
    readonly name: string;
    readonly address: string;
    readonly minutes: string;
    readonly time: string;
  };
  readonly application_token_created: ApplicationTokenNews;
  readonly application_token_rotated: ApplicationTokenNews;
  readonly factor_changed: MailOrigin & {
    readonly name: string;
    readonly factor: 'totp' | 'email' | 'passkey' | 'recovery_codes';
    readonly change: 'added' | 'removed';
    readonly time: string;
  };
  readonly password_changed: MailOrigin & { readonly name: string; readonly time: string };
}

/** What a mail is about; each has its text in every language. */
export type MailTemplate = keyof MailData;

/** What a template says on one occasion. */
export type MailContent = {
  [Template in MailTemplate]: { readonly template: Template; readonly data: MailData[Template] };
}[MailTemplate];

/** A mail as it waits in the store: what it says is encrypted, since it may hold a single-use link or a code. */
export interface StoredMail {
  readonly id: number;
  readonly userId: number | null;
  readonly recipient: string;
  readonly template: MailTemplate;
  readonly language: Language;
  /** The template's values as JSON, sealed for {@link sealedMailPurpose}. */
  readonly sealedData: string;
  /** Random, and the same at each attempt: duplicates are recognised by it. */
  readonly messageKey: string;
  readonly createdAt: number;
  /** How often delivery was begun, the attempt that is going on included. */
  readonly attempts: number;
}

/** A mail that waits, as an operator sees it. */
export interface WaitingMail extends Omit<StoredMail, 'sealedData' | 'messageKey'> {
  readonly nextAttemptAt: number;
  /** What went wrong the last time; never anything of the contents. */
  readonly lastError: string | null;
}

export interface MailStore {
  insertMail(mail: Omit<StoredMail, 'id' | 'attempts'>): Promise<void>;
  /**
   * Takes mails that are due, for one deliverer alone until `leaseUntil`, and counts the attempt; a deliverer that dies
   * leaves them due then.
   */
  claimMails(now: number, leaseUntil: number, limit: number): Promise<StoredMail[]>;
  /** A delivered mail is removed: nothing of what it said stays. */
  deleteMail(id: number): Promise<void>;
  /** Says when the next attempt is due; nothing changes where another deliverer has begun one meanwhile. */
  postponeMail(
    mail: Pick<StoredMail, 'id' | 'attempts'>,
    change: { nextAttemptAt: number; lastError: string },
  ): Promise<void>;
  /** What waits, the first due first, and at most `limit`. */
  listMails(limit: number): Promise<WaitingMail[]>;
  countMails(): Promise<number>;
  /** Makes every mail due now; answers how many. */
  retryMails(now: number): Promise<number>;
}

/** What the sealed text of a mail is bound to. */
export const sealedMailPurpose = 'mail';

/** A mail whose turn it is. */
export type OutgoingMail = MailContent & Pick<StoredMail, 'id' | 'recipient' | 'language' | 'messageKey' | 'createdAt'>;

/** Takes a mail out of the house. */
export interface Mailer {
  /**
   * Hands one mail over; resolves once the next station has taken it on itself.
   *
   * @throws DeliveryError
   */
  deliver(mail: OutgoingMail): Promise<void>;
  /** Breaks off what goes on. */
  close(): void;
}

/** Why a mail could not be handed over. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Whether trying the same again is likely to fail again (RFC 5321 §4.2.1, replies 5yz). */
  readonly isPermanent: boolean;

  constructor(message: string, options: { readonly isPermanent: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.isPermanent = options.isPermanent;
  }
}
