import { askHidden } from './commands/ask-hidden.ts';
import { CommandError, type Terminal } from './commands/command.ts';
import { commands } from './commands/command-table.ts';
import { runCommand } from './commands/run-command.ts';
import { processEnvironment } from './config.ts';
import { isErrorCode } from './error-code.ts';

/** More than any secret is long. */
const maxInputBytes = 65_536;

const terminal: Terminal = {
  env: processEnvironment,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  async readInput() {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of process.stdin) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxInputBytes)
        throw new CommandError('standard input holds more than 64 KiB, which is no secret of ours');
    }
    return Buffer.concat(chunks);
  },
  ...(process.stdin.isTTY ? { askHidden: (prompts) => askHidden(process.stdin, process.stderr, prompts) } : {}),
};

// `keywright user list | head` closes the pipe while there is more to say.
process.stdout.on('error', (error) => {
  if (!isErrorCode(error, 'EPIPE')) throw error;
});

process.exitCode = await runCommand(commands, process.argv.slice(2), terminal);
