import type { ChildProcess } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWatchingShell } from './watching-shell.ts';

/**
 * Waits for the end of its standard input, which is the end of the process that holds the other end, be it by SIGKILL;
 * then kills the processes that were started on the folder, and removes the folder.
 */
const watchScript = `
cat >/dev/null
is_ours() {
  case "$(tr '\\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || ps -p "$1" -o args= 2>/dev/null)" in
    *"$2"*) return 0 ;;
    *) return 1 ;;
  esac
}
while read -r pid; do
  tries=0
  while is_ours "$pid" "$1" && [ "$tries" -lt 200 ]; do
    kill -KILL "$pid"
    sleep 0.01
    tries=$((tries + 1))
  done
done <"$1/pids"
rm -rf "$1"
`;

/** A folder of a test's own, and the processes that work in it; all of it goes when this process goes. */
export interface ProcessFolder {
  readonly path: string;
  /** Notes a process whose command line names the folder. */
  watch(child: ChildProcess): void;
  /** Kills what still runs, and removes the folder. */
  remove(): Promise<void>;
}

export async function createProcessFolder(): Promise<ProcessFolder> {
  const path = await mkdtemp(join(tmpdir(), 'keywright-process-'));
  const list = join(path, 'pids');
  writeFileSync(list, '');
  const endWatch = startWatchingShell(watchScript, path);
  return {
    path,
    watch: ({ pid }) => appendFileSync(list, `${pid}\n`),
    remove: endWatch,
  };
}
