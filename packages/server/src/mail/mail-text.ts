import type { MailData, MailOrigin, MailTemplate } from '../domain/mail-port.ts';

/** A piece of a mail, in the order in which it is read. */
export type MailBlock =
  | { readonly kind: 'text'; readonly text: string }
  /** Something to do, behind a link. */
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  /** Something to type in. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [label: string, value: string])[] };

/** What a mail says, before it takes a form. */
export interface MailText {
  readonly subject: string;
  readonly blocks: readonly MailBlock[];
  /** What to do where one did not ask for it. */
  readonly unasked: string;
}

/** What every mail of a language has in common. */
export interface MailFrame {
  readonly greeting: (name: string) => string;
  /** Before the address under a button. */
  readonly orOpen: string;
  /** Who writes, and that nobody reads answers. */
  readonly footer: (serviceUrl: string) => string;
}

/** One text for each template. */
export type MailTexts = {
  readonly [Template in MailTemplate]: (data: MailData[Template]) => MailText;
};

/** Everything that is said in one language. */
export interface MailLanguage {
  /** A BCP 47 tag, for dates and for programs that read aloud. */
  readonly tag: string;
  readonly frame: MailFrame;
  readonly texts: MailTexts;
}

export const say = (text: string): MailBlock => ({ kind: 'text', text });

export const link = (label: string, url: string): MailBlock => ({ kind: 'link', label, url });

export const code = (text: string): MailBlock => ({ kind: 'code', code: text });

/** Where a change came from, in a language's words for an address and for a person. */
export const originFact = (origin: MailOrigin, from: string, by: string): readonly [label: string, value: string] =>
  'by' in origin ? [by, origin.by] : [from, origin.address];

export const facts = (...rows: readonly (readonly [label: string, value: string])[]): MailBlock => ({
  kind: 'facts',
  facts: rows,
});
