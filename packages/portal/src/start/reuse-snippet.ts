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
