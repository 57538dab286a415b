import { eventTypes } from '@keywright/contract';
import { chainStart, hashEvent } from '../../packages/server/src/domain/event-chain.ts';
import type { NewEvent } from '../../packages/server/src/domain/records.ts';
import type { Row, StoreReader } from './store-reader.ts';

/** What the tables say of themselves. */
export interface StoreVerdict {
  readonly events: number;
  readonly applicationTokens: number;
  /** Changes of which a part is there and a part is not, and breaks in the chains of events. */
  readonly faults: readonly string[];
}

/** Checks that every change in the tables is whole: row, secret and event, and that the chains of events have no gap. */
export async function verifyStore(reader: StoreReader): Promise<StoreVerdict> {
  const events = await reader.all('SELECT * FROM event ORDER BY chain_id, sequence');
  const heads = await reader.all('SELECT * FROM event_chain');
  const tokens = await reader.all('SELECT id, prefix, revoked_at FROM application_token');
  const secrets = await reader.all('SELECT application_token_id, valid_until FROM application_token_secret');
  const sessions = await reader.all('SELECT id FROM session');
  const users = await reader.all('SELECT id, username, version FROM user_account');
  const histories = Map.groupBy(events, subjectOf);
  return {
    events: events.length,
    applicationTokens: tokens.length,
    faults: [
      ...findBreaks(events, heads),
      ...findTornTokens(tokens, secrets, histories),
      ...findTornSessions(sessions, histories),
      ...findTornUsers(users, events),
    ],
  };
}

/** What an event is about, where that is a row with a history: `application_token 7`, `session 3`. */
function subjectOf({ detail }: Row): string {
  const { application_token_id, session_id } = detailOf(detail);
  if (application_token_id !== undefined) return `application_token ${application_token_id}`;
  return session_id === undefined ? 'other' : `session ${session_id}`;
}

function detailOf(detail: unknown): Readonly<Record<string, unknown>> {
  return typeof detail === 'string' ? (JSON.parse(detail) as Record<string, unknown>) : {};
}

function findBreaks(events: readonly Row[], heads: readonly Row[]): string[] {
  const faults: string[] = [];
  const chains = Map.groupBy(events, (event) => event['chain_id']);
  for (const { chain_id, sequence, hash } of heads) {
    const chain = chains.get(chain_id) ?? [];
    chains.delete(chain_id);
    let previousHash = chainStart;
    for (const [index, event] of chain.entries()) {
      const name = `event ${event['sequence']} of chain ${chain_id}`;
      if (event['sequence'] !== index + 1) faults.push(`${name} stands at ${index + 1}`);
      if (event['previous_hash'] !== previousHash) faults.push(`${name} has another predecessor`);
      if (event['hash'] !== hashEvent(previousHash, index + 1, toEvent(event))) faults.push(`${name} has another hash`);
      previousHash = String(event['hash']);
    }
    if (sequence !== chain.length || hash !== previousHash) faults.push(`the head of chain ${chain_id} is another`);
  }
  return [...faults, ...[...chains.keys()].map((chainId) => `chain ${chainId} has no head`)];
}

function toEvent(row: Row): NewEvent {
  return {
    occurredAt: row['occurred_at'] as number,
    organisationId: row['organisation_id'] as number | null,
    userId: row['user_id'] as number | null,
    type: row['type'] as number,
    source: row['source'] as number,
    severity: row['severity'] as number,
    alert: row['alert'] === 1,
    description: row['description'] as string,
    requestId: row['request_id'] as string | null,
    detail: row['detail'] === null ? null : detailOf(row['detail']),
  };
}

function findTornTokens(
  tokens: readonly Row[],
  secrets: readonly Row[],
  histories: ReadonlyMap<string, readonly Row[]>,
): string[] {
  const faults: string[] = [];
  const present = Map.groupBy(
    secrets.filter((secret) => secret['valid_until'] === null),
    (secret) => secret['application_token_id'],
  );
  for (const { id, prefix, revoked_at } of tokens) {
    const name = `application token ${id}`;
    const history = histories.get(`application_token ${id}`) ?? [];
    const count = (type: number): number => history.filter((event) => event['type'] === type).length;
    if (present.get(id)?.length !== 1) faults.push(`${name} has ${present.get(id)?.length ?? 0} present secrets`);
    if (count(eventTypes.ApplicationTokenCreated.id) !== 1) faults.push(`${name} has no event of its making`);
    if (count(eventTypes.ApplicationTokenRevoked.id) !== (revoked_at === null ? 0 : 1)) {
      faults.push(`${name} has another status than its events say`);
    }
    const prefixes = history.map((event) => detailOf(event['detail'])['prefix']).filter((value) => value !== undefined);
    if (prefixes.at(-1) !== prefix) faults.push(`${name} has another secret than its events say`);
  }
  const ids = new Set(tokens.map(({ id }) => `application_token ${id}`));
  const strays = [...histories.keys()].filter((name) => name.startsWith('application_token ') && !ids.has(name));
  return [...faults, ...strays.map((name) => `there are events of ${name}, which is not there`)];
}

function findTornSessions(sessions: readonly Row[], histories: ReadonlyMap<string, readonly Row[]>): string[] {
  return sessions
    .filter(({ id }) => histories.get(`session ${id}`)?.length !== 1)
    .map(({ id }) => `session ${id} has no event of its beginning, or more than one`);
}

/** What ends a user's tokens raises the user's version, and has an event. */
function findTornUsers(users: readonly Row[], events: readonly Row[]): string[] {
  const ending: readonly number[] = [eventTypes.PasswordChanged.id, eventTypes.UserSuspended.id];
  return users
    .filter(({ id, version }) => {
      const changes = events.filter((event) => event['user_id'] === id && ending.includes(Number(event['type'])));
      return version !== changes.length + 1;
    })
    .map(({ username }) => `${username} has another version than its events say`);
}
