/**
 * The least that an exchange can cost: a bare `node:http` server that reads the body, parses it, finds the token's
 * SHA-256 in a Map, signs a JWT of the same size with HMAC and answers. No validation, no store, no limits, no metrics.
 *
 * Run by the benchmarks: `node bench/floor.ts PORT TOKENS [gathered]`. It makes that many tokens, and prints a line of
 * JSON with them once it listens. With `gathered`, the requests that were read in one turn of the event loop are answered
 * together, which costs the system less for each; a server that gathers its look-ups does so by itself.
 */
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createApplicationTokenSecret } from '../packages/server/src/domain/application-token-secret.ts';

const [port, tokenCount, gathered] = process.argv.slice(2);
const key = createSecretKey(randomBytes(32));
const header = `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.`;
const issuer = `http://127.0.0.1:${port}`;
const organisation = { id: 1, name: 'Bench' };
const roles = ['Administrator'];

const secrets = Array.from({ length: Number(tokenCount) }, () => createApplicationTokenSecret({ bytes: randomBytes }));
const idsByHash = new Map(secrets.map((secret, index) => [hash('sha256', secret, 'base64url'), index + 1]));

let issued = 0;

function sign(id: number): string {
  const iat = Math.floor(Date.now() / 1000);
  issued += 1;
  const claims = {
    iss: issuer,
    aud: issuer,
    sub: `application_token:${id}`,
    iat,
    exp: iat + 14_400,
    // As long as 128 random bits in Base64url.
    jti: String(issued).padStart(22, '0'),
    org: organisation,
    roles,
    ver: 1,
  };
  const input = header + Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

function answer(response: ServerResponse, body: Buffer): void {
  const { application_token } = JSON.parse(body.toString()) as { application_token: string };
  const id = idsByHash.get(hash('sha256', application_token, 'base64url'));
  if (id === undefined) {
    response.writeHead(401).end();
    return;
  }
  const text = JSON.stringify({ auth_token: sign(id) });
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

const waiting: (readonly [response: ServerResponse, body: Buffer])[] = [];

function answerTogether(response: ServerResponse, body: Buffer): void {
  if (waiting.length === 0) {
    setImmediate(() => {
      for (const [response, body] of waiting.splice(0)) answer(response, body);
    });
  }
  waiting.push([response, body]);
}

const take = gathered === undefined ? answer : answerTogether;

function receive(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => take(response, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
}

createServer(receive).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ tokens: secrets })}\n`);
});
