import type { Language, MailContent, MailData, MailTemplate } from '../domain/mail-port.ts';
import { englishMail } from './english-mail.ts';
import { germanMail } from './german-mail.ts';
import { renderHtml } from './mail-html.ts';
import type { MailBlock, MailLanguage, MailText } from './mail-text.ts';

const languages: Readonly<Record<Language, MailLanguage>> = { en: englishMail, de: germanMail };

/** A mail as it is read: as text, and as HTML that says the same. */
export interface RenderedMail {
  readonly subject: string;
  /** Lines of text; a link stands on a line of its own, whole. */
  readonly text: readonly string[];
  readonly html: string;
}

/** What in a mail's data is neither written by people nor an address to be clicked. */
const plainKeys: ReadonlySet<string> = new Set([
  'link',
  'code',
  'minutes',
  'days',
  'factor',
  'change',
  'username',
  'address',
  'by',
]);
const timeKeys: ReadonlySet<string> = new Set(['time', 'expires']);

/**
 * Puts a mail into words.
 *
 * @param serviceUrl the service's public URL, by which the recipient recognises who writes
 */
export function renderMail(mail: MailContent & { readonly language: Language }, serviceUrl: string): RenderedMail {
  const language = languages[mail.language];
  const data = presentData(mail.data, language.tag);
  // The template's own data come out of presentData under the same names.
  const write = language.texts[mail.template] as (data: MailData[MailTemplate]) => MailText;
  const { subject, blocks, unasked } = write(data as unknown as MailData[MailTemplate]);
  const greeting = language.frame.greeting(data['name'] ?? '');
  const footer = language.frame.footer(serviceUrl);
  const text = [
    greeting,
    '',
    ...blocks.flatMap((block) => [...renderLines(block), '']),
    ...wrapLine(unasked),
    '',
    '-- ',
    ...wrapLine(footer),
  ];
  const html = renderHtml({
    language: mail.language,
    subject,
    greeting,
    blocks,
    unasked,
    orOpen: language.frame.orOpen,
    footer,
  });
  return { subject, text, html };
}

function presentData(data: MailContent['data'], tag: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]: [string, string]) => {
      if (timeKeys.has(key)) return [key, formatTime(value, tag)];
      return [key, plainKeys.has(key) ? value : withoutLinks(value)];
    }),
  );
}

function formatTime(text: string, tag: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  const format = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(time)} UTC`;
}

const maxLength = 200;
/**
 * Where an address would come apart: after its colon, at sign and slashes, and after each dot before a letter, whatever stands
 * before the dot. Browsers take the dots of other scripts for one too (UTS #46 §4).
 */
const breaks = /(?<=\S[.\u3002\uff0e\uff61])(?=\p{L})|(?<=\p{L}[.]|[:@/])(?=[\p{L}\d/])/gu;

/**
 * Keeps programs that read mail from making a link of what strangers may have written, such as a name that is an address:
 * mails of ours would otherwise carry their advertisements. An invisible character breaks up what looks like one.
 */
function withoutLinks(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const short = line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line;
  return short.replace(breaks, '\u2060');
}

function renderLines(block: MailBlock): string[] {
  switch (block.kind) {
    case 'text':
      return wrapLine(block.text);
    case 'code':
      return [`    ${block.code}`];
    case 'link':
      return [`${block.label}:`, block.url];
    case 'facts':
      return block.facts.map(([label, value]) => `${label}: ${value}`);
  }
}

const lineWidth = 76;

function wrapLine(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
