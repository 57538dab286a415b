import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { call, type HttpRequest, NoAnswer } from '../support/http-call.ts';
import { totpCode } from '../support/totp.ts';
import { type Authenticator, nextStep } from './authenticator.ts';
import { type Action, isAcknowledged, type Outcome } from './outcomes.ts';
import type { Chance } from './seeded-chance.ts';
import type { Acknowledgement, WriteJournal } from './write-journal.ts';

/** A user whose password the test knows. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

export interface TrafficOptions {
  /** Where to send to, asked for before each request. */
  readonly url: () => string;
  /** An auth token of a user who may make application tokens. */
  readonly bearer: string;
  /** Who signs in. */
  readonly account: Account;
  /** Who sign in with the code of an app; nobody does where absent. */
  readonly authenticators?: readonly Authenticator[];
  readonly journal: WriteJournal;
  readonly chance: Chance;
  readonly writers: number;
  /** How many of the writers make a new connection for each request; none where absent. */
  readonly reconnecting?: number;
  /** How often each action comes, in any unit. */
  readonly weights?: Readonly<Partial<Record<Action, number>>>;
}

/** Writers at work, each on one connection at a time, with application tokens of its own. */
export interface Traffic {
  readonly outcomes: readonly Outcome[];
  /** Resolves when every writer has its last answer. */
  stop(): Promise<void>;
  /** Resolves when every writer has ended by itself, since nobody takes connections any more. */
  readonly ended: Promise<void>;
}

const defaultWeights: Readonly<Record<Action, number>> = {
  create: 40,
  revoke: 15,
  rotate: 15,
  'sign in': 4,
  'second factor': 12,
  refresh: 6,
  exchange: 10,
  read: 10,
};

/** After a failure: a client that tried again at once would only heat the processor. */
const pauseAfterFailureMs = 20;

interface OwnToken {
  readonly id: number;
  readonly secret: string;
}

interface OwnSession {
  readonly name: string;
  readonly refreshToken: string;
}

/** Lets the writers begin: each makes, revokes and rotates application tokens, signs in, refreshes and reads, without a pause. */
export function startTraffic(options: TrafficOptions): Traffic {
  const outcomes: Outcome[] = [];
  let isStopped = false;
  const run = async (writer: Writer): Promise<void> => {
    while (!isStopped && (await writer.step())) {
      // Each step is one request.
    }
  };
  const writers = Array.from({ length: options.writers }, (_, number) => new Writer(options, number, outcomes));
  const ended = Promise.all(writers.map(run)).then(() => {
    for (const writer of writers) writer.close();
  });
  return {
    outcomes,
    ended,
    stop() {
      isStopped = true;
      return ended;
    },
  };
}

class Writer {
  readonly #options: TrafficOptions;
  readonly #number: number;
  readonly #outcomes: Outcome[];
  readonly #agent: Agent;
  /** Those whose state is known for sure. */
  readonly #tokens: OwnToken[] = [];
  readonly #sessions: OwnSession[] = [];
  #asked = 0;

  constructor(options: TrafficOptions, number: number, outcomes: Outcome[]) {
    this.#options = options;
    this.#number = number;
    this.#outcomes = outcomes;
    this.#agent = new Agent({ keepAlive: number >= (options.reconnecting ?? 0), maxSockets: 1 });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Sends one request; false once nobody takes connections. */
  async step(): Promise<boolean> {
    const outcome = await this.#act(this.#choose());
    this.#outcomes.push(outcome);
    if (outcome.noAnswer?.code === 'ECONNREFUSED') return false;
    if (!isAcknowledged(outcome)) await delay(pauseAfterFailureMs);
    return true;
  }

  #choose(): Action {
    const weights = Object.entries(this.#options.weights ?? defaultWeights) as [Action, number][];
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.#options.chance.fraction() * total;
    const action = weights.find(([, weight]) => {
      left -= weight;
      return left < 0;
    })?.[0];
    if (action === 'sign in' || (action === 'refresh' && this.#sessions.length > 0)) return action;
    if (action === 'second factor') return this.#findFree() === undefined ? 'create' : action;
    return action === undefined || action === 'refresh' || this.#tokens.length === 0 ? 'create' : action;
  }

  async #act(action: Action): Promise<Outcome> {
    switch (action) {
      case 'create':
        return this.#create();
      case 'revoke':
        return this.#revoke(this.#take(this.#tokens));
      case 'rotate':
        return this.#rotate(this.#take(this.#tokens));
      case 'sign in':
        return this.#signIn();
      case 'second factor':
        return this.#passSecondFactor(this.#findFree());
      case 'refresh':
        return this.#refresh(this.#take(this.#sessions));
      case 'exchange': {
        const body = { application_token: this.#options.chance.pick(this.#tokens).secret };
        return this.#send(action, { method: 'POST', path: '/api/v1/authenticate', body });
      }
      case 'read':
        return this.#send(
          action,
          this.#authorised('GET', `/api/v1/application_token/${this.#options.chance.pick(this.#tokens).id}`),
        );
    }
  }

  async #create(): Promise<Outcome> {
    this.#asked += 1;
    const description = `writer ${this.#number}, token ${this.#asked}, ${this.#options.chance.fraction()}`;
    const acknowledge = this.#options.journal.ask({ op: 'create', description });
    const outcome = await this.#send('create', this.#authorised('POST', '/api/v1/application_token', { description }));
    if (isAcknowledged(outcome)) {
      const { id, application_token: secret } = parse(outcome) as { id: number; application_token: string };
      acknowledge({ id, secret });
      this.#tokens.push({ id, secret });
    }
    return outcome;
  }

  async #revoke({ id }: OwnToken): Promise<Outcome> {
    const acknowledge = this.#options.journal.ask({ op: 'revoke', id });
    const body = { status: { id: 1 } };
    const outcome = await this.#send('revoke', this.#authorised('PATCH', `/api/v1/application_token/${id}`, body));
    if (isAcknowledged(outcome)) acknowledge({});
    return outcome;
  }

