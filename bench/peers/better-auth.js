/**
 * Better Auth as a peer: API keys, and JWTs for them (the `apiKey` and `jwt` plugins), on SQLite.
 *
 * Run by the benchmarks: `node better-auth.js PORT FOLDER TOKENS ALGORITHM`. It makes a user with that many keys, prints
 * a line of JSON with them once it listens, and answers `GET /api/auth/token` with `x-api-key`.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';

const [port, folder, tokens, algorithm] = process.argv.slice(2);
const endless = 1_000_000_000;

const database = new DatabaseSync(path.join(folder, 'better-auth.db'));
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');

/** @type {import('better-auth').BetterAuthOptions} */
const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: randomBytes(32).toString('base64'),
  database,
  telemetry: { enabled: false },
  // As in production: on, and counting; raised like everyone's, so that no request is refused.
  rateLimit: { enabled: true, window: 300, max: endless },
  plugins: [
    apiKey({
      enableSessionForAPIKeys: true,
      rateLimit: { enabled: true, timeWindow: 300_000, maxRequests: endless },
    }),
    jwt({ jwks: { keyPairConfig: { alg: algorithm } }, jwt: { expirationTime: '240m' } }),
  ],
};

await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);
const context = await auth.$context;
const user = await context.internalAdapter.createUser({
  email: 'bench@example.com',
  name: 'Bench',
  emailVerified: true,
});

const keys = [];
database.exec('BEGIN');
for (let made = 0; made < Number(tokens); made += 1) {
  const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: `bench ${made}` } });
  keys.push(key);
}
database.exec('COMMIT');

createServer(toNodeHandler(auth)).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ tokens: keys })}\n`);
});
