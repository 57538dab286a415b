import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/**
 * Starts a shell that waits beside this process and does what its script says once this process is gone, be it by SIGKILL;
 * the function returned has it done now.
 *
 * @param script begins with waiting for the end of its standard input: this process holds the other end
 * @param folder the script's `$1`
 */
export function startWatchingShell(script: string, folder: string): () => Promise<void> {
  // Detached, so that a Ctrl-C at the terminal ends us and not the watch.
  const watch = spawn('/bin/sh', ['-c', script, 'sh', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(watch, 'exit');
  watch.unref();
  (watch.stdin as Socket).unref();
  return async () => {
    watch.ref();
    watch.stdin.end();
    await ended;
  };
}
