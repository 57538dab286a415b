import type { Generated } from 'kysely';
import type { ActivationPurpose } from '../domain/activation-key-port.ts';
import type { Language, MailTemplate } from '../domain/mail-port.ts';
import type { NoticeKind } from '../domain/notice-port.ts';

/** The tables of mails and of the keys that their links carry. */
export interface MailSchema {
  mail: MailTable;
  mail_request: MailRequestTable;
  activation_key: ActivationKeyTable;
  signup: SignUpTable;
  user_notice: UserNoticeTable;
}

export interface MailTable {
  id: Generated<number>;
  user_id: number | null;
  recipient: string;
  template: MailTemplate;
  language: Language;
  sealed_data: string;
  message_key: string;
  created_at: number;
  attempts: Generated<number>;
  next_attempt_at: number;
  last_error: string | null;
}

interface MailRequestTable {
  id: Generated<number>;
  sealed_data: string;
  created_at: number;
}

export interface ActivationKeyTable {
  id: string;
  user_id: number;
  purpose: ActivationPurpose;
  organisation_id: number | null;
  /** A bit set. */
  roles: number | null;
  username_key: string;
  password_changed_at: number | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface SignUpTable {
  id: string;
  username_key: string;
  sealed_data: string;
  created_at: number;
  expires_at: number;
}

interface UserNoticeTable {
  user_id: number;
  kind: NoticeKind;
  sent_at: number;
}
