/** Why a token needs a look, by the ids of the wire; `GET /api/v1/application_token/attention`. */
export const attentions = { expiring: 1, unused: 2, endless: 3, oneNetwork: 4, tooOften: 5 } as const;

/** Why a token needs a look. */
export type Attention = keyof typeof attentions;

const dayMs = 86_400_000;

/** The days for which a token is extended, or after which one without an end is to end. */
const extensionDays = 90;

/** When a token ends that is to work 90 days longer: than it would, or than now. */
export function extendedEnd(end: string | null, now: number): string {
  const from = end === null ? now : Math.max(Date.parse(end), now);
  return new Date(from + extensionDays * dayMs).toISOString();
}

/** The beginning of the seven days that end with this one, as filters take it. */
export function weekAgo(now: number): string {
  return new Date(now - 7 * dayMs).toISOString().slice(0, 10);
}

/** What a program does that keeps its auth token. */
export function reuseSnippet(publicUrl: string): string {
  return `// npm install @keywright/client
import { createClient } from '@keywright/client';

const client = createClient({
  baseUrl: '${publicUrl}',
  applicationToken: process.env.APPLICATION_TOKEN,
});

// One auth token until shortly before it expires, however often you ask.
const authToken = await client.authToken();`;
}
