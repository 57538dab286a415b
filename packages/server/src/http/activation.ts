import { type Activation, ActivationSchema, InvitedActivationSchema, MailRequestSchema } from '@keywright/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { activate } from '../domain/activation.ts';
import { requestMail } from '../domain/mail-request.ts';
import { requireMailRoom } from '../domain/mail-room.ts';
import { normaliseUsername } from '../domain/username.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { preferredLanguage } from './preferred-language.ts';
import { requestBody } from './request-body.ts';

const tag = 'Activation';
const activationBody = requestBody('Activation', ActivationSchema);
const invitedBody = requestBody('Activation', InvitedActivationSchema);
const mailRequestBody = requestBody('Mail request', MailRequestSchema);

const description = `The key is the \`activationKey\` of the link in a mail: it activates an account, accepts an invitation, confirms a sign-up or a new username, or finishes a password reset. It works once, for 72 hours (one hour for a reset), and no more once the user's password or username has changed; an invitation outlives the choice of the first password.

\`password\` is needed where the user has none yet, to confirm a sign-up, and to finish a reset; every session ends then. To confirm a new username it is the account's current password, judged as at a sign-in, and a user who has one to confirm accepts invitations with it as well. What is refused with 422 does not use the key up.`;

/** Adds the routes of what mails' links and those who wait for such mails call (contract §6). */
export function addActivationRoutes(app: FastifyInstance, http: HttpContext): void {
  addActivateRoutes(app, http);
  addMailRequestRoute(app, http, {
    path: '/user/activation_resend',
    kind: 'activation',
    id: 'resendActivation',
    summary: 'Have the mail with the activation link sent again',
    description:
      'The answer is the same whether there is such a user or not, and whether it waits for activation. Links that were mailed before go on working.',
  });
  addMailRequestRoute(app, http, {
    path: '/user/password_reset',
    kind: 'password_reset',
    id: 'requestPasswordReset',
    summary: 'Have a mail sent with a link to choose a new password',
    description:
      'The answer is the same whether there is such a user or not. The link works for an hour; it is finished like an activation, with `password`.',
  });
}

function addActivateRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user/activation',
    version: 'v1',
    access: 'public',
    id: 'activateUser',
    tag,
    summary: 'Use the key of a mail',
    description: `${description} A bad or used key is 400.`,
    body: activationBody.schema,
    success: { status: 204, description: 'Done; the user can sign in' },
    handler: async (request, reply) => {
      const input = () => activationBody.read(request.body);
      await useKey(http, request, input, 'BadRequest');
      return reply.code(204).send();
    },
  });
  addApiRoute(app, http, {
    method: 'POST',
    path: '/user/activation',
    version: 'v2',
    access: 'public',
    id: 'activateInvitedUser',
    tag,
    summary: 'Use the key of a mail, and say what the person is called',
    description: `${description} A bad or used key is 403.`,
    body: invitedBody.schema,
    success: { status: 204, description: 'Done; the user can sign in' },
    errors: ['Forbidden'],
    handler: async (request, reply) => {
      const input = () => invitedBody.read(request.body);
      await useKey(http, request, input, 'Forbidden');
      return reply.code(204).send();
    },
  });
}

async function useKey(
  http: HttpContext,
  request: FastifyRequest,
  input: () => Activation,
  refusedAs: 'BadRequest' | 'Forbidden',
): Promise<void> {
  const language = preferredLanguage(request.headers['accept-language']);
  await activate(http.service, readKey(request, input), input, http.clientOf(request), { refusedAs, language });
}

/** The key is looked at first; the other properties once it is known to be good. */
function readKey(request: FastifyRequest, input: () => { readonly activationKey: string }): string {
  const { body } = request;
  const given = typeof body === 'object' && body !== null && 'activationKey' in body ? body.activationKey : undefined;
  return typeof given === 'string' && given !== '' ? given : input().activationKey;
}

function addMailRequestRoute(
  app: FastifyInstance,
  http: HttpContext,
  route: {
    readonly path: string;
    readonly kind: 'activation' | 'password_reset';
    readonly id: string;
    readonly summary: string;
    readonly description: string;
  },
): void {
  const { kind, ...documented } = route;
  const { service } = http;
  addApiRoute(app, http, {
    ...documented,
    method: 'POST',
    access: 'public',
    tag,
    body: mailRequestBody.schema,
    success: { status: 204, description: 'If there is such a user, a mail is on its way' },
    handler: async (request, reply) => {
      const { username } = mailRequestBody.read(request.body);
      const client = http.clientOf(request);
      requireMailRoom(service, kind, username, client);
      await requestMail(service, service.database, { kind, usernameKey: normaliseUsername(username) }, client);
      return reply.code(204).send();
    },
  });
}
