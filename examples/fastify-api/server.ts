/**
 * An API on Fastify that refuses tokens within a second of their end: it follows the revocations, for which it has an
 * application token of its own.
 *
 *     npm install fastify @keywright/client @keywright/verifier
 *     KEYWRIGHT_URL=https://auth.example.com KEYWRIGHT_APPLICATION_TOKEN=kwt_… node server.ts
 */
import { createClient } from '@keywright/client';
import { claimsOf, createFastifyHook, createVerifier, followRevocations, type VerifyError } from '@keywright/verifier';
import { fastify } from 'fastify';

const {
  KEYWRIGHT_URL: issuer = 'http://127.0.0.1:8080',
  KEYWRIGHT_AUDIENCE: audience = issuer,
  KEYWRIGHT_APPLICATION_TOKEN: applicationToken,
} = process.env;

const client = createClient({ baseUrl: issuer, applicationToken });
const revocations = followRevocations({
  url: `${issuer}/api/v1/revocation`,
  authToken: (refused) => client.authToken({ refused }),
  maxStalenessSeconds: 30,
  // Rather let nobody in than somebody whose token has ended.
  whenStale: 'refuse',
  onProblem: (problem) => console.error(problem.message),
});
const verifier = createVerifier({ issuer, audience, keys: `${issuer}/.well-known/jwks.json`, revocations });

// The caller is not told why a token is refused; the log is.
const onRefusal = (error: VerifyError): void => console.error(`${error.code}: ${error.message}`);

const app = fastify();

app.get('/health', async () => ({ status: 'ok', staleness_seconds: revocations.stalenessSeconds() }));

app.register(async (api) => {
  api.addHook('onRequest', createFastifyHook(verifier, { onRefusal }));

  api.get('/measurements', async (request) => {
    const { org, sub } = claimsOf(request);
    return { organisation: org.name, asked_by: sub, measurements: [] };
  });

  const onRequest = createFastifyHook(verifier, { roles: ['Administrator'], onRefusal });
  api.delete('/measurements', { onRequest }, async (_request, reply) => reply.code(204).send());
});

app.addHook('onClose', async () => {
  revocations.close();
  client.close();
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close());

await revocations.whenCurrent();
console.log(`listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' })}`);