  async #rotate({ id }: OwnToken): Promise<Outcome> {
    const acknowledge = this.#options.journal.ask({ op: 'rotate', id });
    const outcome = await this.#send('rotate', this.#authorised('POST', `/api/v1/application_token/${id}/rotate`, {}));
    if (isAcknowledged(outcome)) {
      const { application_token: secret } = parse(outcome) as { application_token: string };
      acknowledge({ secret });
      this.#tokens.push({ id, secret });
    }
    return outcome;
  }

  async #signIn(): Promise<Outcome> {
    const { username, password } = this.#options.account;
    const session = this.#nameSession();
    const acknowledge = this.#options.journal.ask({ op: 'sign in', username, session });
    const body = { username, password };
    const outcome = await this.#send('sign in', { method: 'POST', path: '/api/v1/authenticate', body });
    if (isAcknowledged(outcome)) this.#keepSession(session, outcome, acknowledge);
    return outcome;
  }

  /** Somebody whose app shows a code that is not used yet. */
  #findFree(): Authenticator | undefined {
    return this.#options.authenticators?.find((each) => !each.isBusy && nextStep(each) !== undefined);
  }

  /** Both steps of a sign-in, which are two requests. */
  async #passSecondFactor(authenticator: Authenticator | undefined): Promise<Outcome> {
    if (authenticator === undefined) throw new Error('nobody has a code');
    authenticator.isBusy = true;
    try {
      const { username, password } = authenticator;
      const path = '/api/v1/authenticate';
      const first = await this.#send('second factor', { method: 'POST', path, body: { username, password } });
      if (!isAcknowledged(first)) return first;
      this.#outcomes.push(first);
      return await this.#sendCode(authenticator, (parse(first) as { mfa_token: string }).mfa_token);
    } finally {
      authenticator.isBusy = false;
    }
  }

  async #sendCode(authenticator: Authenticator, mfa_token: string): Promise<Outcome> {
    // There was one before, and it is a later one at most.
    authenticator.lastStep = nextStep(authenticator) ?? authenticator.lastStep;
    const session = this.#nameSession();
    const acknowledge = this.#options.journal.ask({ op: 'use TOTP step', authenticator, session });
    const code = totpCode(authenticator.secret, authenticator.lastStep);
    const body = { mfa_token, code };
    const outcome = await this.#send('second factor', { method: 'POST', path: '/api/v1/authenticate', body });
    if (isAcknowledged(outcome)) this.#keepSession(session, outcome, acknowledge);
    return outcome;
  }

  async #refresh({ name, refreshToken }: OwnSession): Promise<Outcome> {
    const acknowledge = this.#options.journal.ask({ op: 'refresh', session: name });
    const body = { refresh_token: refreshToken };
    const outcome = await this.#send('refresh', { method: 'POST', path: '/api/v1/authenticate', body });
    if (isAcknowledged(outcome)) this.#keepSession(name, outcome, acknowledge);
    return outcome;
  }

  #nameSession(): string {
    this.#asked += 1;
    return `writer ${this.#number}, session ${this.#asked}, ${this.#options.chance.fraction()}`;
  }

  #keepSession(name: string, outcome: Outcome, acknowledge: (acknowledgement: Acknowledgement) => void): void {
    const { refresh_token: refreshToken } = parse(outcome) as { refresh_token: string };
    acknowledge({ refreshToken });
    this.#sessions.push({ name, refreshToken });
  }

  /** A thing is taken away for a change, and comes back as it is then once that is acknowledged. */
  #take<T>(things: T[]): T {
    const thing = this.#options.chance.pick(things);
    things.splice(things.indexOf(thing), 1);
    return thing;
  }

  #authorised(method: string, path: string, body?: object): HttpRequest {
    return { method, path, bearer: this.#options.bearer, ...(body === undefined ? {} : { body }) };
  }

  async #send(action: Action, request: HttpRequest): Promise<Outcome> {
    const startedAt = performance.now();
    try {
      const answer = await call(this.#agent, this.#options.url(), request);
      return { action, startedAt, endedAt: performance.now(), answer };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { action, startedAt, endedAt: performance.now(), noAnswer: error };
    }
  }
}

function parse({ answer }: Outcome): unknown {
  return JSON.parse(answer?.text ?? '');
}
