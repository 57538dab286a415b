import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** What a block of a page is known by, and what pasting it must answer. */
export interface Expectation {
  readonly block: RegExp;
  readonly check: (output: string) => void;
}

/** The blocks of a page that are to be pasted into a shell. */
export function findBlocks(page: string): string[] {
  return [...page.matchAll(/```sh\n([^`]+)```/g)].map(([, text = '']) => text);
}

/** Pastes a page's blocks, in order, into one shell beside a server, and checks what each answers. */
export async function pasteAndCheck(
  blocks: readonly string[],
  expectations: readonly Expectation[],
  beside: { readonly serverUrl: string; readonly env?: Readonly<Record<string, string>> },
): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const { port } = new URL(beside.serverUrl);
  const outputs = await paste(
    blocks.map((block) => block.replaceAll('8080', port)),
    { PATH, HOME, ...beside.env },
  );
  for (const [index, block] of blocks.entries()) {
    const matching = expectations.filter((each) => each.block.test(block));
    assert.equal(matching.length, 1, `one expectation for each block, and so for:\n${block}`);
    matching[0]?.check(outputs[index] ?? '');
  }
  assert.equal(blocks.length, expectations.length);
}

/** Pastes blocks into one shell, in order; answers what each printed. Fails where a line of it fails. */
async function paste(texts: readonly string[], env: Record<string, string>): Promise<string[]> {
  const shell = spawn('bash', ['-s'], { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const written = { out: '', err: '' };
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.out += text;
  });
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.err += text;
  });
  const end = '\u0004 end of block \u0004';
  const ended = once(shell, 'close');
  shell.stdin.end(`set -e\n${texts.map((text) => `${text}\nprintf %s '${end}'\n`).join('')}`);
  assert.deepEqual(await ended, [0, null], written.out + written.err);
  return written.out.split(end).slice(0, -1);
}
