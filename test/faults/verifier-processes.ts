import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Jwk } from '@keywright/verifier';

/** What a verifier process is told first. */
export interface VerifierSetup {
  /** The issuer, which is the audience too. */
  readonly issuer: string;
  readonly keys: readonly (Jwk | string)[];
  readonly allowSharedSecret: boolean;
  /** How long to wait between verifications of earlier tokens, in milliseconds. */
  readonly intervalMs: number;
  /** How many times faster than the world's the clock runs by which keys grow old. */
  readonly speed: number;
  /** The revocation feed to follow; none where absent. */
  readonly feed?: { readonly url: string; readonly bearer: string };
}

/** What is sent to a verifier process. */
export type VerifierMessage =
  | { readonly kind: 'set up'; readonly setup: VerifierSetup }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'report' | 'tell when refused' };

/** What a verifier process has done so far. */
export interface VerifierReport {
  readonly verified: number;
  /** How many of these were of which key; `none` where a token names none. */
  readonly kids: Readonly<Record<string, number>>;
  /** How many were refused, by code. */
  readonly failures: Readonly<Record<string, number>>;
}

interface Refused {
  /** When nothing of what is held was accepted any more, in milliseconds since the epoch. */
  readonly at: number;
  readonly codes: readonly string[];
}

type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'report'; readonly report: VerifierReport }
  | ({ readonly kind: 'refused' } & Refused);

/** Resource servers in processes of their own, each with `@keywright/verifier`. */
export interface VerifierProcesses {
  /** Hands a token to all of them. */
  give(token: string): void;
  /** What each has done so far, once nothing is under way. */
  reports(): Promise<VerifierReport[]>;
  /** Resolves, for each, when it refuses all that it holds. Nothing is counted from here on. */
  untilRefused(): Promise<Refused[]>;
  stop(): void;
}

const script = join(import.meta.dirname, 'key-rotation-verifier.ts');

/** Starts so many verifiers, and returns once each can verify. */
export async function startVerifiers(number: number, setup: VerifierSetup): Promise<VerifierProcesses> {
  const children = Array.from({ length: number }, () => fork(script));
  const ask = <Kind extends Answer['kind']>(message: VerifierMessage, kind: Kind) =>
    Promise.all(children.map((child) => askOne(child, message, kind)));
  const stop = (): void => {
    for (const child of children) child.kill();
  };
  try {
    await ask({ kind: 'set up', setup }, 'ready');
  } catch (error) {
    stop();
    throw error;
  }
  return {
    give(token) {
      for (const child of children) child.send({ kind: 'token', token });
    },
    reports: async () => (await ask({ kind: 'report' }, 'report')).map(({ report }) => report),
    untilRefused: () => ask({ kind: 'tell when refused' }, 'refused'),
    stop,
  };
}

async function askOne<Kind extends Answer['kind']>(
  child: ChildProcess,
  message: VerifierMessage,
  kind: Kind,
): Promise<Extract<Answer, { kind: Kind }>> {
  const gone = new AbortController();
  const exited = once(child, 'exit', { signal: gone.signal }).then(([code, signal]) => {
    throw new Error(`a verifier process ended with ${code ?? signal}`);
  });
  const answered = awaitAnswer(child, kind);
  child.send(message);
  try {
    return await Promise.race([answered, exited]);
  } finally {
    exited.catch(() => undefined);
    gone.abort();
  }
}

function awaitAnswer<Kind extends Answer['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Answer, { kind: Kind }>> {
  return new Promise((resolve) => {
    const listen = (answer: Answer): void => {
      if (answer.kind !== kind) return;
      child.off('message', listen);
      resolve(answer as Extract<Answer, { kind: Kind }>);
    };
    child.on('message', listen);
  });
}
