import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import express, { type Request as ExpressRequest } from 'express';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Context, Hono } from 'hono';
import {
  applicationClaims,
  audience,
  issuedAt,
  issuer,
  issueToken,
  jwkOf,
  testKeys,
  userClaims,
} from '../test/sign-token.ts';
import { createTestEnvironment } from '../test/test-environment.ts';
import {
  answerOf,
  claimsOf,
  createExpressMiddleware,
  createFastifyHook,
  createHonoMiddleware,
  createRequestVerifier,
  createVerifier,
  type HookOptions,
  type Verifier,
  VerifyError,
} from './index.ts';

const key = testKeys.ES256;

/** Options as every framework understands them. */
interface Options {
  readonly roles?: readonly string[];
  readonly allow?: () => boolean;
  /** The header in which a proxy says where a request comes from. */
  readonly addressHeader?: string;
  readonly refused?: VerifyError[];
}

function optionsFor<Request>(
  { roles, allow, addressHeader, refused }: Options,
  header: (request: Request, name: string) => string | undefined,
): HookOptions<Request> {
  return {
    ...(roles && { roles }),
    ...(allow && { allow }),
    addressOf: addressHeader === undefined ? undefined : (request) => header(request, addressHeader),
    onRefusal: (error) => refused?.push(error),
  };
}

const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => headers[name]?.toString();

async function listen(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Each of the ways to let requests in, as a server that answers the subject. */
const frameworks: Record<string, (context: TestContext, verifier: Verifier, options: Options) => Promise<string>> = {
  async fastify(context, verifier, options) {
    const app = fastify();
    const hook = createFastifyHook<FastifyRequest, FastifyReply>(
      verifier,
      optionsFor(options, (request, name) => headerOf(request.raw, name)),
    );
    app.addHook('onRequest', hook);
    app.get('/', (request) => ({ sub: claimsOf(request).sub }));
    context.after(() => app.close());
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
  async express(context, verifier, options) {
    const app = express();
    app.use(createExpressMiddleware<ExpressRequest>(verifier, optionsFor(options, headerOf)));
    app.get('/', (request, response) => {
      response.json({ sub: claimsOf(request).sub });
    });
    return listen(context, app);
  },
  async hono(context, verifier, options) {
    const app = new Hono();
    app.onError((error, context) => context.text(error.message, 500));
    app.use(
      createHonoMiddleware<Context>(
        verifier,
        optionsFor(options, ({ req }, name) => req.header(name)),
      ),
    );
    app.get('/', (context) => context.json({ sub: claimsOf(context).sub }));
    return listen(context, (request, response) => {
      // What @hono/node-server does, as far as it matters here.
      const headers: [string, string][] = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        headers.push([request.rawHeaders[at]!, request.rawHeaders[at + 1]!]);
      }
      const bare = new Request(`http://localhost${request.url}`, { headers });
      void Promise.resolve(app.fetch(bare, { incoming: request })).then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
      });
    });
  },
  async 'node:http'(context, verifier, options) {
    const verifyRequest = createRequestVerifier<IncomingMessage>(verifier, optionsFor(options, headerOf));
    return listen(context, (request, response) => {
      verifyRequest(request).then(
        ({ sub }) => response.end(JSON.stringify({ sub })),
        (error) => {
          assert.ok(error instanceof VerifyError);
          options.refused?.push(error);
          const { status, headers, body } = answerOf(error, verifier.audience);
          response.writeHead(status, headers).end(body);
        },
      );
    });
  },
};

function build(enforceAddress = false): Verifier {
  const environment = createTestEnvironment();
  return createVerifier({ issuer, audience, keys: [jwkOf(key)], environment, enforceAddress });
}

const call = (url: string, token?: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } });

