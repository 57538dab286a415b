import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import type { TestServer, TestStore } from './test-server.ts';

/** A mail as its recipient has it. */
export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** As it came over the wire, or stands in its file. */
  readonly raw: string;
}

/** Reads a message as a mail program would. */
export async function parseMail(raw: string): Promise<ReceivedMail> {
  const parsed = await simpleParser(raw);
  const to = [parsed.to ?? []].flat();
  return {
    to: to.map((one) => one.text).join(', '),
    from: parsed.from?.text ?? '',
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    messageId: parsed.messageId ?? '',
    raw,
  };
}

/** The key in the one link of a mail; fails the test where there is none. */
export function keyOf(mail: ReceivedMail | undefined): string {
  const link = /^\S+\/activation\?activationKey=(\S+)$/m.exec(mail?.text ?? '');
  assert.ok(link, `no link in: ${mail?.text}`);
  return decodeURIComponent(link[1] ?? '');
}

function outboxOf(store: TestStore): string {
  return path.join(store.env['KEYWRIGHT_DATA_DIR'] ?? '', 'outbox');
}

/** The mails in the outbox of a store, in the order in which they were queued. */
export async function readOutbox(store: TestStore): Promise<ReceivedMail[]> {
  const folder = outboxOf(store);
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml')).sort(byNumber);
  return Promise.all(files.map(async (name) => parseMail(await readFile(path.join(folder, name), 'utf8'))));
}

function byNumber(one: string, other: string): number {
  const number = (name: string): number => Number(name.split('-')[1]);
  return number(one) - number(other);
}

/** Delivers what waits, and takes what is then in the outbox out of it. */
export async function takeMails(server: TestServer): Promise<ReceivedMail[]> {
  await server.deliverMails();
  const mails = await readOutbox(server.store);
  await rm(outboxOf(server.store), { recursive: true, force: true });
  return mails;
}

/** The permission bits of a file or folder. */
export async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777;
}
