import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandOutcome } from '../support/command-line.ts';
import { call, NoAnswer } from '../support/http-call.ts';
import type { KeywrightInstallation } from '../support/keywright-process.ts';
import type { WriteJournal } from './write-journal.ts';

export interface PasswordChangeOptions {
  readonly installation: KeywrightInstallation;
  /** Where the server is, asked for before each sign-in. */
  readonly url: () => string;
  readonly journal: WriteJournal;
  readonly username: string;
}

/** Someone at the command line who changes a password beside the server. */
export interface PasswordChanges {
  /** What the commands came to. */
  readonly results: readonly CommandOutcome[];
  /** Resolves when the last command has ended. */
  stop(): Promise<void>;
}

const pauseMs = 20;
let changes = 0;

/** Changes one user's password by `keywright user set-password`, once. */
export async function changePassword(
  options: Omit<PasswordChangeOptions, 'url'>,
): Promise<CommandOutcome & { readonly password: string }> {
  const { installation, journal, username } = options;
  changes += 1;
  const password = `correct horse battery ${process.pid} ${changes}`;
  const acknowledge = journal.ask({ op: 'set password', username, password });
  const result = await installation.run(['user', 'set-password', username, '--password-stdin'], password);
  if (result.code === 0) acknowledge({});
  return { ...result, password };
}

/** Changes one user's password again and again; between two changes the user signs in with the one just set. */
export function startPasswordChanges(options: PasswordChangeOptions): PasswordChanges {
  const results: CommandOutcome[] = [];
  let isStopped = false;
  const agent = new Agent();
  const work = async (): Promise<void> => {
    while (!isStopped) {
      const result = await changePassword(options);
      results.push(result);
      if (result.code === 0) await signIn(agent, options, result.password);
      else await delay(pauseMs);
    }
  };
  const ended = work();
  return {
    results,
    stop() {
      isStopped = true;
      return ended;
    },
  };
}

async function signIn(
  agent: Agent,
  { url, journal, username }: PasswordChangeOptions,
  password: string,
): Promise<void> {
  const acknowledge = journal.ask({ op: 'sign in', username, session: `after the password ${password}` });
  const body = { username, password };
  try {
    const answer = await call(agent, url(), { method: 'POST', path: '/api/v1/authenticate', body });
    if (answer.status === 200) {
      acknowledge({ refreshToken: (JSON.parse(answer.text) as { refresh_token: string }).refresh_token });
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
}