for (const [name, start] of Object.entries(frameworks)) {
  test(`${name}: a request with a token is let in with its claims, one without is challenged`, async (context) => {
    const refused: VerifyError[] = [];
    const url = await start(context, build(), { refused });
    const answer = await call(url, issueToken(key));
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { sub: userClaims.sub });
    const challenged = await call(url);
    assert.equal(challenged.status, 401);
    assert.equal(challenged.headers.get('www-authenticate'), `Bearer realm="${audience}"`);
    assert.match(challenged.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(
      refused.map(({ code }) => code),
      ['no_token'],
    );
  });

  test(`${name}: a token that is not accepted is 401 with invalid_token, and its reason is for the log`, async (context) => {
    const refused: VerifyError[] = [];
    const url = await start(context, build(), { refused });
    const expired = issueToken(key, { ...userClaims, exp: issuedAt - 100 });
    for (const token of [expired, issueToken(testKeys.EdDSA), 'garbage']) {
      const answer = await call(url, token);
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /, error="invalid_token"/);
      assert.equal(((await answer.json()) as { error: string }).error, 'invalid_token');
    }
    assert.deepEqual(
      refused.map(({ code }) => code),
      ['expired', 'unknown_key', 'malformed'],
    );
  });

  test(`${name}: a token in the query string is none (security E 72)`, async (context) => {
    const url = await start(context, build(), {});
    assert.equal((await call(`${url}?access_token=${issueToken(key)}`)).status, 401);
  });

  test(`${name}: one of the roles is needed, and what is asked of the claims has to hold`, async (context) => {
    const roles = ['Administrator', 'User'];
    const url = await start(context, build(), { roles });
    assert.equal((await call(url, issueToken(key))).status, 200);
    const answer = await call(url, issueToken(key, applicationClaims));
    assert.equal(answer.status, 403);
    assert.match(answer.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
    const none = await start(context, build(), { roles: [] });
    assert.equal((await call(none, issueToken(key))).status, 403);
    const closed = await start(context, build(), { roles, allow: () => false });
    assert.equal((await call(closed, issueToken(key))).status, 403);
    const open = await start(context, build(), { roles, allow: () => true });
    assert.equal((await call(open, issueToken(key))).status, 200);
  });

  test(`${name}: the socket’s address is held against the restriction, and no header is believed`, async (context) => {
    const url = await start(context, build(true), {});
    const restrictedTo = (ip: string): string => issueToken(key, { ...applicationClaims, ip: [ip] });
    assert.equal((await call(url, restrictedTo('127.0.0.0/8'))).status, 200);
    const spoofed = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1', 'x-real-ip': '192.0.2.1' };
    assert.equal((await call(url, restrictedTo('192.0.2.0/24'), spoofed)).status, 401);
    assert.equal((await call(url, restrictedTo('::/0'))).status, 401);
  });

  test(`${name}: an address that the program finds itself is held against the restriction instead`, async (context) => {
    const url = await start(context, build(true), { addressHeader: 'x-client' });
    const token = issueToken(key, { ...applicationClaims, ip: ['192.0.2.0/24'] });
    assert.equal((await call(url, token, { 'x-client': '192.0.2.1' })).status, 200);
    assert.equal((await call(url, token, { 'x-client': '198.51.100.1' })).status, 401);
    assert.equal((await call(url, token)).status, 401);
  });
}

test('two Authorization headers are refused by each framework, whichever of them is good', async (context) => {
  const { request } = await import('node:http');
  for (const [name, start] of Object.entries(frameworks)) {
    const url = await start(context, build(), {});
    const token = `Bearer ${issueToken(key)}`;
    for (const authorization of [
      [token, token],
      [token, 'Bearer x.y.z'],
    ]) {
      const sent = request(url);
      sent.setHeader('Authorization', authorization);
      sent.end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      assert.equal(answer.statusCode, 401, name);
    }
  }
});

test('a web Request is verified to its claims, and one whose token is restricted needs an address', async () => {
  const requestWith = (token: string): Request =>
    new Request('https://api.example.com/', { headers: { authorization: `Bearer ${token}` } });
  const restricted = issueToken(key, { ...applicationClaims, ip: ['192.0.2.0/24'] });
  assert.deepEqual(await createRequestVerifier(build())(requestWith(issueToken(key))), userClaims);
  await assert.rejects(createRequestVerifier(build(true))(requestWith(restricted)), { code: 'address_not_allowed' });
  const told = createRequestVerifier<Request>(build(true), { addressOf: () => '192.0.2.1' });
  assert.equal((await told(requestWith(restricted))).sub, applicationClaims.sub);
});

test('what a program’s own function throws is no refusal, and reaches the framework', async (context) => {
  const allow = (): boolean => {
    throw new Error('of the program');
  };
  for (const name of ['fastify', 'hono']) {
    const url = await frameworks[name]!(context, build(), { allow });
    assert.equal((await call(url, issueToken(key))).status, 500, name);
  }
  const app = express();
  app.use(createExpressMiddleware(build(), { allow }));
  app.use((error: Error, _request: unknown, response: express.Response, _next: unknown) => {
    response.status(500).end(error.message);
  });
  const answer = await call(await listen(context, app), issueToken(key));
  assert.equal(answer.status, 500);
  assert.equal(await answer.text(), 'of the program');
});

test('claims are there for requests that a hook has let in, and for no others', () => {
  assert.throws(() => claimsOf({}), /No hook/);
});
