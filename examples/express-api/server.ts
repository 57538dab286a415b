/**
 * An API on Express that lets in whoever has an auth token of Keywright's.
 *
 *     npm install express @keywright/verifier
 *     KEYWRIGHT_URL=https://auth.example.com node server.ts
 */
import type { AddressInfo } from 'node:net';
import { claimsOf, createExpressMiddleware, createVerifier, type VerifyError } from '@keywright/verifier';
import express from 'express';

const { KEYWRIGHT_URL: issuer = 'http://127.0.0.1:8080', KEYWRIGHT_AUDIENCE: audience = issuer } = process.env;
const verifier = createVerifier({ issuer, audience, keys: `${issuer}/.well-known/jwks.json` });
// The caller is not told why a token is refused; the log is.
const onRefusal = (error: VerifyError): void => console.error(`${error.code}: ${error.message}`);
const forAdministrators = createExpressMiddleware(verifier, { roles: ['Administrator'], onRefusal });

const app = express();
app.disable('x-powered-by');

// Before the middleware: open to everybody.
app.get('/health', (_request, response) => {
  response.json({ status: 'ok' });
});

app.use(createExpressMiddleware(verifier, { onRefusal }));

app.get('/measurements', (request, response) => {
  const { org, sub } = claimsOf(request);
  response.json({ organisation: org.name, asked_by: sub, measurements: [] });
});

app.delete('/measurements', forAdministrators, (_request, response) => {
  response.sendStatus(204);
});

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
