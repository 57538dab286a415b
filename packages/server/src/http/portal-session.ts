import {
  type Authenticated,
  AuthTokenSchema,
  type MfaTokenClaims,
  type PortalSession,
  PortalSessionSchema,
  SignInSchema,
} from '@keywright/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, type Credentials } from '../domain/authenticate.ts';
import { Refusal } from '../domain/errors.ts';
import { signOut } from '../domain/sign-out.ts';
import type { HttpContext } from './api-route.ts';
import { readCredentials } from './authenticate.ts';
import { clearPortalCookie, readPortalCookie, setPortalCookie } from './portal-cookie.ts';
import { addPortalRoute } from './portal-route.ts';

const cookieHeader = {
  'Set-Cookie': { type: 'string', description: 'The refresh token, out of reach of scripts' },
} as const;

/** Adds the session of the portal: its refresh token is in a cookie, and in no body (contract §9). */
export function addPortalSessionRoutes(app: FastifyInstance, http: HttpContext): void {
  addPortalRoute(app, http, {
    method: 'POST',
    path: '/session',
    id: 'signIn',
    summary: 'Sign in to the portal',
    description:
      'Takes user credentials, or what completes them, as `POST /api/v1/authenticate` does, and counts failures together with it. The refresh token becomes a cookie, and a session that the browser was in ends.',
    body: SignInSchema,
    success: { status: 200, description: 'Signed in, or asked', schema: PortalSessionSchema, headers: cookieHeader },
    errors: ['InvalidCredentials', 'InvalidToken', 'TokenExpired', 'TooManyRequests'],
    // The operation counts attempts and failures by itself.
    isLimited: false,
    handler: (request, reply) => answerSignIn(http, request, reply),
  });
  addPortalRoute(app, http, {
    method: 'POST',
    path: '/session/refresh',
    id: 'refreshPortalSession',
    summary: 'Get an auth token for the session in the cookie',
    description:
      'Tabs may do so at once. With rotation on the cookie changes, and the one before is honoured for 30 seconds more.',
    success: { status: 200, description: 'The auth token', schema: AuthTokenSchema, headers: cookieHeader },
    errors: ['InvalidToken', 'TokenExpired', 'TooManyRequests'],
    // The operation counts refreshes and failures by itself.
    isLimited: false,
    handler: (request, reply) => answerRefresh(http, request, reply),
  });
  addPortalRoute(app, http, {
    method: 'DELETE',
    path: '/session',
    id: 'signOut',
    summary: 'Sign out of the portal',
    description: 'Ends the session in the cookie, and the cookie; without one there is nothing to end.',
    success: { status: 204, description: 'Signed out', headers: cookieHeader },
    handler: async (request, reply) => {
      const publicUrl = http.service.settings.publicUrl();
      const refreshToken = readPortalCookie(request, publicUrl);
      if (refreshToken !== undefined) await signOut(http.service, refreshToken, http.clientOf(request));
      clearPortalCookie(reply, publicUrl);
      return reply.code(204).send();
    },
  });
}

async function answerSignIn(http: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<PortalSession> {
  const publicUrl = http.service.settings.publicUrl();
  // Before anybody is signed in who could not be kept so.
  const former = readPortalCookie(request, publicUrl);
  const client = http.clientOf(request);
  const answer = await authenticate(http.service, readSignIn(request.body), client);
  if ('mfa_token' in answer) return { mfa_token: answer.mfa_token, methods: [...methodsOf(answer.mfa_token)] };
  const session = keepRefreshToken(reply, publicUrl, answer);
  if (former !== undefined) await signOut(http.service, former, client);
  return session;
}

/** @throws Refusal BadRequest for the forms of programs, too */
function readSignIn(body: unknown): Credentials {
  const credentials = readCredentials(body);
  if (credentials.form !== 'application_token' && credentials.form !== 'refresh') return credentials;
  throw new Refusal('BadRequest', {
    message: 'People sign in here: send username and password, or mfa_token and code, or mfa_token and credential',
  });
}

/** What can follow, as the token says itself: it is our own, made this moment. */
function methodsOf(mfaToken: string): MfaTokenClaims['methods'] {
  const claims: MfaTokenClaims = JSON.parse(Buffer.from(mfaToken.split('.')[1] ?? '', 'base64url').toString());
  return claims.methods;
}

async function answerRefresh(http: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<PortalSession> {
  const publicUrl = http.service.settings.publicUrl();
  const refresh_token = readPortalCookie(request, publicUrl);
  // Everybody who comes without a session asks once: that is no failure, and no event.
  if (refresh_token === undefined) {
    throw new Refusal('InvalidToken', { message: 'Nobody is signed in', reason: 'no cookie' });
  }
  try {
    const answer = await authenticate(http.service, { form: 'refresh', refresh_token }, http.clientOf(request));
    return keepRefreshToken(reply, publicUrl, answer);
  } catch (error) {
    // A session that has ended is asked for once, not with every page.
    if (error instanceof Refusal && (error.token === 'InvalidToken' || error.token === 'TokenExpired')) {
      clearPortalCookie(reply, publicUrl);
    }
    throw error;
  }
}

function keepRefreshToken(reply: FastifyReply, publicUrl: string, answer: Authenticated): { auth_token: string } {
  if ('mfa_token' in answer) throw new Error('a completed sign-in asks nothing more');
  const { auth_token, refresh_token } = answer;
  if (refresh_token !== undefined) setPortalCookie(reply, publicUrl, refresh_token);
  return { auth_token };
}
