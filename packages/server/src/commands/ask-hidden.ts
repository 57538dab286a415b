import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError } from './command.ts';

/**
 * Asks a person at a terminal for secrets, one after another, and shows nothing of what is typed.
 *
 * @param input a terminal, whose echo is off meanwhile
 * @param output where the prompts go
 * @returns what was typed for each prompt, without the end of the line
 * @throws CommandError where the person breaks off (Ctrl-C, Ctrl-D)
 */
export async function askHidden(
  input: NodeJS.ReadableStream,
  output: Pick<NodeJS.WritableStream, 'write'>,
  prompts: readonly string[],
): Promise<string[]> {
  // It edits lines, and so writes what is typed: to nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const typing = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  const answers: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  typing.on('line', (line) => {
    if (answers.length === prompts.length) return;
    answers.push(line);
    output.write(`\n${prompts[answers.length] ?? ''}`);
    if (answers.length === prompts.length) resolve(answers);
  });
  typing.on('SIGINT', () => typing.close());
  typing.on('close', () => reject(new CommandError('broken off: nothing was changed')));
  output.write(prompts[0] ?? '');
  try {
    return await promise;
  } finally {
    typing.close();
  }
}
